#!/usr/bin/env python3
"""clients_story.py BUILD: programs that are not ours read our topics, and what services tell of themselves."""
import csv
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "deploy" / "stack")]
from chain import DEMO, ROOT, SERVICES, Chain, demo_files, wait_until  # noqa: E402

EXAMPLES = ROOT / "docs" / "examples"
# What each service tells beside its totals; gateways have no watermarks, monitor has no outputs.
FIGURES = {"position_applied", "position_published", "input_lag_records", "input_lag_seconds", "outbox_batches",
           "outbox_batch_bytes", "outbox_oldest_seconds", "agenda_items", "watermark_day", "batch_rows_bucket",
           "batch_seconds_sum", "quarantined_by_reason_total", "takeovers_total", "fenced_total", "duplicates_total",
           "gaps_total"}
PENALTY = "mx.abasto.sanctions.PenaltyCalculated"


def tool(name):
    return subprocess.run([ROOT / "deploy" / "test-tools.sh", name], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.strip()


def load_one_institution(chain):
    for row in demo_files():
        if row["institucion"] == "imss":
            chain.load("imss", DEMO / "imss" / row["archivo"], row["layout"])
    chain.close_days()


def run(command, settings):
    done = subprocess.run(list(map(str, command)), text=True, capture_output=True, timeout=240,
                          env={**os.environ, **settings})
    assert done.returncode == 0, f"{command}: exit {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-4000:]}"
    return done.stdout.splitlines()


def standing(chain):
    """What `abasto explain` tells, in the words of the examples."""
    penalties = [json.loads(line) for line in chain.penalties().splitlines()]
    return sorted("\t".join([penalty["sanction_id"], penalty["status"], penalty["amount"]]) for penalty in penalties)


def check_kcat(lines, expected):
    """Each line is a penalty under its contract; among them are all that stand."""
    keys = set()
    for line in lines:
        _, _, key, schema_id, headers = line.split("\t")
        assert int(schema_id) > 0 and f"ce_type={PENALTY}" in headers and "ce_id=1/" in headers, line
        keys.add(key)
    assert keys >= {line.split("|")[0] for line in expected}, len(keys)
    assert len(lines) >= len(expected), (len(lines), len(expected))


def check_publishing(chain, python, jars, settings):
    """Each example's receipt is answered, counts once however often it is sent, and reaches the order it speaks of."""
    java = ["java", "-Xmx256m", "-cp", f"{jars}/*", EXAMPLES / "java" / "PublishReceipt.java"]
    sender = [python, EXAMPLES / "python" / "publish_receipt.py"]
    line = "imss/EJEMPLO-1|EJ-ORDEN|010.000.2540.00"
    for verdict in ("ACCEPTED", "REPEATED"):
        for name, command in {"py-avro": [*sender, "avro"], "py-json": [*sender, "json"], "java": java}.items():
            said = run([*command, "imss", f"EJ-{name}", "EJ-ORDEN"], settings)
            assert said[0] in (f"EJ-{name}\t{verdict}\t{line}", f"EJ-{name}\t{verdict}_WITH_WARNINGS\t{line}"), said
        offset, key, headers = run([EXAMPLES / "kcat" / "publish.sh", "imss", "EJ-kcat", "EJ-ORDEN"],
                                   settings)[0].split("\t")
        assert int(offset) >= 0 and key == "EJ-kcat" and "ce_type=mx.abasto.outcomes.ReportAnswered" in headers, headers
    chain.close_days("2025-11-01", "2025-11-01")
    answers = [json.loads(line) for line in chain.abasto("tail", "outcomes.imss", "--last", "100").splitlines()]
    said = [answer["event"]["verdict"] for answer in answers if answer["key"] == "EJ-kcat"]
    assert said == ["ACCEPTED_WITH_WARNINGS", "REPEATED"], said
    received = chain.sql("select fact_id from deliveries.receipt_fact where fact_id like 'EJ-%' order by 1")
    assert received == [["EJ-JAVA"], ["EJ-KCAT"], ["EJ-PY-AVRO"], ["EJ-PY-JSON"]], received


def check_metrics(chain, promtool):
    """Prometheus takes what every service tells, and deliveries, in the middle of the chain, tells all of it."""
    for name in SERVICES:
        done = subprocess.run([promtool, "check", "metrics"], input=chain.page(name, "/metrics"), text=True,
                              capture_output=True)
        assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"
    text = chain.page("deliveries", "/metrics")
    told = set(re.findall(r"^abasto_(\w+)\{", text, re.MULTILINE))
    assert told >= FIGURES, FIGURES - told
    days = {line.rsplit(" ", 1)[1] for line in text.splitlines()
            if line.startswith("abasto_watermark_day") and 'institution="imss"' in line}
    assert days == {"20392"}, days  # 2025-10-31, on every shard
    assert sum(map(int, re.findall(r'position_applied\{.*topic="shipments".*\} (\d+)', text))) > 1000, text


def drop(chain, institution, name):
    """Delivers a file without any program in between: what follows must not wait for one to start."""
    folder = chain.folder / "drop" / institution
    for part in (f"{name}.meta.json", name):
        shutil.copy(DEMO / institution / part, folder / f".{part}")
        (folder / f".{part}").rename(folder / part)


def check_readiness(chain):
    """With the broker stopped, what is committed cannot be published: the gateway says so, and recovers."""
    broker = int(chain.stack("ABASTO_KAFKA_PID"))
    # The first message to a topic asks the broker for it, and the loop waits for that; the second time it does not.
    chain.load("issste", DEMO / "issste" / "contratos.csv", "plantilla.contratos")
    assert chain.page("gateway-issste", "/readyz") == "ok\n"
    os.kill(broker, signal.SIGSTOP)
    try:
        drop(chain, "issste", "contratos.csv")
        wait_until("the gateway tells that it cannot publish",
                   lambda: "la publicación no avanza" in (chain.page("gateway-issste", "/readyz") or ""), 30, 0.1)
        wait_until("the gateway tells that it has lost its group",
                   lambda: "no está en el grupo" in (chain.page("gateway-issste", "/readyz") or ""), 30)
        assert chain.page("gateway-issste", "/livez") == "ok\n"
    finally:
        os.kill(broker, signal.SIGCONT)
    wait_until("all are ready again", lambda: all(chain.page(name, "/readyz") == "ok\n" for name in SERVICES), 60)
    account = "select sum(times_read) from gateway_issste.file_account where name = 'contratos.csv'"
    wait_until("the file is taken", lambda: chain.sql(account) == [["2"]])


def main():
    python, jars = tool("python"), tool("java")
    with Chain(sys.argv[1], {"ABASTO_READY_UNPUBLISHED_S": "1"}) as chain:
        load_one_institution(chain)
        expected = standing(chain)
        assert len(expected) > 100, len(expected)
        settings = {"ABASTO_BROKERS": chain.stack("ABASTO_BROKERS"), "ABASTO_REGISTRY": chain.address("monitor")}
        run([python, HERE / "registry_client.py", settings["ABASTO_REGISTRY"], PENALTY], {})
        for name, command in {
            "python": [python, EXAMPLES / "python" / "penalties.py"],
            "java": ["java", "-Xmx256m", "-cp", f"{jars}/*", EXAMPLES / "java" / "Penalties.java"],
        }.items():
            found = sorted(run(command, settings))
            assert found == expected, f"{name}: {set(found) ^ set(expected)}"
            print(f"{name}: {len(found)} penalties, as abasto explain tells them", flush=True)
        check_kcat(run([EXAMPLES / "kcat" / "messages.sh"], settings), expected)
        check_metrics(chain, tool("promtool"))
        check_publishing(chain, python, jars, settings)
        check_readiness(chain)
    print("clients story: ok")


if __name__ == "__main__":
    main()
