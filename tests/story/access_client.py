#!/usr/bin/env python3
"""access_client.py ask BROKERS SECRETS: what each principal may, of a broker with an authorizer: "ok", or the error's name.
access_client.py meddle BROKERS SECRETS: as the administrator, gives and takes rules that nobody declared.

Prints one JSON object. Run by the Python of deploy/test-tools.sh. SECRETS is the folder with a password per principal.
"""
import json
import pathlib
import sys
import time

from confluent_kafka import Consumer, KafkaException, Producer
from confluent_kafka.admin import (AclBinding, AclBindingFilter, AclOperation, AclPermissionType, AdminClient, NewTopic, ResourcePatternType,
                                   ResourceType)

WHAT, BROKERS, SECRETS = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
WAIT_S = 30


def settings(user, password=None, **more):
    return {"bootstrap.servers": BROKERS, "security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "PLAIN",
            "sasl.username": user, "topic.metadata.refresh.fast.interval.ms": 50,
            "sasl.password": password or (SECRETS / user).read_text().strip(), **more}


def publish(user, topic, value=b"{}", headers=None):
    said = []
    producer = Producer(settings(user, **{"message.timeout.ms": WAIT_S * 1000, "topic.metadata.propagation.max.ms": 500}))
    producer.produce(topic, value, headers=headers or {}, partition=0,
                     on_delivery=lambda error, _: said.append("ok" if error is None else error.name()))
    producer.flush(WAIT_S)
    return said[0] if said else "no answer"


def until_end(consumer):
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        message = consumer.poll(1)
        if message is not None and message.error() is not None:
            return "ok" if message.error().name() == "_PARTITION_EOF" else message.error().name()
    return "no answer"


def read(user, topic, group=None):
    """In a group, one of its own if none is named: "ok" once an end is seen."""
    consumer = Consumer(settings(user, **{"group.id": group or f"{user}.reader", "enable.auto.commit": False,
                                          "enable.partition.eof": True, "auto.offset.reset": "earliest"}))
    consumer.subscribe([topic])
    try:
        return until_end(consumer)
    finally:
        consumer.close()


def refusal(ask):
    try:
        ask()
    except KafkaException as refused:
        return refused.args[0].name()
    return "ok"


def reading(topic, user, kind=AclBinding):
    return kind(ResourceType.TOPIC, topic, ResourcePatternType.LITERAL, f"User:{user}", "*", AclOperation.READ,
                AclPermissionType.ALLOW)


def meddle():
    admin = AdminClient(settings("admin"))
    given = admin.create_acls([reading("sanctions", "imss"), reading("*", "respaldo"), reading("bodega", "respaldo")])
    taken = admin.delete_acls([reading("orders", "deliveries", AclBindingFilter)])
    for done in given.values():
        done.result(WAIT_S)
    return {"given": len(given), "taken": sum(len(done.result(WAIT_S)) for done in taken.values())}


def administer(user):
    admin = AdminClient(settings(user))
    return {
        "creates a topic": refusal(lambda: [done.result(WAIT_S) for done in
                                            admin.create_topics([NewTopic("inbox.otra", 1, 1)]).values()]),
        "deletes its inbox": refusal(lambda: [done.result(WAIT_S) for done in
                                              admin.delete_topics([f"inbox.{user}"]).values()]),
        "gives itself access": refusal(lambda: [done.result(WAIT_S) for done in admin.create_acls([reading("sanctions", user)]).values()]),
    }


def sees(user):
    return sorted(AdminClient(settings(user)).list_topics(timeout=WAIT_S).topics)


def login(user, password):
    """What the connection complains of."""
    said = []
    consumer = Consumer(settings(user, password, **{"group.id": f"{user}.reader",
                                                    "error_cb": lambda error: said.append(error.name())}))
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline and "_AUTHENTICATION" not in said:
        consumer.poll(0.2)
    consumer.close()
    return "_AUTHENTICATION" if "_AUTHENTICATION" in said else "ok"


REPORT = {"recepcion": "ACCESO-1", "contrato": "ACCESO-C1", "orden": "ACCESO-O1", "clave": "010.000.2540.00", "piezas": 10,
          "fecha_fisica": "2025-06-18", "naturaleza": "demostracion"}
HEADERS = {"ce_id": "ACCESO-1", "ce_source": "/story", "ce_type": "mx.abasto.inbox.ReceiptReport",
           "ce_time": "2025-06-20T12:00:00Z"}
NOT_OF_IMSS = ["inbox.issste", "inbox.imss-bienestar", "outcomes.imss", "reported.receipts", "orders", "sanctions", "findings",
               "quarantine", "catalogue", "clock", "shards", "_schemas"]
NOT_FOR_IMSS = ["inbox.imss", "outcomes.issste", "outcomes.imss-bienestar", "reported.receipts", "sanctions", "quarantine",
                "catalogue", "clock", "_schemas"]


def ask():
    return {
        "imss publishes": publish("imss", "inbox.imss", json.dumps(REPORT).encode(), HEADERS),
        "imss reads": read("imss", "outcomes.imss"),
        "imss sees": sees("imss"),
        "imss writes to": {topic: publish("imss", topic) for topic in NOT_OF_IMSS},
        "imss reads from": {topic: read("imss", topic) for topic in NOT_FOR_IMSS},
        "imss joins": {group: read("imss", "outcomes.imss", group) for group in ["gateway.imss", "issste.reader", "monitor"]},
        "imss": administer("imss"),
        "gateway sees inboxes": [topic for topic in sees("gateway.imss") if topic.startswith("inbox.")],
        "gateway": {"another answer": publish("gateway.imss", "outcomes.issste"),
                    "the catalogue": publish("gateway.imss", "catalogue")},
        "compliance": {"sanctions": read("compliance", "sanctions"), "inbox.imss": read("compliance", "inbox.imss"),
                       "writes": publish("compliance", "sanctions")},
        "a wrong password": login("imss", "wrong"),
    }


if __name__ == "__main__":
    print(json.dumps(ask() if WHAT == "ask" else meddle()))
