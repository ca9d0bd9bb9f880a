#!/usr/bin/env python3
"""bench.py BUILD RESULT [--quick] [--rivals] [...]: how fast the stages are, beside what they are made of and others.

Everything runs on stacks of its own with fsync. In each round every measure is taken once, one after the other, so
that what disturbs the machine disturbs all of them; what is told is the median of the rounds, of ratios the median
of the rounds' ratios. docs/performance.md tells what each key means. What was not measured has no key.
"""
import argparse
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import tempfile
import time

import chain_run
import rivals
from measure import Ground, answers, free_port, memory_mib, run_stage, stop, wait_for_calm

SERVICES = ["contracts", "shipments", "deliveries", "sanctions", "monitor", "gateway"]


def size_options():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("result", type=pathlib.Path)
    parser.add_argument("--quick", action="store_true", help="five minutes: small sizes, the same keys")
    parser.add_argument("--rivals", action="store_true", help="the rivals of tests/bench/rivals in the same rounds")
    parser.add_argument("--only", help="of stages, rivals, footprint, chain, latency: those, comma separated")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--events", type=int, help="of the plain stage, and of its rivals")
    parser.add_argument("--orders", type=int, help="of the year that the deliveries stage reads")
    parser.add_argument("--chain-orders", type=int, help="of the year that the chain loads from files")
    parser.add_argument("--latency-seconds", type=int)
    parser.add_argument("--calm-seconds", type=int, default=0, help="how long a quiet machine is waited for")
    options = parser.parse_args()
    quick = {"rounds": 3, "events": 200_000, "orders": 30_000, "chain_orders": 10_000, "latency_seconds": 6}
    full = {"rounds": 5, "events": 1_000_000, "orders": 300_000, "chain_orders": 150_000, "latency_seconds": 30}
    for name, value in (quick if options.quick else full).items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    return options


# -- stages and what they are made of -------------------------------------------------------------

def plain(ground, events, **settings):
    ground.reset("plain", "bench.accepted")
    return run_stage(ground, [ground.build / "bench" / "abasto-plain"], ground.service_environment(**settings),
                     ["--table", "plain.delivery", "--topic", "bench.accepted", "--count", events], events)


def record_tape(ground, events):
    """Runs the stage once, unmeasured, and keeps what it sends to PostgreSQL."""
    tape = ground.folder / "plain.tape"
    plain(ground, events, LD_PRELOAD=str(ground.build / "bench" / "libbench_tape.so"), ABASTO_BENCH_TAPE=str(tape),
          ASAN_OPTIONS="verify_asan_link_order=0")  # which only a build that is no release has
    return tape


def with_figures(ground, figures, before, after):
    """What a command of abasto-bench measured of itself, and what PostgreSQL and the broker did meanwhile."""
    spent = {name: (after[name] - before[name]) * 1e6 / figures["events"] for name in ("postgresql", "broker")}
    return {**figures, "events_per_s": round(figures["events"] / figures["seconds"]),
            **({"own_cpu_us": round(figures["cpu_s"] * 1e6 / figures["events"], 3)} if "cpu_s" in figures else {}),
            **{f"{name}_cpu_us": round(value, 3) for name, value in spent.items()}}


def denominator(ground, *arguments):
    before = ground.cpu(os.getpid())
    figures = ground.bench(*arguments)
    return with_figures(ground, figures, before, ground.cpu(os.getpid()))


def copy(ground, events):
    """Into the stage's own table, emptied: the same columns and key."""
    ground.sql("truncate plain.delivery")
    return denominator(ground, "copy", "--table", "plain.delivery", "--count", events)


def replay(ground, events, tape):
    ground.sql("truncate plain.delivery, plain.outbox, plain.input_position, plain.output_seq, plain.heard")
    ground.sql("update plain.shard set epoch = 0, batch = 0, published = 0")
    figures = denominator(ground, "replay", "--schema", "plain", "--tape", tape, "--count", events)
    rows = int(ground.sql("select count(*) from plain.delivery")[0][0])
    if rows != events:
        raise RuntimeError(f"the replay left {rows} rows of {events}")
    return figures


def produce(ground, events):
    ground.bench("empty", "--topic", "bench.raw")
    ground.bench("prepare")
    return denominator(ground, "produce", "--topic", "bench.raw", "--count", events)


def consume(ground, events):
    return denominator(ground, "consume", "--topic", "bench.receipts", "--count", events)


def deliveries(ground, events):
    ground.reset("deliveries", "deliveries", "findings")
    program = ground.build / "services" / "deliveries" / "abasto-deliveries"
    return run_stage(ground, [program], ground.service_environment(), ["--schema", "deliveries", "--count", events], events)


def measure_stages(options, runs):
    with Ground(options.build) as ground:
        year = {}
        if wants(options, "stages"):
            year = ground.bench("year", "--count", options.orders)
        ground.bench("plain", "--count", options.events)
        tape = record_tape(ground, options.events) if wants(options, "stages") else None
        for _ in range(options.rounds):
            wait_for_calm(1.5, options.calm_seconds)
            note(runs, "plain", lambda: plain(ground, options.events))
            if wants(options, "stages"):
                note(runs, "replay", lambda: replay(ground, options.events, tape))
                note(runs, "copy", lambda: copy(ground, options.events))
                note(runs, "consume", lambda: consume(ground, options.events))
                note(runs, "produce", lambda: produce(ground, options.events))
                note(runs, "deliveries", lambda: deliveries(ground, year["events"]))
            if options.rivals:
                for name, run in rivals.all_of(ground, options.events):
                    note(runs, name, run)


def note(runs, name, run):
    figures = run()
    figures["load"] = round(os.getloadavg()[0], 1)
    runs.setdefault(name, []).append(figures)
    print(name, json.dumps(figures), flush=True)


# -- footprint ------------------------------------------------------------------------------------

def start_to_ready(ground, service, port):
    """Milliseconds from the start of a process until it says that it is ready; and its memory a while later."""
    settings = {"ABASTO_HTTP_PORT": str(port)}
    if service == "gateway":
        settings |= {"ABASTO_INSTITUTION": "issste", "ABASTO_DROP_FOLDER": str(ground.folder / "drop" / "issste"),
                     "ABASTO_ARCHIVE_FOLDER": str(ground.folder / "archive")}
    with open(ground.folder / "log" / "stage.log", "ab") as log:
        started = time.monotonic()
        process = subprocess.Popen([ground.build / "services" / service / f"abasto-{service}"], stdout=log, stderr=log,
                                   env=ground.service_environment(**settings))
    try:
        while not answers(f"http://127.0.0.1:{port}", "/readyz"):
            if process.poll() is not None or time.monotonic() - started > 30:
                raise RuntimeError(f"{service} does not get ready")
            time.sleep(0.002)
        ready = (time.monotonic() - started) * 1e3
        time.sleep(2)
        return ready, memory_mib(process.pid, "VmRSS")
    finally:
        stop(process)


def binary_kib(build, service):
    with tempfile.TemporaryDirectory() as folder:
        stripped = pathlib.Path(folder) / service
        shutil.copy(pathlib.Path(build) / "services" / service / f"abasto-{service}", stripped)
        subprocess.run(["strip", stripped], check=True)
        return stripped.stat().st_size / 1024


def measure_footprint(options, runs):
    with Ground(options.build) as ground:
        for _ in range(options.rounds):
            for service in SERVICES:
                ready, idle = start_to_ready(ground, service, free_port())
                runs.setdefault(f"footprint_{service}", []).append(
                    {"ready_ms": round(ready, 1), "rss_mib_idle": round(idle, 1),
                     "binary_kib": round(binary_kib(options.build, service), 1)})
    for service in SERVICES:
        print(service, json.dumps(runs[f"footprint_{service}"]), flush=True)


# -- the result -----------------------------------------------------------------------------------

def median(runs, name, figure):
    return statistics.median(run[figure] for run in runs[name])


def ratio(runs, above, below, figure="events_per_s"):
    return round(statistics.median(a[figure] / b[figure] for a, b in zip(runs[above], runs[below])), 3)


def stage_keys(runs):
    keys = {}
    for name in ("plain", "deliveries", "replay", "copy", "consume", "produce"):
        if name in runs:
            keys[f"{name}_events_per_s"] = median(runs, name, "events_per_s")
            for part in ("own", "postgresql", "broker"):
                if f"{part}_cpu_us" in runs[name][0]:
                    keys[f"{name}{'' if part == 'own' else '_' + part}_cpu_us"] = median(runs, name, f"{part}_cpu_us")
    for name, below in (("plain_vs_copy", "copy"), ("plain_vs_replay", "replay")):
        if "plain" in runs and below in runs:
            keys[name] = ratio(runs, "plain", below)
    if "plain" in runs and "deliveries" in runs:
        keys["deliveries_vs_plain"] = ratio(runs, "deliveries", "plain")
    return keys


def footprint_keys(runs):
    parts = [runs[f"footprint_{service}"] for service in SERVICES if f"footprint_{service}" in runs]
    if not parts:
        return {}
    return {"ready_ms_max": max(statistics.median(run["ready_ms"] for run in part) for part in parts),
            "rss_mib_idle_max": max(statistics.median(run["rss_mib_idle"] for run in part) for part in parts),
            "binary_kib_max": max(part[0]["binary_kib"] for part in parts)}


def load_keys(runs):
    peaks = [run["rss_mib_peak"] for name in ("plain", "deliveries") for run in runs.get(name, [])]
    peaks += [peak for run in runs.get("chain", []) for peak in run["rss_mib"].values()]
    return {"rss_mib_load_max": max(peaks)} if peaks else {}


def wants(options, part):
    return options.only is None or part in options.only.split(",")


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def main():
    options = size_options()
    started = time.monotonic()
    runs = {}
    if options.rivals:
        rivals.build()
    if wants(options, "stages") or options.rivals:
        measure_stages(options, runs)
    if wants(options, "footprint"):
        measure_footprint(options, runs)
    for part, run in (("chain", chain_run.measure_chain), ("latency", chain_run.measure_latency)):
        if wants(options, part):
            wait_for_calm(1.5, options.calm_seconds)
            run(options, runs)
    keys = {**stage_keys(runs), **rivals.keys(runs, ratio), **chain_run.keys(runs), **footprint_keys(runs), **load_keys(runs)}
    result = {**keys, "rounds": options.rounds, "minutes": round((time.monotonic() - started) / 60, 1),
              "machine": {"cores": os.cpu_count(), "processor": processor(), "kernel": platform.release()}, "runs": runs}
    options.result.parent.mkdir(parents=True, exist_ok=True)
    options.result.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(keys, indent=2))


if __name__ == "__main__":
    main()
