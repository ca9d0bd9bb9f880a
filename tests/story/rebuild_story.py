#!/usr/bin/env python3
"""rebuild_story.py BUILD: services lose their tables, or say something wrong; made anew from topics they say what differs and no more."""
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

REBUILT = ["contracts", "shipments", "deliveries", "sanctions", "monitor"]
FILES = [("issste", "contratos.csv"), ("issste", "partidas.csv"), ("issste", "ordenes.csv"), ("issste", "remisiones.csv"),
         ("issste", "recepciones.csv"), ("issste", "decisiones.csv"), ("imss", "contratos.csv"),
         ("imss", "ordenes_2025-10-24.csv"), ("imss", "altas_2025-10-24.csv")]
LATE = [("issste", "recepciones_correccion.csv"), ("issste", "ordenes_tardias.csv"), ("imss", "altas_2025-10-31.csv"),
        ("imss", "altas_2025-09-30.csv")]
TOPICS = ["contracts", "orders", "shipments", "deliveries", "sanctions", "findings", "quarantine"]
# What a batch leaves of itself, and not of what it judged.
PASSING = {"outbox", "output_seq", "watermark", "agenda"}
NOW = -2147483647  # due at once


def load(chain, files):
    for institution, name in files:
        chain.load(institution, DEMO / institution / name)


def tables(chain, service):
    """{table: sorted rows} of everything that hangs from the service's shards."""
    names = [name for (name,) in chain.sql(
        "select t.table_name from information_schema.tables t join information_schema.columns c "
        f"using (table_schema, table_name) where t.table_schema = '{service}' and t.table_type = 'BASE TABLE' "
        "and c.column_name = 'shard'") if name not in PASSING]
    assert len(names) > 5, names
    return {name: sorted(json.dumps(row, ensure_ascii=False) for row in chain.sql(f"select * from {service}.{name}"))
            for name in names}


def said(chain):
    """{(producer, topic): events} of all topics; each number once."""
    seen = set()
    for topic in TOPICS:
        for line in chain.abasto("tail", topic, "--from", "beginning").splitlines():
            record = json.loads(line)
            seen.add((record["ce_source"], record["ce_id"], record["partition"]))
    return collections.Counter(source for source, _, _ in seen)


def penalties_of(chain, order):
    """What was said of an order, one after the other."""
    out = chain.abasto("tail", "sanctions", "--from", "beginning", "--type", "PenaltyCalculated")
    events = [json.loads(line)["event"] for line in out.splitlines()]
    return [event["amount"] for event in events if event["order_id"] == order]


def rebuild(chain, service, *options):
    return [json.loads(line) for line in chain.abasto("rebuild", service, "--json", *options).splitlines()]


def is_rebuilt(chain, services):
    """Every replay is over, and what it put on the agenda is judged."""
    return all(chain.sql(f"select 1 from {service}.replay") == [] and
               chain.sql(f"select 1 from {service}.agenda where due = {NOW} limit 1") == [] for service in services)


def drained(chain, services=REBUILT):
    wait_until("the replay is over", lambda: is_rebuilt(chain, services), 120)
    wait_until("the chain is drained", lambda: chain.is_drained(SERVICES), 120)


def lost_tables_come_back(chain):
    """The schemas of all services are gone, without a backup."""
    before, events = {service: tables(chain, service) for service in REBUILT}, said(chain)
    assert events["sanctions/sanctions"] > 50 and events["deliveries/findings"] > 0, events
    chain.down(*REBUILT)
    for service in REBUILT:
        subprocess.run(["psql", "--no-psqlrc", "--quiet", "--dbname", chain.stack("ABASTO_DATABASE"), "--command",
                        f"drop schema {service} cascade"], check=True, stderr=subprocess.DEVNULL)
    code, _, err = chain.run("rebuild", "sanctions", "--execute")
    assert code == 1 and "abasto shard create" in err, (code, err)
    chain.abasto("shard", "create")
    told = rebuild(chain, "sanctions")
    assert sum(row["events"] for row in told) > 100, told
    assert all(row["next"] == row["incarnation"] + 1 for row in told), told
    assert rebuild(chain, "sanctions", "--execute") == told, "the first time it was only told"
    for service in REBUILT[:3] + REBUILT[4:]:
        rebuild(chain, service, "--execute")
    chain.up(*REBUILT)
    drained(chain)
    for service in REBUILT:
        found = difference(before[service], tables(chain, service))
        assert not found, "\n".join([f"{service} rebuilt:", *found])
    assert said(chain) == events, (events - said(chain), said(chain) - events)


def wrong_judgement(chain):
    """By a row that nobody reported, a penalty twice what it should be; it goes out to everybody."""
    ((order, shard),) = chain.sql(
        "select s.order_id, s.shard from sanctions.sanction_state s where s.amount_centavos > 0 and s.order_id like "
        "'imss/%' order by 1 limit 1")
    right = penalties_of(chain, order)
    chain.down("sanctions")
    chain.sql(f"update sanctions.order_known set price_e4 = price_e4 * 2 where order_id = '{order}' returning 1")
    chain.sql(f"insert into sanctions.agenda (shard, due, kind, key) values ({shard}, {NOW}, 'sanctions.rejudge', "
              f"'{order}') returning 1")
    chain.up("sanctions")
    wait_until("the wrong penalty is said", lambda: len(penalties_of(chain, order)) == len(right) + 1, 60)
    drained(chain)
    return order, right


def wrong_judgements_are_corrected(chain):
    """While receipts and orders keep coming in: what was wrong is said anew, once, and nothing else for it."""
    expected = judgements(chain)
    order, right = wrong_judgement(chain)
    assert difference(expected, judgements(chain)), "the wrong penalty stands in the read models"
    code, _, err = chain.run("rebuild", "sanctions", "--execute")
    assert code == 1 and "deténgalo primero" in err, (code, err)
    chain.down("sanctions")
    rebuild(chain, "sanctions", "--execute")
    loading = threading.Thread(target=load, args=(chain, LATE[:1]))
    loading.start()
    chain.up("sanctions")
    load(chain, LATE[2:])
    loading.join()
    drained(chain)
    amounts = penalties_of(chain, order)
    assert amounts[:len(right)] == right and len(amounts) >= len(right) + 2, (right, amounts)
    assert amounts[len(right)] != right[-1] and amounts[len(right) + 1] == right[-1], (right, amounts)


def what_stands_is_what_topics_say(chain):
    """Whatever came before: made anew once more, with files coming in, nothing changes but by these."""
    before, standing, events = tables(chain, "sanctions"), judgements(chain), said(chain)
    chain.down("sanctions")
    rebuild(chain, "sanctions", "--execute")
    chain.up("sanctions")
    drained(chain)
    found = difference(before, tables(chain, "sanctions")) + difference(standing, judgements(chain))
    assert not found, "\n".join(["rebuilt once more:", *found])
    assert said(chain) == events, (events - said(chain), said(chain) - events)


def main():
    with Chain(sys.argv[1], {"ABASTO_BATCH_MESSAGES": "200"}) as chain:
        load(chain, FILES)
        chain.close_days("2025-10-20")
        code, _, err = chain.run("rebuild", "gateway.imss")
        assert code == 1 and "archivos" in err, (code, err)
        lost_tables_come_back(chain)
        wrong_judgements_are_corrected(chain)
        what_stands_is_what_topics_say(chain)
    print("rebuild story: ok")


if __name__ == "__main__":
    main()
