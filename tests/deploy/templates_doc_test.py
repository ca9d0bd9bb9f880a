#!/usr/bin/env python3
"""docs/templates.md promises what the layouts do: the same columns, which of them a row needs, and what its natural key is."""
import configparser
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
NEEDS = {"●": "required", "○": "expected", "–": "optional"}
FORMATS = sorted((ROOT / "services/gateway/formats").glob("plantilla.*.ini"))


def promised():
    """{layout: {column: (mark, whether it is of the key)}}"""
    layouts, layout = {}, None
    for line in (ROOT / "docs/templates.md").read_text(encoding="utf-8").splitlines():
        if heading := re.fullmatch(r"### `(plantilla\.\w+)`", line):
            layout = layouts.setdefault(heading[1], {})
        elif line.startswith("## "):
            layout = None
        elif layout is not None and line.startswith("| ") and not line.startswith("| columna"):
            names, kind, marks = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:4]]
            names, marks = names.split(", "), marks.split()
            assert len(marks) in (1, len(names)), line
            for name, mark in zip(names, marks * len(names) if len(marks) == 1 else marks):
                layout[name] = (mark, "Clave" in kind)
    return layouts


def done():
    layouts = {}
    for path in FORMATS:
        ini = configparser.ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=(";",))
        ini.read(path, encoding="utf-8")
        key = ini["layout"]["key"].split(", ")
        layouts[path.stem] = {name: (ini[name].get("need", "optional"), name in key)
                              for name in ini.sections() if name not in ("layout", "rules", "constants")}
    return layouts


class Templates(unittest.TestCase):
    def test_every_layout_and_column_is_told_as_it_is(self):
        told, real = promised(), done()
        self.assertEqual(sorted(told), sorted(real))
        for layout, columns in real.items():
            self.assertEqual(sorted(told[layout]), sorted(columns), layout)
            for name, (need, in_key) in columns.items():
                mark, said_key = told[layout][name]
                with self.subTest(layout=layout, column=name):
                    self.assertEqual(said_key, in_key)
                    if name == "corte":  # what a row without one needs is not its own matter only
                        self.assertEqual((mark, need), ("●*", "optional"))
                    else:
                        self.assertEqual(NEEDS[mark], need)

    def test_every_word_that_a_column_takes_is_told(self):
        text = (ROOT / "docs/templates.md").read_text(encoding="utf-8")
        for path in FORMATS:
            for words in re.findall(r"^words = (.*)$", path.read_text(encoding="utf-8"), re.M):
                for word in (pair.split("=")[0] for pair in words.split(", ")):
                    if "*" not in word:
                        self.assertIn(f"`{word}`", text, path.name)


if __name__ == "__main__":
    unittest.main()
