#!/usr/bin/env python3
"""registry.py SCHEMA: the least that the converter asks of an Apicurio 2 registry: every id is the one schema. Prints its port."""
import http.server
import pathlib
import sys

SCHEMA = pathlib.Path(sys.argv[1]).read_bytes()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = b"[]" if self.path.split("?")[0].endswith("/references") else SCHEMA
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Registry-ArtifactType", "AVRO")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
