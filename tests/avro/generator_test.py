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
RELEASED = SOURCE / "schemas" / "released.txt"
DAY_ENDED, ORDER_ISSUED = "clock/DayEnded.v1.avsc", "orders/OrderIssued.v1.avsc"


def field(schema, name):
    return next(item for item in schema["fields"] if item["name"] == name)


def widen_to_null(item):
    item["type"] = ["null", item["type"]]


class Generator(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name)

    def generate(self, topics=TOPICS, schemas=None, released=RELEASED):
        out = self.folder / "out"
        out.mkdir(exist_ok=True)
        return subprocess.run([GENERATOR, out, topics, released, *(schemas or SCHEMAS)],
                              capture_output=True, text=True)

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

    def test_an_inbox_is_named_after_its_institution(self):
        file = self.changed_topics(lambda topics: topics["inbox.imss"].update(institution="issste"))
        self.refused(self.generate(topics=file), "inbox.imss", "institution")

    def test_a_client_is_nobody_else_and_its_topics_exist(self):
        for client, word in (({"name": "imss"}, "imss"), ({"name": "contracts"}, "contracts"),
                             ({"name": "audit", "reads": ["nothing"]}, "nothing"),
                             ({"name": "audit", "writes": ["*"]}, "audit")):
            topics = json.loads(TOPICS.read_text())
            topics["clients"].append(client)
            file = self.folder / "topics.json"
            file.write_text(json.dumps(topics))
            self.refused(self.generate(topics=file), "client", word)

    def test_a_cycle_of_topics_is_refused_by_its_names(self):
        file = self.changed_topics(lambda topics: topics["sanctions"]["readers"].append("contracts"))
        self.refused(self.generate(topics=file), "contracts", "sanctions")

    def test_an_event_that_no_schema_describes_is_refused(self):
        file = self.changed_topics(lambda topics: topics["orders"]["events"].append("mx.abasto.orders.Nothing"))
        self.refused(self.generate(topics=file), "mx.abasto.orders.Nothing")

    def test_a_type_that_is_not_understood_is_refused_by_its_field(self):
        done = self.second(DAY_ENDED, lambda schema: schema["fields"].append(
            {"name": "share", "type": "double", "default": 0.5, "doc": "money is no double"}))
        self.refused(done, "DayEnded.v2.avsc", "share")

    def second(self, relative, change):
        """What the generator says to a v2 of that schema."""
        name = pathlib.Path(relative).name.replace(".v1.", ".v2.")
        return self.generate(schemas=self.with_schema(relative, change, name))

    def taken(self, done):
        self.assertEqual(done.returncode, 0, done.stderr)

    # What breaks no consumer.

    def test_a_second_version_with_a_default_is_taken(self):
        self.taken(self.second(DAY_ENDED, lambda schema: schema["fields"].append(
            {"name": "hour", "type": "int", "default": 0, "doc": "has one"})))

    def test_an_int_that_becomes_a_long_is_taken(self):
        def widen(schema):
            self.assertEqual(field(schema, "pieces")["type"], "int")
            field(schema, "pieces")["type"] = "long"
        self.taken(self.widened(widen))

    def widened(self, change):
        """A v2 of an event with a plain int, which is drafted here: none of ours needs to have one."""
        v1 = self.draft("Counted.v1.avsc")
        v2 = self.draft("Counted.v2.avsc", change)
        return self.generate(schemas=[*SCHEMAS, v1, v2], released=self.released_with([v1]))

    def draft(self, name, change=lambda schema: None):
        schema = {"type": "record", "name": "Counted", "namespace": "mx.abasto.test", "fields": [
            {"name": "pieces", "type": "int"},
            {"name": "note", "type": ["null", "string"], "default": None},
            {"name": "state", "type": {"type": "enum", "name": "Counting", "symbols": ["OPEN", "SHUT"]}}]}
        change(schema)
        file = self.folder / name
        file.write_text(json.dumps(schema))
        return file

    def released_with(self, schemas):
        done = subprocess.run([GENERATOR, "--release", *SCHEMAS, *schemas], capture_output=True, text=True)
        self.taken(done)
        file = self.folder / "released.txt"
        file.write_text(done.stdout)
        return file

    def test_a_field_that_becomes_nullable_is_taken(self):
        self.taken(self.second(ORDER_ISSUED, lambda schema: widen_to_null(field(schema, "clave"))))

    def test_a_field_with_a_default_may_be_removed(self):
        self.taken(self.widened(lambda schema: schema["fields"].remove(field(schema, "note"))))

    def test_a_symbol_may_be_removed_where_the_enum_has_a_default(self):
        def change(schema):
            field(schema, "state")["type"].update(symbols=["OPEN"], default="OPEN")
        self.taken(self.widened(change))

    def test_a_new_symbol_is_taken(self):
        self.taken(self.widened(lambda schema: field(schema, "state")["type"]["symbols"].append("LOST")))

    # What breaks one.

    def test_a_field_without_a_default_is_refused_with_its_readers(self):
        done = self.second(ORDER_ISSUED, lambda schema: schema["fields"].append({"name": "urgent", "type": "boolean"}))
        self.refused(done, "OrderIssued.v2.avsc", "field urgent", "needs a default",
                     "breaks: deliveries, monitor, sanctions, shipments (topics orders)")

    def test_a_removed_field_is_refused(self):
        done = self.second(ORDER_ISSUED, lambda schema: schema["fields"].remove(field(schema, "clave")))
        self.refused(done, "OrderIssued.v2.avsc", "field clave", "removed", "sanctions")

    def test_a_renamed_field_is_refused_twice(self):
        done = self.second(ORDER_ISSUED, lambda schema: field(schema, "clave").update(name="clave_cnis"))
        self.refused(done, "field clave_cnis: added without a default", "field clave: removed")

    def test_another_type_is_refused(self):
        done = self.second(DAY_ENDED, lambda schema: field(schema, "day").update(type="string"))
        self.refused(done, "DayEnded.v2.avsc", "field day", "int (date) became string", "gateway (topics clock)")

    def test_a_date_that_becomes_a_bare_number_is_refused(self):
        done = self.second(DAY_ENDED, lambda schema: field(schema, "day").update(type="int"))
        self.refused(done, "field day", "int (date) became int")

    def test_a_long_does_not_narrow(self):
        self.refused(self.shrunk("pieces", {"type": "long"}, {"type": "int"}), "long became int")

    def shrunk(self, name, before, after):
        v1 = self.draft("Counted.v1.avsc", lambda schema: field(schema, name).update(before))
        v2 = self.draft("Counted.v2.avsc", lambda schema: field(schema, name).update(after))
        return self.generate(schemas=[*SCHEMAS, v1, v2], released=self.released_with([v1]))

    def test_a_decimal_keeps_its_scale(self):
        def cents(scale):
            return {"type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": scale}}
        self.refused(self.shrunk("pieces", cents(2), cents(4)), "decimal(12, 2) became decimal(12, 4)")

    def test_a_nullable_field_stays_nullable(self):
        self.refused(self.shrunk("note", {}, {"type": "string", "default": ""}), "field note", "no longer nullable")

    def test_a_symbol_removed_without_a_default_is_refused(self):
        done = self.widened(lambda schema: field(schema, "state")["type"].update(symbols=["OPEN"]))
        self.refused(done, "Counted.v2.avsc", "field state", "symbol SHUT removed", "no service of ours")

    def test_a_renamed_record_is_refused(self):
        done = self.second(DAY_ENDED, lambda schema: schema.update(namespace="mx.abasto.calendar"))
        self.refused(done, "mx.abasto.clock.DayEnded became mx.abasto.calendar.DayEnded", "full name", "gateway")

    def test_a_renamed_enum_is_refused(self):
        done = self.widened(lambda schema: field(schema, "state")["type"].update(name="State"))
        self.refused(done, "field state", "mx.abasto.test.Counting became mx.abasto.test.State")

    def test_every_earlier_version_counts_not_just_the_last(self):
        """v2 gives the field a default, v3 has none: messages of v1 still lie in the log."""
        def add(schema, **more):
            schema["fields"].append({"name": "hour", "type": "int", **more})
        v1 = self.draft("Counted.v1.avsc")
        v2 = self.draft("Counted.v2.avsc", lambda schema: add(schema, default=0))
        v3 = self.draft("Counted.v3.avsc", add)
        done = self.generate(schemas=[*SCHEMAS, v1, v2, v3], released=self.released_with([v1, v2]))
        self.refused(done, "Counted.v3.avsc: field hour: added without a default since v1")
        self.assertNotIn("since v2", done.stderr)

    def test_a_gap_between_versions_is_refused(self):
        v1, v3 = self.draft("Counted.v1.avsc"), self.draft("Counted.v3.avsc")
        done = self.generate(schemas=[*SCHEMAS, v1, v3], released=self.released_with([v1]))
        self.refused(done, "Counted.v3.avsc", "there is no v2")

    # What is released stays.

    def test_a_released_schema_is_not_edited(self):
        done = self.generate(schemas=self.with_schema(DAY_ENDED, lambda schema: schema["fields"].append(
            {"name": "hour", "type": "int", "default": 0})))
        self.refused(done, "v1 is released", "DayEnded.v2.avsc", "gateway")

    def test_docs_of_a_released_schema_may_be_edited(self):
        self.taken(self.generate(schemas=self.with_schema(DAY_ENDED, lambda schema: schema.update(doc="better"))))

    def test_a_released_schema_does_not_go(self):
        done = self.generate(schemas=[path for path in SCHEMAS if not str(path).endswith(DAY_ENDED)])
        self.refused(done, "mx.abasto.clock.DayEnded v1 is released", "gateway")

    def test_a_version_with_a_successor_is_on_the_list(self):
        v1, v2 = self.draft("Counted.v1.avsc"), self.draft("Counted.v2.avsc")
        self.refused(self.generate(schemas=[*SCHEMAS, v1, v2]), "Counted.v1.avsc", "has a successor")

    def test_a_list_that_is_none_is_refused_by_its_line(self):
        file = self.folder / "released.txt"
        file.write_text("# a comment\nmx.abasto.clock.DayEnded one\n")
        self.refused(self.generate(released=file), "line 2")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
