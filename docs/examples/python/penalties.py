#!/usr/bin/env python3
"""Prints the penalties that stand, one line each: sanction, state, amount in pesos.

    pip install -r requirements.txt
    ABASTO_BROKERS=host:port ABASTO_REGISTRY=http://host:port python3 penalties.py

Reads topic `sanctions` from its beginning to the end it finds, in no group. A program that stays would go on polling.
"""
import os

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

TOPIC, PENALTY = "sanctions", "mx.abasto.sanctions.PenaltyCalculated"


def messages(consumer):
    """Every message of the topic, partition by partition in order."""
    known = consumer.list_topics(TOPIC, timeout=30).topics[TOPIC]
    if known.error is not None:
        raise KafkaException(known.error)
    consumer.assign([TopicPartition(TOPIC, partition, 0) for partition in known.partitions])
    reading = set(known.partitions)
    while reading:
        message = consumer.poll(30)
        if message is None:
            raise TimeoutError("the broker is silent")
        if message.error() is None:
            yield message
        elif message.error().code() == KafkaError._PARTITION_EOF:
            reading.discard(message.partition())
        else:
            raise KafkaException(message.error())


def is_repeated(heard, message, headers):
    """A message may be sent again after a failure: its ce_id, <incarnation>/<shard>/<sequence>, tells it."""
    incarnation, shard, sequence = map(int, headers["ce_id"].split("/"))
    source = (headers["ce_source"], shard, message.partition())
    if (incarnation, sequence) <= heard.get(source, (0, 0)):
        return True
    heard[source] = (incarnation, sequence)
    return False


def standing_penalties(brokers, registry):
    consumer = Consumer({"bootstrap.servers": brokers, "group.id": "penalties-example", "enable.auto.commit": False,
                         "enable.partition.eof": True})
    deserialize = AvroDeserializer(SchemaRegistryClient({"url": registry}))
    heard, standing = {}, {}
    for message in messages(consumer):
        headers = {name: value.decode() for name, value in message.headers() or []}
        if is_repeated(heard, message, headers) or headers["ce_type"] != PENALTY:
            continue  # beside penalties, DayClosed says up to which day they are complete
        penalty = deserialize(message.value(), SerializationContext(TOPIC, MessageField.VALUE, message.headers()))
        if penalty["status"] == "VOID":
            standing.pop(penalty["sanction_id"], None)
        else:
            standing[penalty["sanction_id"]] = penalty  # the later judgement replaces the earlier: never add up
    consumer.close()
    return standing


if __name__ == "__main__":
    found = standing_penalties(os.environ["ABASTO_BROKERS"], os.environ["ABASTO_REGISTRY"])
    for sanction_id in sorted(found):
        print(sanction_id, found[sanction_id]["status"], found[sanction_id]["amount"], sep="\t")
