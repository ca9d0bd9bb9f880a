"""docs/findings.md says of every kind of finding that the services raise what it means, and of no other."""

import pathlib
import re
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
RAISED = re.compile(r'finding_list_add\(\s*[^,]+,\s*"([a-z-]+)"|\.kind = "([a-z]+(?:-[a-z]+)+)"')


def raised():
    kinds = {}
    for path in sorted((SOURCE / "services").glob("*/*.c")):
        for match in RAISED.finditer(path.read_text(encoding="utf-8")):
            kinds.setdefault(match[1] or match[2], set()).add(path.parent.name)
    return kinds


def documented():
    rows = (line.split("|") for line in (SOURCE / "docs/findings.md").read_text(encoding="utf-8").splitlines()
            if line.startswith("| `"))
    return {row[1].strip().strip("`"): set(row[2].replace("pasarelas", "gateway").replace(",", " ").split())
            for row in rows}


class FindingsDocTest(unittest.TestCase):
    def test_every_kind_is_explained_with_the_services_that_raise_it(self):
        self.assertEqual(documented(), raised())


if __name__ == "__main__":
    unittest.main()
