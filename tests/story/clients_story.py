#!/usr/bin/env python3
"""clients_story.py BUILD: programs that are not ours read our topics as docs/integration.md says."""
import csv
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "deploy" / "stack")]
from chain import DEMO, ROOT, Chain  # noqa: E402

EXAMPLES = ROOT / "docs" / "examples"
PENALTY = "mx.abasto.sanctions.PenaltyCalculated"


def tool(name):
    return subprocess.run([ROOT / "deploy" / "test-tools.sh", name], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.strip()


def load_one_institution(chain):
    with open(DEMO / "carga.csv", encoding="utf-8") as manifest:
        for row in csv.DictReader(manifest):
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


def main():
    python, jars = tool("python"), tool("java")
    with Chain(sys.argv[1]) as chain:
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
    print("clients story: ok")


if __name__ == "__main__":
    main()
