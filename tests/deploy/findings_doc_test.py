"""docs/findings.md says of every kind of finding that the services raise what it means, and of no other; and each kind,
and each reason for which a handler refuses a message, has a unit test that names it."""

import pathlib
import re
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
REFUSED = re.compile(r'error_set\(\s*err,\s*ERROR_REJECT,\s*"([^"]+)"')
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


def asserted():
    """What the unit tests name, C's pieces of one text joined."""
    tests = "\n".join(path.read_text(encoding="utf-8") for path in sorted((SOURCE / "tests").glob("*/*_test.c")))
    return re.sub(r'"\s*"', "", tests)


class ReasonsTest(unittest.TestCase):
    def test_every_kind_of_finding_is_raised_by_a_test(self):
        tests = asserted()
        for kind in raised():
            with self.subTest(kind=kind):
                self.assertTrue(f'"{kind}"' in tests, f"no test raises «{kind}»")

    def test_every_refusal_of_a_handler_is_met_by_a_test(self):
        tests = asserted()
        places = [path for folder in ("services", "common/runtime") for path in sorted((SOURCE / folder).rglob("*.c"))]
        refusals = {match[1] for path in places
                    for match in REFUSED.finditer(re.sub(r'"\s*"', "", path.read_text(encoding="utf-8")))}
        self.assertGreater(len(refusals), 5)
        for refusal in refusals:
            longest = max(re.split(r"%[-0-9.*]*(?:zu|ll?d|[sdu])|%$", refusal), key=len).strip(" :;,«»")
            with self.subTest(refusal=refusal):
                self.assertTrue(longest in tests, f"no test meets «{longest}»")


if __name__ == "__main__":
    unittest.main()
