#!/usr/bin/env python3
"""inbox_sender.py BROKERS FIRST COUNT: receipts FIRST.. to inbox.imss, each twice, among what no report is.

Run by the Python of deploy/test-tools.sh. What is hostile has the ids bad-FIRST-<n>, where it has any.
"""
import json
import sys

from confluent_kafka import Producer

BROKERS, FIRST, COUNT = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
RECEIPT = "mx.abasto.inbox.ReceiptReport"


def headers(identity, kind=RECEIPT):
    return {"ce_id": identity, "ce_source": "/story", "ce_type": kind, "ce_time": "2025-06-20T12:00:00Z"}


def receipt(number):
    return json.dumps({"recepcion": f"BZ-{number}", "contrato": f"BUZON-{number % 7}", "orden": f"BZ-{number % 50}",
                       "clave": "010.000.2540.00", "piezas": 1 + number % 9, "fecha_fisica": "2025-06-18",
                       "naturaleza": "demostracion"}).encode()


# Value, headers; the last ones are as large as a broker takes.
HOSTILE = [
    (b"", {}), (None, headers("-0")), (b"\x00", headers("-1")), (b"\x00\x00\x00\x27\x0fgarbage", headers("-2")),
    (b"\x00\x00\x00\x00\x03" + b"\xff" * 40, headers("-3")), (b"\xff\xfe{", headers("-4")), (b"[" * 5000, headers("-5")),
    (b"{}", headers("-6")), (b"{}", headers("-7", "mx.abasto.DayClosed")), (b"{}", headers("-8", "gateway.FileRow")),
    (b'{"recepcion": 1e400}', headers("-9")), (receipt(0), {**headers("-10"), "ce_id": b"\xff\x00\xff"}),
    (receipt(0), {**headers("-11"), "ce_source": "x" * 900_000}), (b'{"' + b"a" * 900_000 + b'":1}', headers("-12")),
    (receipt(0), {**{f"other-{number}": "y" for number in range(200)}, "ce_type": RECEIPT}),
]

failed = []
producer = Producer({"bootstrap.servers": BROKERS, "enable.idempotence": True, "message.max.bytes": 1_000_000})
for number in range(FIRST, FIRST + COUNT):
    for _ in range(2):
        producer.produce("inbox.imss", receipt(number), headers=headers(f"BZ-{number}"), key=b"imss/anything",
                         on_delivery=lambda error, _: failed.append(error) if error else None)
    if number % 20 == 0:
        value, said = HOSTILE[number // 20 % len(HOSTILE)]
        if isinstance(said.get("ce_id"), str):
            said = {**said, "ce_id": f"bad-{number}{said['ce_id']}"}
        producer.produce("inbox.imss", value, headers=said,
                         on_delivery=lambda error, _: failed.append(error) if error else None)
    producer.poll(0)
producer.flush(60)
assert not failed, failed[:3]
