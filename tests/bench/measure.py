"""What a stage is measured by: the same moments, processes and counters for everybody."""
import json
import os
import pathlib
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "deploy" / "stack"))
from chain import Chain  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")
MICROSECONDS = 1e6


class Ground(Chain):
    """A stack with fsync and the topics of the benchmark; services come one by one, when they are measured."""

    def __init__(self, build):
        super().__init__(build, fsync="on")

    def __enter__(self):
        super().__enter__()
        self.bench("prepare")
        return self

    def up(self, *names):
        if names:
            super().up(*names)

    def bench_command(self, *arguments):
        return [str(self.build / "bench" / "abasto-bench"), *map(str, arguments)]

    def bench_environment(self):
        return {**os.environ, "ABASTO_STACK": str(self.folder)}

    def bench(self, *arguments):
        """The figures that a command of abasto-bench prints, if it prints any."""
        done = subprocess.run(self.bench_command(*arguments), env=self.bench_environment(), capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"abasto-bench {arguments}: {done.stderr}")
        last = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""
        return json.loads(last) if last.startswith("{") else {}

    def reset(self, schema, *topics):
        """As if the stage had never run."""
        self.sql(f"drop schema if exists {schema} cascade")
        for topic in topics:
            self.bench("empty", "--topic", topic)
        self.bench("prepare")
        self.abasto("shard", "create")

    def service_environment(self, **settings):
        lines = (self.folder / "stack.env").read_text().splitlines()
        stack = dict(line.split("=", 1) for line in lines if line.startswith("ABASTO_"))
        return {**os.environ, **stack, "ABASTO_HTTP_PORT": str(free_port()), **settings}

    def database_cpu(self):
        """CPU of PostgreSQL's processes: the postmaster, its children, and those that ended."""
        postmaster = int(self.stack("ABASTO_POSTGRESQL_PID"))
        children = pathlib.Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        return cpu_seconds(postmaster, with_ended_children=True) + sum(cpu_seconds(child) for child in children)

    def cpu(self, pid):
        return {"seconds": time.monotonic(), "own": tree_cpu(pid), "postgresql": self.database_cpu(),
                "broker": cpu_seconds(int(self.stack("ABASTO_KAFKA_PID")))}


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def cpu_seconds(pid, with_ended_children=False):
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except FileNotFoundError:
        return 0.0  # ended meanwhile: at most its few milliseconds are not counted
    return sum(map(int, fields[11:15 if with_ended_children else 13])) / TICKS


def tree_cpu(pid):
    """A process, and those that it started."""
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return cpu_seconds(pid, with_ended_children=True) + sum(cpu_seconds(child) for child in children)


def memory_mib(pid, field):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(status.split(field + ":")[1].split()[0]) / 1024


def wait_for_calm(most, seconds):
    """Waits until the machine has little else to do; whether it came to that."""
    deadline = time.monotonic() + seconds
    while os.getloadavg()[0] > most and time.monotonic() < deadline:
        time.sleep(2)
    return os.getloadavg()[0] <= most


def stop(process):
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def run_stage(ground, command, environment, watched, events, timeout=300):
    """Starts a stage and follows it from its first commit to its last event: what `abasto-bench watch` sees."""
    watch = subprocess.Popen(ground.bench_command("watch", *watched, "--seconds", timeout),
                             env=ground.bench_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    log = open(ground.folder / "log" / "stage.log", "ab")
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        moments = {}
        while "done" not in moments:
            if process.poll() is not None or watch.poll() not in (None, 0):
                stop(watch)
                raise RuntimeError(f"{command[0]} did not come to its end: {watch.stderr.read().decode()}"
                                   f" {tail(ground.folder / 'log' / 'stage.log')}")
            if select.select([watch.stdout], [], [], 0.5)[0]:
                for line in os.read(watch.stdout.fileno(), 4096).decode().splitlines():
                    what, at = line.split()
                    moments[what] = {**ground.cpu(process.pid), "seconds": float(at)}
        peak = memory_mib(process.pid, "VmHWM")
    finally:
        stop(watch)
        stop(process)
        log.close()
    spent = {name: moments["done"][name] - moments["first"][name] for name in moments["done"]}
    return {"events": events, "seconds": round(spent["seconds"], 3), "events_per_s": round(events / spent["seconds"]),
            **{f"{name}_cpu_us": round(spent[name] * MICROSECONDS / events, 3)
               for name in ("own", "postgresql", "broker")},
            "rss_mib_peak": round(peak, 1)}


def tail(path):
    return "\n".join(path.read_text(errors="replace").splitlines()[-5:])


def answers(address, path):
    try:
        with urllib.request.urlopen(address + path, timeout=1) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False
