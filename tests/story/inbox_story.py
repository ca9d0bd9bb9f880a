#!/usr/bin/env python3
"""inbox_story.py BUILD: receipts by the inbox among what no report is, kill -9 of the gateway in the middle; each counts once."""
import collections
import json
import pathlib
import subprocess
import sys
import threading

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "deploy" / "stack")]
from chain import ROOT, Chain, wait_until  # noqa: E402

ROUNDS, RECEIPTS = 4, 300


def send(chain, python, first):
    subprocess.run([python, HERE / "inbox_sender.py", chain.stack("ABASTO_BROKERS"), str(first), str(RECEIPTS)],
                   check=True, timeout=120)


def worked_off(chain):
    """How many messages of the inbox are committed."""
    rows = chain.sql("select next_offset from gateway_imss.input_position where topic = 'inbox.imss'")
    return int(rows[0][0]) if rows else 0


def answers(chain):
    """Of each message of the inbox, by its offset, every answer as it stands on the topic."""
    found = collections.defaultdict(list)
    for line in chain.abasto("tail", "outcomes.imss", "--from", "beginning").splitlines():
        event = json.loads(line)["event"]
        found[event["position"]].append(json.dumps(event, sort_keys=True))
    return found


def check_answers(found, messages):
    assert sorted(found) == list(range(messages)), (len(found), messages)
    verdicts = collections.defaultdict(list)
    for position in sorted(found):
        assert len(set(found[position])) == 1, found[position]  # sent again after a crash, the same
        event = json.loads(found[position][0])
        verdicts[event["ce_id"]].append(event["verdict"])
        assert event["verdict"] != "REJECTED" or all(
            event["remarks"] and remark["reason"] and remark["action"] for remark in event["remarks"]), event
    taken = {identity: said for identity, said in verdicts.items() if identity.startswith("BZ-")}
    assert len(taken) == ROUNDS * RECEIPTS, len(taken)
    for identity, said in taken.items():
        assert said == ["ACCEPTED_WITH_WARNINGS", "REPEATED"], (identity, said)
    others = {verdict for identity, said in verdicts.items()
              if identity not in taken and not identity.startswith("CASO-") for verdict in said}
    assert others == {"REJECTED"}, others


def check_facts(chain):
    """One fact in the gateway, one event, and one in deliveries, of each receipt."""
    for query in ("select count(*) from gateway_imss.row_version where fact_key like 'plantilla.recepciones|BZ-%'",
                  "select count(*) from deliveries.receipt_fact where fact_id like 'BZ-%'"):
        assert chain.sql(query) == [[str(ROUNDS * RECEIPTS)]], (query, chain.sql(query))
    last = chain.sql("select value from gateway_imss.gateway_number where name = 'sequence'")
    assert last == [[str(ROUNDS * RECEIPTS + len(CASE))]], last


# A contract, its order and a receipt ten days late, two per cent a day up to ten: 100 pieces at 12.50 owe 125 pesos.
CASE = {
    "ReceiptReport": {"recepcion": "CASO-R1", "contrato": "CASO-1", "orden": "CASO-O1", "clave": "010.000.2540.00",
                      "piezas": 100, "fecha_fisica": "2025-06-20", "tipo": "entrega"},
    "OrderReport": {"contrato": "CASO-1", "orden": "CASO-O1", "clave": "010.000.2540.00", "cantidad": 100,
                    "precio_unitario": "12.50", "fecha_emision": "2025-06-01", "fecha_limite": "2025-06-10"},
    "LineReport": {"contrato": "CASO-1", "clave": "010.000.2540.00", "cantidad_minima": 10, "cantidad_maxima": 1000,
                   "precio_unitario": "12.50"},
    "ContractReport": {"contrato": "CASO-1", "proveedor": "PROVEEDOR FICTICIO", "pena_tasa_diaria_pb": 200,
                       "pena_dias": "naturales", "pena_tope_pb": 1000, "pena_fecha_que_cuenta": "fisica",
                       "pena_faltantes": "al_tope"},
}


def publish_case(chain):
    """Whatever comes first, and with a client that knows nothing of ours."""
    for kind, report in CASE.items():
        subprocess.run(["kcat", "-P", "-b", chain.stack("ABASTO_BROKERS"), "-t", "inbox.imss", "-H", f"ce_id=CASO-{kind}",
                        "-H", "ce_source=/story", "-H", f"ce_type=mx.abasto.inbox.{kind}",
                        "-H", "ce_time=2025-06-20T12:00:00Z"],
                       input=json.dumps({**report, "naturaleza": "demostracion"}) + "\n", text=True, check=True)


def check_case(chain):
    found = [json.loads(line) for line in chain.penalties().splitlines()]
    owed = {penalty["order_id"]: (penalty["amount"], penalty["invented"]) for penalty in found}
    assert owed["imss/CASO-1|CASO-O1|010.000.2540.00"] == ("125.00", True), owed


def main():
    python = subprocess.run([ROOT / "deploy" / "test-tools.sh", "python"], check=True, text=True,
                            stdout=subprocess.PIPE).stdout.strip()
    per_round = RECEIPTS * 2 + RECEIPTS // 20
    with Chain(sys.argv[1]) as chain:
        killed = []
        for number in range(ROUNDS):
            sending = threading.Thread(target=send, args=(chain, python, number * RECEIPTS))
            sending.start()
            wait_until("it is at work", lambda: worked_off(chain) > number * per_round, 60, 0.01)
            chain.kill("gateway-imss")
            sending.join()
            killed.append(worked_off(chain) - number * per_round)
            chain.up("gateway-imss")
            wait_until("it went on", lambda: worked_off(chain) == (number + 1) * per_round)
        print("killed after so many messages of", per_round, killed, flush=True)
        assert min(killed) < per_round, killed
        publish_case(chain)
        chain.close_days("2025-06-30", "2025-06-30")
        check_case(chain)
        messages = ROUNDS * per_round + len(CASE)
        wait_until("every message is answered", lambda: len(answers(chain)) == messages, 60, 1)
        check_answers(answers(chain), messages)
        check_facts(chain)
        aside = json.loads(chain.sql("select count(*) from gateway_imss.quarantine where source = 'inbox.imss'")[0][0])
        assert aside == ROUNDS * RECEIPTS // 20, aside
    print("inbox story: ok")


if __name__ == "__main__":
    main()
