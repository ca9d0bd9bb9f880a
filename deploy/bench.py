#!/usr/bin/env python3
"""bench.py BUILD RESULT [COPIES]: rows per second of the chain, from files to sanctions' judgements.

ISSSTE's part of the demonstration, which is in the plain template, in COPIES copies. Contracts, orders and shipments
are loaded first; the time runs from the moment the receipts' files appear to the moment when `sanctions` has passed
the day that was closed behind them, on every shard: by then each receipt is judged.
"""
import csv
import json
import os
import pathlib
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "stack"))
from chain import DEMO, SERVICES, Chain, wait_until  # noqa: E402

INSTITUTION = "issste"
RENAMED = ["contrato", "orden", "remision", "recepcion"]
BEFORE = ["contratos", "partidas", "ordenes", "ordenes_tardias", "remisiones"]
TIMED = ["recepciones", "recepciones_correccion"]


def write_copies(folder, name, copies):
    """One file with all copies of a file of the demonstration; how many rows it has."""
    with open(DEMO / INSTITUTION / f"{name}.csv", encoding="utf-8-sig", newline="") as source:
        rows = list(csv.DictReader(source))
    file = folder / f"{name}.csv"
    with open(file, "w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, fieldnames=list(rows[0]))
        writer.writeheader()
        for copy in range(copies):
            for row in rows:
                writer.writerow({**row, **{key: f"B{copy:04d}-{row[key]}" for key in RENAMED if row.get(key)}})
    return file, len(rows) * copies


def layout_of(name):
    return "plantilla." + name.split("_")[0]


def passed(chain, service, day):
    shards = int(chain.sql(f"select count(*) from {service}.shard")[0][0])
    reached = chain.sql(f"select count(*) from {service}.forwarded where institution = '{INSTITUTION}' and day >= date '{day}' - date '1970-01-01'")
    return int(reached[0][0]) == shards


def cpu_seconds(pid, with_ended_children=False):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:15 if with_ended_children else 13])) / os.sysconf("SC_CLK_TCK")


def rss_max_mib(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def database_cpu(chain):
    """CPU of PostgreSQL's processes: the postmaster, its children, and those that ended."""
    postmaster = next(int(line.split("=")[1]) for line in (chain.folder / "stack.env").read_text().splitlines()
                      if line.startswith("ABASTO_POSTGRESQL_PID="))
    children = pathlib.Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    seconds = cpu_seconds(postmaster, with_ended_children=True)
    for child in children:
        try:
            seconds += cpu_seconds(child)
        except FileNotFoundError:
            pass  # a worker that ended meanwhile: at most its few milliseconds are not counted
    return seconds


def main():
    build, result = sys.argv[1], pathlib.Path(sys.argv[2])
    copies = int(sys.argv[3]) if len(sys.argv) > 3 else 20
    with Chain(build, fsync="on") as chain, tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        for name in BEFORE:
            chain.load(INSTITUTION, write_copies(folder, name, copies)[0], layout_of(name))
        chain.abasto("day", "close", "2025-09-30")
        wait_until("the chain is drained", lambda: passed(chain, "sanctions", "2025-09-30"), 600)
        files = [write_copies(folder, name, copies) for name in TIMED]
        pids = {name: chain.pid(name) for name in SERVICES}
        before = {name: cpu_seconds(pid) for name, pid in pids.items()}
        database = database_cpu(chain)
        started = time.monotonic()
        for (file, _), name in zip(files, TIMED):
            chain.load(INSTITUTION, file, layout_of(name))
        loaded = time.monotonic() - started
        chain.abasto("day", "close", "2025-10-31")
        wait_until("every receipt is judged", lambda: passed(chain, "sanctions", "2025-10-31"), 900, 0.05)
        seconds = time.monotonic() - started
        rows = sum(count for _, count in files)
        figures = {
            "chain_rows_per_s": round(rows / seconds, 1),
            "rows": rows,
            "seconds": round(seconds, 2),
            "gateway_rows_per_s": round(rows / loaded, 1),
            "rss_mib_load_max": round(max(rss_max_mib(pid) for pid in pids.values()), 1),
            "rss_mib": {name: round(rss_max_mib(pid), 1) for name, pid in pids.items()},
            "cpu_s": {name: round(cpu_seconds(pid) - before[name], 2) for name, pid in pids.items()},
            "cpu_s_postgresql": round(database_cpu(chain) - database, 2),
            "cores": os.cpu_count(),
        }
    result.parent.mkdir(parents=True, exist_ok=True)
    result.write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
