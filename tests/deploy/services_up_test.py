#!/usr/bin/env python3
"""services_up_test.py: what `services.sh up` does with a service that is on its way down, or that fails after it was ready."""
import os
import pathlib
import signal
import subprocess
import tempfile

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "deploy" / "stack" / "services.sh"
# A service as the script sees one: a process that answers GET on its port.
READY = """#!/usr/bin/env python3
import http.server, os, threading
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *_):
        pass
if {lives_s}:
    threading.Timer({lives_s}, lambda: os._exit(1)).start()
http.server.HTTPServer(("127.0.0.1", int(os.environ["ABASTO_HTTP_PORT"])), Answer).serve_forever()
"""
FAILS = "#!/bin/sh\nexit 1\n"


class Stack:
    def __init__(self, folder, program):
        self.folder = folder / "stack"
        self.build = folder / "build"
        place = self.build / "services" / "contracts" / "abasto-contracts"
        for path in (self.folder / "run", self.folder / "log", place.parent):
            path.mkdir(parents=True)
        (self.folder / "stack.env").write_text("ABASTO_SHARDS=1\n")
        place.write_text(program)
        place.chmod(0o755)

    def up(self):
        done = subprocess.run([SCRIPT, "up", self.folder, self.build, "contracts"], text=True, capture_output=True,
                              timeout=60)
        return done.returncode, done.stdout + done.stderr

    def pid(self):
        return int((self.folder / "run" / "service.contracts.pid").read_text().split()[0])

    def was_running(self, process):
        """As if an earlier `up` had started it."""
        start = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rpartition(") ")[2].split()[19]
        boot = pathlib.Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        (self.folder / "run" / "service.contracts.pid").write_text(
            f"{process.pid} {start} {boot} {self.folder.resolve()}\n")


def one_that_is_going_down_is_started_again(folder):
    stack = Stack(folder, READY.format(lives_s=0))
    with subprocess.Popen(["sleep", "1.5"]) as dying:
        stack.was_running(dying)
        code, said = stack.up()
        assert code == 0, said
        assert stack.pid() != dying.pid, "nothing was started"
        first = stack.pid()
        assert stack.up()[0] == 0 and stack.pid() == first, "what runs is left alone"
        os.kill(first, signal.SIGTERM)


def one_that_does_not_start_fails_at_once(folder):
    code, said = Stack(folder, FAILS).up()
    assert code == 1 and "contracts terminó al arrancar" in said, said


def one_that_ends_just_after_it_was_ready_is_noticed(folder):
    code, said = Stack(folder, READY.format(lives_s=0.6)).up()
    assert code == 1 and "contracts terminó al arrancar" in said, said


def main():
    for case in (one_that_is_going_down_is_started_again, one_that_does_not_start_fails_at_once,
                 one_that_ends_just_after_it_was_ready_is_noticed):
        with tempfile.TemporaryDirectory() as folder:
            case(pathlib.Path(folder))
        print(f"{case.__name__}: ok")


if __name__ == "__main__":
    main()
