#!/usr/bin/env python3
"""chaos.py BUILD SECONDS SEED [EVIDENCE]: faults on the real parts for so long, then a drain, then the checker.

The last line is `chaos: seed=... faults=... inputs=... lost=0 duplicated=0 wrong=0`, and the exit status says the same. What a
violation leaves is in EVIDENCE/seed-SEED: the story of the faults with its times, and all logs.
"""
import collections
import importlib.util
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
if importlib.util.find_spec("confluent_kafka") is None:  # the Python of the tests of foreign clients has it
    TOOLS = HERE.parents[1] / "deploy" / "test-tools.sh"
    PYTHON = subprocess.run([TOOLS, "python"], check=True, text=True, stdout=subprocess.PIPE).stdout.strip()
    os.execv(PYTHON, [PYTHON, *sys.argv])
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "deploy" / "stack"), str(HERE.parents[0] / "story")]
from chain import DEMO, Chain, wait_until  # noqa: E402
from checker import Faults, Outcome, check  # noqa: E402
from cluster import Cluster  # noqa: E402
from driver import Driver  # noqa: E402
from facts import LAST_DAY, Stream  # noqa: E402
from nemesis import Nemesis  # noqa: E402
from takeover import Takeovers  # noqa: E402

# Inputs come at this rate, so that the stream lasts as long as the faults do.
INPUTS_PER_S = 20
INPUTS_PER_CONTRACT = 22
PAUSE_S = 2.0  # between two faults, on average
DRAIN_S = 300


def say(text):
    print(text, flush=True)


def calm_run(build, stream):
    """What the same facts come to when nothing goes wrong."""
    faults = Faults()
    with Chain(build) as chain:
        chain.load("ssa", DEMO / "catalogo" / "claves.csv", "catalogo.claves")
        driver = Driver(chain, stream, 1_000_000)
        driver.run()
        if driver.failed:
            raise driver.failed
        chain.close_days(LAST_DAY.isoformat(), LAST_DAY.isoformat())
        outcome = Outcome(chain, faults)
    assert not list(faults.lines()), list(faults.lines())
    return outcome


def drained(cluster):
    """Nothing unread, nothing unpublished, twice in a row."""
    for _ in range(2):
        figures = [one.figures() for one in cluster.running()]
        if not all(of and of["abasto_idle"] == 1 and of["abasto_outbox_backlog"] == 0 and of["abasto_lag"] == 0
                   for of in figures):
            return False
        time.sleep(0.5)
    return True


def drain(cluster):
    cluster.heal()
    cluster.wait_ready(DRAIN_S)
    cluster.abasto("day", "close", LAST_DAY.isoformat())
    cluster.abasto("day", "wait", LAST_DAY.isoformat(), "--timeout", str(DRAIN_S))
    wait_until("the chain is drained", lambda: drained(cluster), DRAIN_S)


def storm(cluster, stream, seconds, seed):
    """Facts and faults beside each other; returns what the nemesis could not do."""
    driver = Driver(cluster, stream, INPUTS_PER_S)
    driver.start()
    takeovers = Takeovers(cluster, seed)
    takeovers.measure(rounds=min(6, int(seconds / 60)))
    nemesis = Nemesis(cluster, seed, PAUSE_S)
    nemesis.start()
    try:
        until = time.monotonic() + seconds
        while time.monotonic() < until and not driver.failed:
            time.sleep(0.2)
    finally:
        nemesis.stopping.set()
    nemesis.end()
    cluster.story.tell("no more faults")
    driver.rate = 1_000_000
    cluster.heal()
    driver.join(600)
    if driver.failed or not driver.done:
        raise driver.failed or TimeoutError("the facts were not all given")
    return nemesis.failed, takeovers


def judge(cluster, stream, calm, seconds, seed):
    """The storm and what came of it: (faults of the data, sentences about processes)."""
    faults = Faults()
    cluster.load("ssa", DEMO / "catalogo" / "claves.csv", "catalogo.claves")
    failed, takeovers = storm(cluster, stream, seconds, seed)
    drain(cluster)
    broken = [f"{name} exits with {status} at SIGTERM" for name, status in cluster.stop_instances()]
    broken += [f"{name}: {what}" for name, what in failed]
    broken += [f"{name} ended by itself with {status}: {last[-1] if last else ''}" for name, status, last in cluster.exits]
    check(cluster, stream, calm, faults)
    for line in takeovers.lines():
        say(line)
    return faults, broken


def keep_logs(cluster, folder):
    shutil.copytree(cluster.folder / "log", folder / "log", ignore_dangling_symlinks=True, dirs_exist_ok=True)


def run(build, seconds, seed, folder):
    stream = Stream(seed, max(8, int(seconds * INPUTS_PER_S / INPUTS_PER_CONTRACT)))
    say(f"{stream.inputs} inputs about {len(stream.contracts)} contracts; first without faults")
    calm = calm_run(build, stream)
    say(f"without faults: {len(stream.orders())} orders, {len(calm.judged['penalties'])} penalties; now with them")
    cluster = Cluster(build, folder / "story.txt")
    with cluster:
        try:
            faults, broken = judge(cluster, stream, calm, seconds, seed)
        except Exception:
            keep_logs(cluster, folder)
            raise
        if broken or list(faults.lines()):
            keep_logs(cluster, folder)
    return cluster.story, stream, faults, broken


def main():
    build, seconds, seed = pathlib.Path(sys.argv[1]).resolve(), float(sys.argv[2]), int(sys.argv[3])
    folder = pathlib.Path(sys.argv[4] if len(sys.argv) > 4 else "build/chaos").resolve() / f"seed-{seed}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    story, stream, faults, broken = run(build, seconds, seed, folder)
    say("faults: " + ", ".join(f"{count} {kind}" for kind, count in
                               sorted(collections.Counter(story.counts).items(), key=lambda one: -one[1])))
    for line in [*faults.lines(), *broken]:
        say(line)
    if broken or list(faults.lines()):
        say(f"what happened when, and the logs: {folder}")
    say(f"chaos: seed={seed} faults={story.faults} inputs={stream.inputs} lost={len(faults.lost)} "
        f"duplicated={len(faults.duplicated)} wrong={len(faults.wrong) + len(broken)}")
    sys.exit(1 if broken or list(faults.lines()) else 0)


if __name__ == "__main__":
    main()
