#!/usr/bin/env python3
"""generator_test.py GENERATOR SOURCE: what the build refuses, and in which words."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

GENERATOR, SOURCE = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
SCHEMAS = sorted(SOURCE.glob("schemas/*/*.avsc"))
TOPICS = SOURCE / "deploy" / "topics.json"


class Generator(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name)

    def generate(self, topics=TOPICS, schemas=None):
        out = self.folder / "out"
        out.mkdir(exist_ok=True)
        return subprocess.run([GENERATOR, out, topics, *(schemas or SCHEMAS)], capture_output=True, text=True)

    def changed_topics(self, change):
        topics = json.loads(TOPICS.read_text())
        change({topic["name"]: topic for topic in topics["topics"]})
        file = self.folder / "topics.json"
        file.write_text(json.dumps(topics))
        return file

    def with_schema(self, relative, change, name=None):
        """The schemas with one more, or with one in the place of another."""
        schema = json.loads((SOURCE / "schemas" / relative).read_text())
        change(schema)
        folder = self.folder / "schemas" / pathlib.Path(relative).parent
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / (name or pathlib.Path(relative).name)
        file.write_text(json.dumps(schema))
        others = SCHEMAS if name else [path for path in SCHEMAS if not str(path).endswith(relative)]
        return [*others, file]

    def refused(self, done, *words):
        self.assertNotEqual(done.returncode, 0, done.stdout)
        for word in words:
            self.assertIn(word, done.stderr)

    def test_what_the_project_declares_is_generated(self):
        done = self.generate()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("struct penalty_calculated {", (self.folder / "out" / "events.h").read_text())

    def test_a_cycle_of_topics_is_refused_by_its_names(self):
        file = self.changed_topics(lambda topics: topics["sanctions"]["readers"].append("contracts"))
        self.refused(self.generate(topics=file), "contracts", "sanctions")

    def test_an_event_that_no_schema_describes_is_refused(self):
        file = self.changed_topics(lambda topics: topics["orders"]["events"].append("mx.abasto.orders.Nothing"))
        self.refused(self.generate(topics=file), "mx.abasto.orders.Nothing")

    def test_a_type_that_is_not_understood_is_refused_by_its_field(self):
        def change(schema):
            schema["fields"].append({"name": "share", "type": "double", "doc": "money is no double"})
        self.refused(self.generate(schemas=self.with_schema("clock/DayEnded.v1.avsc", change)), "DayEnded", "share")

    def test_a_second_version_with_a_default_is_taken(self):
        def change(schema):
            schema["fields"].append({"name": "hour", "type": "int", "default": 0, "doc": "has one"})
        done = self.generate(schemas=self.with_schema("clock/DayEnded.v1.avsc", change, "DayEnded.v2.avsc"))
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
