"""The real parts, each of them more than once: three brokers, PostgreSQL behind a proxy of ours, two instances a service."""
import concurrent.futures
import contextlib
import os
import pathlib
import queue
import signal
import struct
import subprocess
import sys
import threading
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1] / "deploy" / "stack"))
from chain import ROOT, SERVICES, Chain, process_state, wait_until  # noqa: E402

INSTANCES, SPARES = 2, 1
SESSION_MS, LOCK_MS = 4000, 2000
BROKERS = ["kafka", "kafka-2", "kafka-3"]


class Story:
    """What went wrong when, in a file."""

    def __init__(self, file):
        self.out, self.began, self.lock = open(file, "a", encoding="utf-8"), time.monotonic(), threading.Lock()
        self.counts = {}

    def tell(self, text):
        with self.lock:
            self.out.write(f"[{time.monotonic() - self.began:8.2f}] {time.strftime('%H:%M:%S', time.gmtime())} {text}\n")
            self.out.flush()

    def fault(self, kind, text):
        """A fault that was really done, seen to be done."""
        self.tell(f"{kind}: {text}")
        with self.lock:
            self.counts[kind] = self.counts.get(kind, 0) + 1

    @property
    def faults(self):
        return sum(self.counts.values())


class Proxy:
    """abasto-chaos-proxy; what it says it did is waited for by port."""

    def __init__(self, program, upstream, ports, log):
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", program, str(upstream), *map(str, ports)], text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        assert self.process.stdout.readline() == "ready\n", "the proxy does not start"
        self.said = {port: queue.Queue() for port in ports}
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in self.process.stdout:
            port, word = line.split()
            self.said[int(port)].put(word)

    def command(self, port, *words):
        while not self.said[port].empty():
            self.said[port].get()
        self.process.stdin.write(" ".join(map(str, (port, *words))) + "\n")

    def heard(self, port, seconds):
        """The next thing it did at a port; None: nothing in that time."""
        try:
            return self.said[port].get(timeout=seconds)
        except queue.Empty:
            return None

    def stop(self):
        self.process.kill()
        self.process.wait()


class Instance:
    """One process of a service, which may be started again and again."""

    def __init__(self, cluster, service, number, environment, http_port, door):
        self.cluster, self.service, self.name = cluster, service, f"{service}/{number}"
        self.http_port, self.door = http_port, door
        self.log = cluster.folder / "log" / f"{service}.{number}.jsonl"
        self.clock = cluster.folder / "clock" / f"{service}.{number}"
        self.clock.parent.mkdir(exist_ok=True)
        self.set_clock(0)
        self.program = environment["ABASTO_PROGRAM"]
        database = cluster.stack("ABASTO_DATABASE")
        self.environment = {
            **os.environ, **environment, "ABASTO_HTTP_PORT": str(http_port),
            "ABASTO_DATABASE": database.replace(f":{cluster.database_port}/", f":{door}/"),
            "ABASTO_SESSION_TIMEOUT_MS": str(SESSION_MS), "ABASTO_LOCK_TIMEOUT_MS": str(LOCK_MS),
            "ABASTO_CHAOS_CLOCK": str(self.clock), "LD_PRELOAD": str(cluster.tool("abasto-chaos-clock.so")),
            "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0"}
        self.process, self.wanted = None, False
        self.busy = threading.Lock()  # held by the fault that has it

    def start(self):
        """By the one thread that starts all: the death that ends a process with its parent is that of a thread."""
        self.process = self.cluster.starter.submit(self.launch).result()
        self.wanted = True

    def launch(self):
        with open(self.log, "ab") as log:
            return subprocess.Popen(["setpriv", "--pdeathsig", "KILL", self.program], env=self.environment,
                                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/")

    @property
    def pid(self):
        return self.process.pid

    def runs(self):
        return self.process is not None and self.process.poll() is None

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.wanted = False
        self.signal(signal.SIGKILL)
        return self.process.wait(30)

    def terminate(self, seconds=40):
        """SIGTERM; its exit status, None when it had to be killed."""
        self.wanted = False
        self.signal(signal.SIGTERM)
        self.signal(signal.SIGCONT)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def set_clock(self, seconds):
        with open(self.clock, "r+b" if self.clock.exists() else "wb") as file:
            file.write(struct.pack("<q", seconds))

    def figures(self):
        """Its own numbers of /metrics; None while it does not answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.http_port}/metrics", timeout=2) as answer:
                text = answer.read().decode()
        except OSError:
            return None
        label = f'{{service="{Chain.label(self.service)}"}}'
        return {line.split("{")[0]: float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if label in line}

    def owns(self):
        figures = self.figures() if self.runs() and process_state(self.pid) != "T" else None
        return int(figures["abasto_shards_owned"]) if figures else 0


class Cluster(Chain):
    def __init__(self, build, story_file):
        super().__init__(build)
        self.full = self.folder / "full"
        self.full.write_bytes(struct.pack("<qq", 0, 0))
        self.full.chmod(0o666)
        self.story = Story(story_file)
        self.stack_settings = {
            "ABASTO_STACK_BROKERS": str(len(BROKERS)), "ABASTO_KAFKA_HEAP": "256m", "ABASTO_STACK_FSYNC": "on",
            "ABASTO_STACK_POSTGRESQL_ENV":
                f"LD_PRELOAD={self.tool('abasto-chaos-full.so')} ABASTO_CHAOS_FULL={self.full}"}
        self.instances, self.proxy, self.exits, self.ending = [], None, [], False
        self.starter = concurrent.futures.ThreadPoolExecutor(max_workers=1)

    def tool(self, name):
        return self.build / "tools" / name

    @property
    def database_port(self):
        return int(self.stack("ABASTO_DATABASE").split("127.0.0.1:")[1].split("/")[0])

    # -- instances --------------------------------------------------------------------------------

    def up(self):
        """Instead of services.sh: several instances of each, by the environment that it says."""
        count = len(SERVICES) * (INSTANCES + SPARES)
        common = ROOT / "deploy" / "stack" / "common.sh"
        ports = subprocess.run(["bash", "-c", f"source {common}; free_ports {2 * count}"], check=True, text=True,
                               capture_output=True).stdout.split()
        doors, http = list(map(int, ports[:count])), list(map(int, ports[count:]))
        self.proxy = Proxy(self.tool("abasto-chaos-proxy"), self.database_port, doors,
                           open(self.folder / "log" / "proxy.log", "ab"))
        for service in SERVICES:
            environment = self.environment(service)
            for number in range(1, INSTANCES + SPARES + 1):
                instance = Instance(self, service, number, environment, http.pop(), doors.pop())
                self.instances.append(instance)
                if number <= INSTANCES:
                    instance.start()
        threading.Thread(target=self.supervise, daemon=True).start()
        self.wait_ready()

    def wait_ready(self, seconds=120):
        """Every shard has an owner, among the instances that run."""
        shards = int(self.stack("ABASTO_SHARDS"))
        for service in SERVICES:
            wanted = 1 if service.startswith("gateway-") else shards
            wait_until(f"{service} owns its shards", lambda: sum(
                one.owns() for one in self.instances if one.service == service) >= wanted, seconds)

    def supervise(self):
        """What ends although nobody ended it is told, and started again, as a supervisor does."""
        suspects = set()
        while not self.ending:
            # Twice in a row: who is ended by a fault just now is soon not wanted any more.
            gone = {(one, one.process) for one in self.instances if one.wanted and not one.runs()}
            for one, process in gone & suspects:
                if one.wanted and one.process is process and not self.ending:
                    last = one.log.read_text(errors="replace").splitlines()[-3:]
                    self.exits.append((one.name, one.process.returncode, last))
                    self.story.tell(f"{one.name} ended by itself with {one.process.returncode}: {' / '.join(last)[-600:]}")
                    one.start()
            suspects = gone
            time.sleep(0.5)

    def of(self, service):
        return [one for one in self.instances if one.service == service]

    def running(self):
        return [one for one in self.instances if one.wanted and one.runs()]

    # -- brokers and database ---------------------------------------------------------------------

    def part_pid(self, part):
        return int((self.folder / "run" / f"{part}.pid").read_text().split()[0])

    def end_part(self, part, number):
        """Ends a broker or the postmaster by a signal; returns when it is gone."""
        pid = self.part_pid(part)
        os.kill(pid, number)
        wait_until(f"{part} is gone", lambda: process_state(pid) in (None, "Z", "X"), 60, 0.02)

    def start_part(self, part):
        self.script("stack.sh", "up", self.folder, part, **self.stack_settings)

    def fill_volume(self, full):
        with open(self.full, "r+b") as file:
            file.write(struct.pack("<q", int(full)))

    def refused_writes(self):
        return struct.unpack("<qq", self.full.read_bytes())[1]

    # -- the end ----------------------------------------------------------------------------------

    def heal(self):
        """Everything runs again, as it would after a bad day."""
        self.fill_volume(False)
        for part in [*BROKERS, "postgresql"]:
            self.start_part(part)
        for one in self.instances:
            one.set_clock(0)
            if one.runs():
                one.signal(signal.SIGCONT)
        for one in self.instances:
            if not one.runs() and not one.name.endswith(f"/{INSTANCES + 1}"):
                one.start()

    def stop_instances(self):
        """SIGTERM to all, as at the end of a shift; who did not obey, and what they exited with."""
        self.ending = True
        running = self.running()
        for one in running:
            one.wanted = False
            one.signal(signal.SIGTERM)
        bad = []
        for one in running:
            try:
                status = one.process.wait(60)
            except subprocess.TimeoutExpired:
                one.kill()
                status = "killed after 60 s"
            if status != 0:
                bad.append((one.name, status))
        return bad

    def destroy(self):
        self.ending = True
        for one in self.instances:
            with contextlib.suppress(Exception):
                if one.runs():
                    one.kill()
        if self.proxy:
            self.proxy.stop()
        super().destroy()
