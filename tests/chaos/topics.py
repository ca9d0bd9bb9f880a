"""What stands on the topics, read with other libraries than the services' own: librdkafka by Python, fastavro."""
import collections
import io
import json

import fastavro
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition

# What tells the judgements of one type apart; the newest of each stands.
KEYS = {
    "ContractRegistered": ("contract_id",), "ContractLineRegistered": ("contract_id", "clave"),
    "OrderIssued": ("order_id",), "ShipmentDispatched": ("order_id", "shipment_id"), "DeliveryRecorded": ("order_id",),
    "PenaltyCalculated": ("sanction_id",), "FindingRaised": ("finding_id",), "ReportAnswered": ("institution", "position"),
    "FileAnswered": ("institution", "file_id", "times_read"), "MessageQuarantined": ("service", "source", "position"),
    "ClaveCatalogued": ("clave",), "DayClosed": ("institution",),
}
# What depends on how the data came and not on what is judged; facts are compared without their sequence.
PASSING = {"digest", "revision", "sequence", "quarantine_id"}


class Record:
    __slots__ = ("topic", "partition", "offset", "key", "value", "headers")

    def __init__(self, message):
        self.topic, self.partition, self.offset = message.topic(), message.partition(), message.offset()
        self.key, self.value = message.key(), message.value()
        self.headers = {name: (value or b"").decode(errors="replace") for name, value in message.headers() or []}

    @property
    def bytes(self):
        return self.key, self.value, tuple(sorted(self.headers.items()))


def read(brokers, topics=None):
    """{(topic, partition): [Record]} of every topic of ours, to the ends found now."""
    consumer = Consumer({"bootstrap.servers": brokers, "group.id": "caos-checker", "enable.auto.commit": False,
                         "enable.partition.eof": True, "isolation.level": "read_committed", "check.crcs": True})
    known = consumer.list_topics(timeout=30).topics
    wanted = {(name, partition): [] for name, topic in known.items() for partition in topic.partitions
              if not name.startswith("__") and (topics is None or name in topics)}
    consumer.assign([TopicPartition(*place, OFFSET_BEGINNING) for place in wanted])
    reading = set(wanted)
    while reading:
        message = consumer.poll(60)
        if message is None:
            raise TimeoutError(f"the brokers are silent about {sorted(reading)[:5]}")
        if message.error() is None:
            wanted[message.topic(), message.partition()].append(Record(message))
        elif message.error().code() == KafkaError._PARTITION_EOF:
            reading.discard((message.topic(), message.partition()))
        else:
            raise KafkaException(message.error())
    consumer.close()
    return wanted


class Decoder:
    """Avro in the Confluent wire format, by the schemas that stand in `_schemas`."""

    def __init__(self, records):
        self.schemas = {}
        for record in records["_schemas", 0]:
            said = json.loads(record.value) if record.value else {}
            if "schema" in said:
                self.schemas[said["id"]] = fastavro.parse_schema(json.loads(said["schema"]))

    def __call__(self, record):
        assert record.value[0] == 0, (record.topic, record.offset)
        schema = self.schemas[int.from_bytes(record.value[1:5], "big")]
        return fastavro.schemaless_reader(io.BytesIO(record.value[5:]), schema)


def source_of(record):
    """(producer, its shard, topic, partition), incarnation, sequence; None for what carries no sequence of ours."""
    try:
        producer = record.headers["ce_source"].split("/")[0]
        incarnation, shard, sequence = map(int, record.headers["ce_id"].split("/"))
    except (KeyError, ValueError):
        return None
    return (producer, shard, record.topic, record.partition), incarnation, sequence


def deduplicated(records, faults):
    """The records as a receiver takes them: each sequence once, in its order. What breaks that is said in `faults`."""
    taken, heard, said = [], {}, {}
    for record in records:
        found = source_of(record)
        if found is None:
            faults.lost.append(f"{record.topic}[{record.partition}]@{record.offset}: no identity: {record.headers}")
            continue
        source, incarnation, sequence = found
        identity = source, incarnation, sequence
        if said.setdefault(identity, record.bytes) != record.bytes:
            faults.wrong.append(f"{identity} stands twice with different bytes, again at {record.offset}")
        last = heard.get(source, (incarnation, 0))
        if (incarnation, sequence) == (last[0], last[1] + 1):
            heard[source] = incarnation, sequence
            taken.append(record)
    for (source, incarnation, sequence) in said:
        if (incarnation, sequence) > heard.get(source, (0, 0)):
            faults.lost.append(f"{source} sent {incarnation}/{sequence} but not all before it: heard {heard.get(source)}")
    return taken, heard


def without_passing(value):
    if isinstance(value, dict):
        return {name: [fact.rsplit(".", 1)[0] for fact in inner] if name == "facts" else without_passing(inner)
                for name, inner in value.items() if name not in PASSING}
    if isinstance(value, list):
        return [without_passing(inner) for inner in value]
    return value


def key_of(kind, event):
    if "fact" in event:
        return kind, event["fact"]["source"], event["fact"]["fact_id"]
    return (kind, *(event[name] for name in KEYS[kind]))


def order_of(event):
    """Which of two events about one thing stands: for reported facts their version, else the later one."""
    return (event["fact"]["as_of"], event["fact"]["sequence"]) if "fact" in event else ()


def standing(decode, taken):
    """{key: event} of one topic's deduplicated records, the newest of each key."""
    found = {}
    for record in taken:
        event = decode(record)
        key = key_of(record.headers["ce_type"].rsplit(".", 1)[1], event)
        if key not in found or order_of(event) >= order_of(found[key]):
            found[key] = event
    return found


def counted(records):
    return collections.Counter(record.topic for place in records.values() for record in place)
