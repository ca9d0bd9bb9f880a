"""A whole chain on a stack of its own: what the stories of the tests and the benchmark stand on.

    with Chain(folder, build) as chain:      # stack and services up; all of it destroyed at the end
        chain.load("imss", "ordenes.csv", layout="plantilla.ordenes")
        chain.close_days("2025-06-01", "2025-10-31")
        chain.penalties()
"""
import csv
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEMO = ROOT / "deploy" / "demo"
FIRST_DAY, LAST_DAY = "2025-06-01", "2025-10-31"
SERVICES = ["contracts", "shipments", "deliveries", "sanctions", "monitor",
            "gateway-imss", "gateway-issste", "gateway-imss-bienestar", "gateway-ssa"]


class Chain:
    def __init__(self, build, settings=None, fsync="off", databases=1):
        self.build = pathlib.Path(build).resolve()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="abasto-chain."))
        # What is told to the services beside where they find the stack.
        self.settings = dict(settings or {})
        self.stack_settings = {"ABASTO_STACK_FSYNC": fsync, "ABASTO_STACK_DATABASES": str(databases)}

    def __enter__(self):
        self.folder.chmod(0o755)
        # A test stopped by its time limit gets SIGTERM: what it started must end with it.
        signal.signal(signal.SIGTERM, lambda *_: exit(143))
        try:
            self.script("stack.sh", "up", self.folder, **self.stack_settings)
            self.abasto("topics", "apply")
            self.abasto("schemas", "apply")
            self.abasto("shard", "create")
            self.up()
        except BaseException:
            self.destroy()
            raise
        return self

    def __exit__(self, kind, *_):
        try:
            if kind is not None and kind is not SystemExit:
                self.tell_logs()
        finally:
            self.destroy()

    def destroy(self):
        self.script("stack.sh", "destroy", self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)

    def tell_logs(self):
        """The last lines of every log: CI keeps nothing else."""
        for log in sorted((self.folder / "log").glob("*")):
            lines = log.read_text(errors="replace").splitlines()
            for line in lines[-8:]:
                print(f"{log.name}: {line[:600]}", flush=True)

    def script(self, name, *arguments, **settings):
        subprocess.run([ROOT / "deploy" / "stack" / name, *map(str, arguments)], check=True,
                       env={**os.environ, **self.settings, **settings}, stdout=subprocess.DEVNULL)

    # -- services -------------------------------------------------------------------------------

    def up(self, *names):
        self.script("services.sh", "up", self.folder, self.build, *names)

    def down(self, *names):
        self.script("services.sh", "down", self.folder, *names)

    def pid(self, name):
        return int((self.folder / "run" / f"service.{name}.pid").read_text().split()[0])

    def kill(self, name):
        """kill -9; returns when nothing of it runs any more, which on a loaded machine takes a while."""
        pid = self.pid(name)
        os.kill(pid, signal.SIGKILL)
        wait_until(f"{name} is gone", lambda: process_state(pid) in (None, "Z", "X"), every=0.01)

    def environment(self, name):
        """What a service is started with, for an instance of it started by hand."""
        out = subprocess.run([ROOT / "deploy/stack/services.sh", "env", self.folder, self.build, name],
                             check=True, capture_output=True, text=True).stdout
        return dict(line.split("=", 1) for line in out.splitlines())

    def stack(self, name):
        """One line of stack.env: where broker and database are; None where there is no such line."""
        lines = (self.folder / "stack.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines).get(name)

    def address(self, name):
        """Where a service answers HTTP."""
        variable = "ABASTO_HTTP_" + name.upper().replace("-", "_")
        lines = (self.folder / "services.env").read_text().splitlines()
        return "http://127.0.0.1:" + dict(line.split("=", 1) for line in lines)[variable]

    def page(self, name, path):
        """What a service answers to GET, in whatever status; None while it does not answer."""
        try:
            with urllib.request.urlopen(self.address(name) + path, timeout=5) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.read().decode()
        except OSError:
            return None

    def metrics(self, name):
        """The service's numbers that stand once, without shard or topic; None while it does not answer."""
        text = self.page(name, "/metrics")
        if text is None:
            return None
        return {line.split("{")[0]: float(line.rsplit(" ", 1)[1])
                for line in text.splitlines() if f'{{service="{self.label(name)}"}}' in line}

    @staticmethod
    def label(name):
        """gateway-imss-bienestar calls itself gateway.imss-bienestar."""
        return name.replace("gateway-", "gateway.", 1)

    # -- the command line ------------------------------------------------------------------------

    def run(self, *arguments, **settings):
        """Exit status, output and what was said of problems, in Spanish."""
        done = subprocess.run([self.build / "abasto", *map(str, arguments)], text=True,
                              capture_output=True, stdin=subprocess.DEVNULL,
                              env={**os.environ, "LC_ALL": "C.UTF-8", "ABASTO_STACK": str(self.folder), **settings})
        return done.returncode, done.stdout, done.stderr

    def abasto(self, *arguments, check=True, **settings):
        code, out, err = self.run(*arguments, **settings)
        if check and code != 0:
            raise RuntimeError(f"abasto {arguments}: exit {code}\n{out}{err}")
        return out

    def load(self, institution, file, layout=None):
        """The account of one file: rows, taken, warned, unchanged, quarantined."""
        choice = ["--layout", layout] if layout else []
        out = self.abasto("load", file, "--institution", institution, "--json", *choice)
        return json.loads(out.strip().splitlines()[-1])

    def load_demo(self, between=lambda loaded: None):
        """The catalogue, then the demonstration's files in their order; `between` is called after each of these."""
        self.load("ssa", DEMO / "catalogo" / "claves.csv", "catalogo.claves")
        for loaded, row in enumerate(demo_files(), 1):
            self.load(row["institucion"], DEMO / row["institucion"] / row["archivo"], row["layout"])
            between(loaded)

    def close_days(self, first=FIRST_DAY, last=LAST_DAY, unseen=(), **settings):
        """Closes the days and waits until all is read; `unseen` services have instances that we cannot ask, and
        `settings` say as whom the days are closed."""
        self.abasto("day", "close", first, last, **settings)
        self.abasto("day", "wait", last, "--timeout", "300")
        asked = [name for name in SERVICES if name not in unseen]
        wait_until("the chain is drained", lambda: self.is_drained(asked), 120)

    def is_drained(self, names):
        """Findings and quarantine carry no watermark for the monitor: nothing is unpublished or unread, twice in a row."""
        for _ in range(2):
            figures = [self.metrics(name) for name in names]
            if not all(of and of["abasto_idle"] == 1 and of["abasto_outbox_backlog"] == 0 and of["abasto_lag"] == 0
                       for of in figures):
                return False
            time.sleep(0.4)
        return True

    def penalties(self):
        """Every sanction event as it stands, as text lines of JSON."""
        return self.abasto("explain", "--all", "--json")

    def demo_summary(self):
        """The demonstration's closing line as numbers."""
        line = self.abasto("summary", "--demo").strip().splitlines()[-1]
        assert line.startswith("demo: ok "), line
        return {name: int(value) for name, value in
                (pair.split("=") for pair in line.removeprefix("demo: ok ").split())}

    # -- the database ----------------------------------------------------------------------------

    def databases(self):
        """Where each PostgreSQL server is, by its name."""
        others = (self.stack("ABASTO_DATABASES") or "").split()
        return {"principal": self.stack("ABASTO_DATABASE"), **dict(other.split("=", 1) for other in others)}

    def sql(self, query, servers=None):
        """Rows of a query as lists of text: of all servers, or the named ones, one behind the other."""
        rows = []
        for name, place in self.databases().items():
            if servers is None or name in servers:
                out = subprocess.run(["psql", "--no-psqlrc", "--csv", "--tuples-only", "--dbname", place,
                                      "--command", query], check=True, capture_output=True, text=True).stdout
                rows += csv.reader(out.splitlines())
        return rows


def process_state(pid):
    """The letter of proc(5); None for a process that is gone."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
    except OSError:
        return None


def demo_files():
    """The lines of the demonstration's manifest: institucion, archivo, layout."""
    with open(DEMO / "carga.csv", encoding="utf-8", newline="") as manifest:
        return list(csv.DictReader(manifest))


def wait_until(what, holds, seconds=60, every=0.2):
    """Waits for `holds()`; the time only bounds how long a broken chain is waited for."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(every)
