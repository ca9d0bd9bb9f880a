"""docs/testing.md names tests and files that there are."""

import pathlib
import re
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]


class TestingDocTest(unittest.TestCase):
    def test_every_test_and_file_that_it_names_is_there(self):
        names = re.findall(r"`([^`]+)`", (SOURCE / "docs/testing.md").read_text(encoding="utf-8"))
        tests = {match[1] for path in (SOURCE / "tests").glob("*/*.c")
                 for match in re.finditer(r"START_TEST\((\w+)\)", path.read_text(encoding="utf-8"))}
        self.assertGreater(len(names), 30)
        for name in names:
            with self.subTest(name=name):
                self.assertTrue(name in tests or name == "if_blank" or "/" in name and (SOURCE / name).exists())


if __name__ == "__main__":
    unittest.main()
