#!/usr/bin/env python3
"""restore_story.py BUILD: the database goes back to a backup taken while files were read; Kafka is ahead; nothing lost, nothing twice."""
import collections
import json
import pathlib
import subprocess
import sys
import threading

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "deploy" / "stack")]
from chain import DEMO, SERVICES, Chain, wait_until  # noqa: E402
from figures import difference, judgements  # noqa: E402

# While the last one of these is read the backup is taken; the others come after it.
BEFORE = [("issste", "contratos.csv"), ("issste", "ordenes.csv"), ("imss", "contratos.csv"), ("imss", "ordenes_2025-10-24.csv"),
          ("imss", "altas_2025-10-24.csv"), ("issste", "recepciones.csv")]
AFTER = [("issste", "partidas.csv"), ("imss", "altas_2025-10-31.csv"), ("imss", "altas_2025-09-30.csv"),
         ("issste", "recepciones_correccion.csv"), ("imss", "ordenes_2025-10-31.csv"), ("issste", "decisiones.csv")]
TOPICS = ["reported.contracts", "reported.orders", "reported.receipts", "reported.decisions", "contracts", "orders",
          "deliveries", "sanctions", "findings", "quarantine"]
REPORT = {"recepcion": "RES-1", "contrato": "RES-1", "orden": "RES-1", "clave": "010.000.2540.00", "piezas": 7,
          "fecha_fisica": "2025-06-18", "corte": "2025-06-18", "naturaleza": "demostracion"}


def load(chain, files):
    for institution, name in files:
        chain.load(institution, DEMO / institution / name)


def publish(chain):
    subprocess.run(["kcat", "-P", "-b", chain.stack("ABASTO_BROKERS"), "-t", "inbox.imss", "-H", "ce_id=RES-1",
                    "-H", "ce_source=/story", "-H", "ce_type=mx.abasto.inbox.ReceiptReport"],
                   input=json.dumps(REPORT) + "\n", text=True, check=True)


def backup(chain, path):
    """Of a running system, in the middle of a file."""
    reading = threading.Thread(target=load, args=(chain, BEFORE[-1:]))
    reading.start()
    wait_until("half of the file is read", lambda: chain.sql(
        "select 1 from gateway_issste.file_account where name = 'recepciones.csv' and rows > 200") != [], 120, 0.02)
    subprocess.run(["pg_dump", "--format", "custom", "--no-owner", "--file", path, chain.stack("ABASTO_DATABASE")],
                   check=True)
    reading.join()


def go_back(chain, path):
    """As after a disaster: everything stops at once, and the database is that of the backup."""
    for name in SERVICES:
        chain.kill(name)
    subprocess.run(["pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error",
                    "--dbname", chain.stack("ABASTO_DATABASE"), path], check=True)


BEHIND = ["gateway-imss", "gateway-issste", "contracts", "deliveries", "sanctions"]


def services_stop_and_say_so(chain):
    for name in BEHIND:
        try:
            chain.up(name)
            raise AssertionError(f"{name} goes on as if nothing had happened")
        except subprocess.CalledProcessError:
            log = (chain.folder / "log" / f"{name}.jsonl").read_text()
            assert "it was rolled back; run abasto restore" in log, (name, log[-600:])


def restored(chain):
    told = [json.loads(line) for line in chain.abasto("restore", "--json").splitlines()]
    assert {chain.label(name) for name in BEHIND} <= {row["service"] for row in told}, told
    assert all(row["next"] == row["incarnation"] + 1 and row["unknown"] > 0 for row in told), told
    files = {row["service"]: row["files"] for row in told if row["files"]}
    # The last one that the backup knows may come along: it was answered after the transaction that settled it. That of
    # which half was read when the backup was asked for may be read whole in it.
    assert files["gateway.issste"] in (3, 4, 5) and files["gateway.imss"] in (3, 4) and len(files) == 2, files
    assert [json.loads(line) for line in chain.abasto("restore", "--json").splitlines()] == told, "only told"
    chain.abasto("restore", "--execute")
    assert "nada que hacer" in chain.abasto("restore")
    chain.up()


def sequences_are_dense(chain):
    """Of every shard on every partition: each incarnation counts from 1, and a number sent again says the same."""
    seen = collections.defaultdict(dict)
    for topic in TOPICS:
        for line in chain.abasto("tail", topic, "--from", "beginning").splitlines():
            record = json.loads(line)
            incarnation, shard, seq = map(int, record["ce_id"].split("/"))
            numbers = seen[topic, record["partition"], record["ce_source"], shard, incarnation]
            said = json.dumps(record["event"], sort_keys=True)
            assert numbers.setdefault(seq, said) == said, (topic, record["ce_id"])
    incarnations = collections.Counter()
    for (topic, _, _, _, incarnation), numbers in seen.items():
        incarnations[incarnation] += 1
        assert incarnation == 1 or sorted(numbers) == list(range(1, len(numbers) + 1)), (topic, sorted(numbers)[:5])
        assert incarnation != 1 or sorted(numbers) == list(range(1, len(numbers) + 1)), topic
    assert incarnations[2] > 0, incarnations


def main():
    with Chain(sys.argv[1], {"ABASTO_BATCH_MESSAGES": "100"}) as chain:
        path = str(chain.folder / "copia")
        load(chain, BEFORE[:-1])
        backup(chain, path)
        load(chain, AFTER)
        publish(chain)
        chain.close_days()
        expected = judgements(chain)
        assert len(expected["penalties"]) > 10, expected["penalties"]
        go_back(chain, path)
        services_stop_and_say_so(chain)
        restored(chain)
        wait_until("the files are read again", lambda: chain.sql(
            "select 1 from gateway_issste.file_account where name = 'decisiones.csv' and state = 'done'") != []
            and chain.sql("select 1 from gateway_imss.file_account where name = 'ordenes_2025-10-31.csv'"
                          " and state = 'done'") != [], 240)
        chain.close_days()
        said = difference(expected, judgements(chain))
        assert not said, "\n".join(["after the restore:", *said])
        sequences_are_dense(chain)
        for name in SERVICES:
            chain.kill(name)
        chain.up()
        chain.close_days()
        said = difference(expected, judgements(chain))
        assert not said, "\n".join(["after a restart:", *said])
    print("restore story: ok")


if __name__ == "__main__":
    main()
