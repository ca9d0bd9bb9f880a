#!/usr/bin/env python3
"""Publishes a receipt to an inbox, in Avro or JSON, and prints what became of it: verdict, then each remark.

    pip install -r requirements.txt
    ABASTO_BROKERS=host:port ABASTO_REGISTRY=http://host:port python3 publish_receipt.py avro imss RECEIPT ORDER

Sent again with the same ce_id, a report counts once: keep the id with the report, and repeat it until an answer comes.
"""
import datetime
import json
import os
import sys

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient, record_subject_name_strategy
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

RECEIPT, ANSWER = "mx.abasto.inbox.ReceiptReport", "mx.abasto.outcomes.ReportAnswered"
SOURCE = "/imss/examples/python"


def receipt(identity, order):
    """Members are the columns of plantilla.recepciones; those that are left out are null."""
    day = datetime.date(2025, 6, 18)
    return {"recepcion": identity, "contrato": "EJEMPLO-1", "orden": order, "clave": "010.000.2540.00",
            "remision": "RM-EJEMPLO", "lote": "L1", "caducidad": datetime.date(2027, 12, 31), "piezas": 10,
            "piezas_rechazadas": 0, "fecha_fisica": day, "fecha_remision": day, "fecha_alta": day,
            "fecha_captura": day, "tipo": "entrega", "naturaleza": "demostracion"}


def in_avro(registry, topic, report):
    """By the schema that Abasto ships, never by one of our own: nothing is registered."""
    schema = registry.get_latest_version(RECEIPT).schema.schema_str
    serialize = AvroSerializer(registry, schema, conf={"auto.register.schemas": False, "use.latest.version": True,
                                                       "subject.name.strategy": record_subject_name_strategy})
    return serialize(report, SerializationContext(topic, MessageField.VALUE))


def in_json(_registry, _topic, report):
    return json.dumps(report, default=str).encode()  # a date is "2025-06-18"; money would be a string, never a number


def publish(brokers, topic, identity, value):
    """The offset of the report in the inbox."""
    delivered = []
    producer = Producer({"bootstrap.servers": brokers, "enable.idempotence": True})
    producer.produce(topic, value, on_delivery=lambda error, message: delivered.append((error, message)), headers={
        "ce_specversion": "1.0", "ce_id": identity, "ce_source": SOURCE, "ce_type": RECEIPT,
        "ce_time": "2025-06-20T12:00:00Z"})  # when the report was made: of two reports of one fact the later one counts
    producer.flush(30)
    error, message = delivered[0]
    assert error is None, error
    return message.offset()


def answer(brokers, registry, topic, start, offset):
    """Waits for the answer to the report at that offset; `start` is where the outcomes stood before it was sent."""
    consumer = Consumer({"bootstrap.servers": brokers, "group.id": "publish-example", "enable.auto.commit": False})
    consumer.assign([TopicPartition(topic, 0, start)])
    deserialize = AvroDeserializer(registry)
    while (message := consumer.poll(60)) is not None:
        if message.error() is not None or dict(message.headers())["ce_type"] != ANSWER.encode():
            continue  # accounts of files come here too
        said = deserialize(message.value(), SerializationContext(topic, MessageField.VALUE))
        if said["position"] == offset:
            consumer.close()
            return said
    raise TimeoutError("no answer")


def end_of(brokers, topic):
    consumer = Consumer({"bootstrap.servers": brokers, "group.id": "publish-example"})
    _, end = consumer.get_watermark_offsets(TopicPartition(topic, 0), timeout=30)
    consumer.close()
    return end


def main(form, institution, identity, order):
    brokers, registry = os.environ["ABASTO_BROKERS"], SchemaRegistryClient({"url": os.environ["ABASTO_REGISTRY"]})
    inbox, outcomes = f"inbox.{institution}", f"outcomes.{institution}"
    start = end_of(brokers, outcomes)
    value = {"avro": in_avro, "json": in_json}[form](registry, inbox, receipt(identity, order))
    said = answer(brokers, registry, outcomes, start, publish(brokers, inbox, identity, value))
    print(said["ce_id"], said["verdict"], said["entity_id"] or "", sep="\t")
    for remark in said["remarks"]:
        print("", remark["code"], remark["field"] or "", remark["reason"], remark["action"], sep="\t")


if __name__ == "__main__":
    main(*sys.argv[1:])
