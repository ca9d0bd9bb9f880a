"""kafka_ready.py PORT [USER SECRET]: exit 0 when the broker at 127.0.0.1:PORT answers a metadata request and names itself,
else 1. Where the broker asks who comes: USER, with the password in the file SECRET (SASL PLAIN)."""

import socket
import struct
import sys

METADATA, SASL_HANDSHAKE, SASL_AUTHENTICATE = 3, 17, 36
CLIENT = b"abasto-stack"


def read_exactly(connection, count):
    data = b""
    while len(data) < count:
        part = connection.recv(count - len(data))
        if not part:
            raise ConnectionError("closed")
        data += part
    return data


def ask(connection, kind, version, body):
    """The answer without its length and correlation."""
    header = struct.pack(">hhih", kind, version, 1, len(CLIENT)) + CLIENT
    connection.sendall(struct.pack(">i", len(header) + len(body)) + header + body)
    (size,) = struct.unpack(">i", read_exactly(connection, 4))
    return read_exactly(connection, size)[4:]


def log_in(connection, user, secret):
    with open(secret, encoding="ascii") as file:
        token = f"\0{user}\0{file.read().strip()}".encode()
    ask(connection, SASL_HANDSHAKE, 1, struct.pack(">h", 5) + b"PLAIN")
    (refused,) = struct.unpack_from(">h", ask(connection, SASL_AUTHENTICATE, 0, struct.pack(">i", len(token)) + token))
    if refused:
        raise ConnectionError("refused")


def broker_count(port, *credentials):
    with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
        connection.settimeout(2)
        if credentials:
            log_in(connection, *credentials)
        answer = ask(connection, METADATA, 4, struct.pack(">i?", 0, False))  # no topics, create none
    _throttle, brokers = struct.unpack_from(">ii", answer)
    return brokers


try:
    ready = broker_count(int(sys.argv[1]), *sys.argv[2:]) > 0
except (OSError, struct.error):
    ready = False
sys.exit(0 if ready else 1)
