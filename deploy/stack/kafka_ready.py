"""Exit 0 when the broker at 127.0.0.1:PORT answers a metadata request and names itself, else 1."""

import socket
import struct
import sys

METADATA, VERSION = 3, 4


def read_exactly(connection, count):
    data = b""
    while len(data) < count:
        part = connection.recv(count - len(data))
        if not part:
            raise ConnectionError("closed")
        data += part
    return data


def broker_count(port):
    client = b"abasto-stack"
    header = struct.pack(">hhih", METADATA, VERSION, 1, len(client)) + client
    body = struct.pack(">i?", 0, False)  # no topics, create none
    with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
        connection.settimeout(2)
        connection.sendall(struct.pack(">i", len(header) + len(body)) + header + body)
        (size,) = struct.unpack(">i", read_exactly(connection, 4))
        answer = read_exactly(connection, size)
    _correlation, _throttle, brokers = struct.unpack_from(">iii", answer)
    return brokers


try:
    ready = broker_count(int(sys.argv[1])) > 0
except (OSError, struct.error):
    ready = False
sys.exit(0 if ready else 1)
