"""The chain: from files to sanctions as fast as it goes, and from a report to its sanction at a given rate."""
import json
import pathlib
import statistics
import tempfile
import time

from measure import Ground, cpu_seconds, memory_mib
from chain import SERVICES, wait_until  # where measure looks for it

INSTITUTION = "issste"
BEFORE = ["contratos", "partidas", "ordenes", "remisiones"]
TIMED = ["recepciones", "recepciones_correccion"]
BEFORE_DAY, AFTER_DAY = "2026-03-30", "2026-03-31"
RATES = [100, 1000, 5000]


class Running(Ground):
    """The whole chain."""

    def up(self, *names):
        super().up(*(names or SERVICES))

    def load_year(self, folder, names):
        for name in names:
            self.load(INSTITUTION, folder / f"{name}.csv", "plantilla." + name.split("_")[0])

    def passed(self, service, day):
        shards = int(self.sql(f"select count(*) from {service}.shard")[0][0])
        reached = self.sql(f"select count(*) from {service}.forwarded where institution = '{INSTITUTION}'"
                           f" and day >= date '{day}' - date '1970-01-01'")
        return int(reached[0][0]) == shards

    def close(self, day, seconds=3600):
        self.abasto("day", "close", day)
        wait_until("every receipt is judged", lambda: self.passed("sanctions", day), seconds, 0.05)


def measure_chain(options, runs):
    """The time runs from the moment the receipts' files are given to the gateway until `sanctions` has passed the day that
    was closed behind them, on every shard: by then each of them is judged."""
    with Running(options.build) as chain, tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        rows = chain.bench("files", "--folder", folder, "--count", options.chain_orders)
        chain.load_year(folder, BEFORE)
        chain.close(BEFORE_DAY)
        pids = {name: chain.pid(name) for name in SERVICES}
        before = {name: cpu_seconds(pid) for name, pid in pids.items()}
        outside = chain.cpu(pids["gateway-issste"])
        started = time.monotonic()
        chain.load_year(folder, TIMED)
        loaded = time.monotonic() - started
        chain.close(AFTER_DAY)
        seconds = time.monotonic() - started
        after = chain.cpu(pids["gateway-issste"])
        timed = sum(rows[name] for name in TIMED)
        runs["chain"] = [{
            "rows": timed, "orders": rows["ordenes"], "seconds": round(seconds, 2),
            "rows_per_s": round(timed / seconds), "gateway_rows_per_s": round(timed / loaded),
            "cpu_us": {name: round((cpu_seconds(pid) - before[name]) * 1e6 / timed, 1) for name, pid in pids.items()},
            **{f"{name}_cpu_us": round((after[name] - outside[name]) * 1e6 / timed, 1) for name in ("postgresql", "broker")},
            "rss_mib": {name: round(memory_mib(pid, "VmHWM"), 1) for name, pid in pids.items()}}]
    print("chain", json.dumps(runs["chain"]), flush=True)


def measure_latency(options, runs):
    """Orders are loaded first; then each is reported late, once, through the inbox of its institution."""
    rates = [rate for rate in RATES if not options.quick or rate < 5000]
    orders = sum(rate * options.latency_seconds for rate in rates)
    with Running(options.build) as chain, tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        chain.bench("files", "--folder", folder, "--count", orders)
        chain.load_year(folder, ["contratos", "partidas", "ordenes"])
        chain.close(BEFORE_DAY)
        first = 0
        for rate in rates:
            figures = chain.bench("latency", "--rate", rate, "--seconds", options.latency_seconds, "--first", first,
                                  "--orders", orders)
            first += figures["reports"]
            runs.setdefault("latency", []).append(figures)
            print("latency", json.dumps(figures), flush=True)


def keys(runs):
    found = {}
    if "chain" in runs:
        found["chain_rows_per_s"] = statistics.median(run["rows_per_s"] for run in runs["chain"])
    for figures in runs.get("latency", []):
        if figures["sanctions"] == figures["reports"]:
            for part in ("p50", "p99", "p999"):
                found[f"{part}_ms_at_{figures['offered_per_s']}"] = figures[f"{part}_ms"]
    return found
