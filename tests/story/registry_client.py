#!/usr/bin/env python3
"""registry_client.py URL SUBJECT: Confluent's own client against monitor, run by the Python of deploy/test-tools.sh."""
import json
import sys

from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError

URL, SUBJECT = sys.argv[1:]


def refused(call, *arguments):
    try:
        call(*arguments)
    except SchemaRegistryError as error:
        return error.http_status_code, error.error_code
    raise AssertionError(f"{arguments}: nothing was refused")


client = SchemaRegistryClient({"url": URL})
assert SUBJECT in client.get_subjects(), client.get_subjects()
assert client.get_versions(SUBJECT) == [1], client.get_versions(SUBJECT)
newest = client.get_latest_version(SUBJECT)
assert (newest.subject, newest.version) == (SUBJECT, 1), newest
assert json.loads(newest.schema.schema_str)["name"] == SUBJECT.rsplit(".", 1)[1]
assert client.get_version(SUBJECT, 1).schema_id == newest.schema_id
assert json.loads(client.get_schema(newest.schema_id).schema_str) == json.loads(newest.schema.schema_str)
assert client.get_compatibility() == "BACKWARD_TRANSITIVE", client.get_compatibility()
assert refused(client.get_schema, 99999) == (404, 40403)
assert refused(client.get_latest_version, "mx.abasto/Nothing at all?") == (404, 40401)
assert refused(client.get_version, SUBJECT, 7) == (404, 40402)
