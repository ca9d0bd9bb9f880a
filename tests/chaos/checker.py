"""Whether every input had exactly one effect: by the topics, the tables, a run without faults, and arithmetic of its own."""
import collections
import decimal
import json
import pathlib
import sys

import topics
from facts import REPORTS

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "story"))
from figures import difference, judgements  # noqa: E402

# What no receiver takes by sequence: there is nothing of ours on it, or its inputs are not ours.
UNSEQUENCED = ("inbox.", "clock", "shards", "_schemas")
SCHEMAS = {"contracts": "contracts", "shipments": "shipments", "deliveries": "deliveries", "sanctions": "sanctions",
           "monitor": "monitor", "gateway-imss": "gateway_imss", "gateway-issste": "gateway_issste",
           "gateway-imss-bienestar": "gateway_imss_bienestar", "gateway-ssa": "gateway_ssa"}
MOST_TOLD = 20


class Faults:
    def __init__(self):
        self.lost, self.duplicated, self.wrong = [], [], []

    def lines(self):
        for name in ("lost", "duplicated", "wrong"):
            found = getattr(self, name)
            for line in found[:MOST_TOLD]:
                yield f"{name}: {line}"
            if len(found) > MOST_TOLD:
                yield f"{name}: and {len(found) - MOST_TOLD} more"


class Outcome:
    """What a chain ended with: deduplicated topics and what stands in the read models."""

    def __init__(self, chain, faults):
        self.records = topics.read(chain.stack("ABASTO_BROKERS"))
        self.decode = topics.Decoder(self.records)
        self.heard, self.standing, self.taken = {}, {}, {}
        for (topic, partition), records in self.records.items():
            if topic.startswith(UNSEQUENCED):
                continue
            taken, heard = topics.deduplicated(records, faults)
            self.heard.update(heard)
            self.taken[topic, partition] = taken
            self.standing.setdefault(topic, {}).update(topics.standing(self.decode, taken))
        self.judged = judgements(chain)


def same_topics(calm, found, faults):
    """The newest event of every key of every topic is that of a run without faults."""
    for topic in sorted(set(calm.standing) | set(found.standing)):
        expected, here = comparable(calm.standing.get(topic, {})), comparable(found.standing.get(topic, {}))
        for key in expected.keys() - here.keys():
            faults.lost.append(f"{topic}: {key} is missing: {str(expected[key])[:200]}")
        for key in here.keys() - expected.keys():
            faults.duplicated.append(f"{topic}: {key} stands and should not: {str(here[key])[:200]}")
        for key in expected.keys() & here.keys():
            if expected[key] != here[key]:
                faults.wrong.append(f"{topic}: {key}: {told_difference(expected[key], here[key])}")


def comparable(standing):
    """Without what depends on the order of arrival: what was raised and taken back, answers to a second reading."""
    kept = {}
    for key, event in standing.items():
        if key[0] == "FindingRaised" and not event["open"] or event.get("status") == "VOID":
            continue
        if key[0] == "FileAnswered":
            if event["times_read"] > 1:
                continue
            event = {name: value for name, value in event.items() if name not in ("unchanged", "superseded", "warned")}
        kept[key] = topics.without_passing(event)
    return kept


def told_difference(expected, here):
    return "; ".join(f"{name}: {expected.get(name)!r}, found {here.get(name)!r}"
                     for name in expected if expected.get(name) != here.get(name))[:400]


def same_tables(calm, found, faults):
    for line in difference(calm.judged, found.judged, MOST_TOLD):
        (faults.lost if line.startswith("  - ") else faults.wrong).append(f"table {line}")


def tables_equal_topics(chain, found, faults):
    """What each service wrote down of its sequences is what stands on the topics, and it has read them to their end."""
    ends = {place: records[-1].offset + 1 if records else 0 for place, records in found.records.items()}
    for service, schema in SCHEMAS.items():
        producer = service.replace("gateway-", "gateway.", 1)
        rows = chain.sql(f"select shard, topic, partition, incarnation, seq from {schema}.output_seq")
        for shard, topic, partition, incarnation, sequence in rows:
            heard = found.heard.pop((producer, int(shard), topic, int(partition)), (int(incarnation), 0))
            if heard != (int(incarnation), int(sequence)):
                (faults.lost if heard[1] < int(sequence) else faults.wrong).append(
                    f"{producer}/{shard} gave {incarnation}/{sequence} to {topic}[{partition}], where {heard} stands")
        for shard, topic, position in chain.sql(f"select shard, topic, next_offset from {schema}.input_position"):
            place = topic, int(shard) if (topic, 1) in ends else 0
            if place in ends and ends[place] != int(position):
                faults.lost.append(f"{producer}/{shard} read {topic} to {position} of {ends[place]}")
        for shard, batch, published in chain.sql(f"select id, batch, published from {schema}.shard where batch <> published"):
            left = chain.sql(f"select count(*) from {schema}.outbox where shard = {shard} and batch > {published}")
            if left != [["0"]]:
                faults.lost.append(f"{producer}/{shard} published {published} of {batch} batches")
    for source, heard in found.heard.items():
        faults.wrong.append(f"{source} stands on its topic up to {heard} and in no table")


def receivers_heard(chain, found, faults):
    """`heard` of every reader is the last sequence that its producers gave to that partition."""
    given = {}
    for (topic, partition), taken in found.taken.items():
        for record in taken:
            source, incarnation, sequence = topics.source_of(record)
            given[source] = incarnation, sequence
    for service, schema in SCHEMAS.items():
        rows = chain.sql(f"select shard, producer, producer_shard, topic, incarnation, seq from {schema}.heard")
        for shard, producer, of_shard, topic, incarnation, sequence in rows:
            partition = int(shard) if (topic, 1) in found.records else 0
            expected = given.get((producer, int(of_shard), topic, partition))
            if expected != (int(incarnation), int(sequence)):
                faults.lost.append(f"{schema}/{shard} heard {incarnation}/{sequence} of {producer}/{of_shard} on {topic}, "
                                   f"of {expected}")


def every_input_answered(stream, found, faults):
    """Each report of an inbox one answer, each file its own, with as many rows as it has."""
    for institution in ("imss", "issste"):
        answers = found.standing.get(f"outcomes.{institution}", {})
        inbox = found.records[f"inbox.{institution}", 0]
        sent = collections.Counter(report.ce_id for report in stream.reports(institution))
        arrived = collections.Counter(record.headers["ce_id"] for record in inbox)
        for ce_id in sent.keys() | arrived.keys():
            if sent[ce_id] != arrived[ce_id]:
                faults.lost.append(f"inbox.{institution}: {ce_id} was sent {sent[ce_id]} times, stands {arrived[ce_id]}")
        first = set()
        for record in inbox:
            answer = answers.get(("ReportAnswered", institution, record.offset))
            ce_id = record.headers["ce_id"]
            expected = "REPEATED" if ce_id in first else None
            first.add(ce_id)
            if answer is None or answer["ce_id"] != ce_id:
                faults.lost.append(f"inbox.{institution}@{record.offset} has no answer of its own: {answer}")
            elif (answer["verdict"] == "REPEATED") != (expected == "REPEATED"):
                faults.wrong.append(f"inbox.{institution}@{record.offset} {ce_id}: {answer['verdict']}")
        read = {event["name"]: event for key, event in answers.items() if key[0] == "FileAnswered" and key[3] == 1}
        for file in stream.files(institution):
            answer = read.pop(file.name, None)
            bad = sum(row.get("piezas") == "PENDIENTE" for row in file.rows)
            if answer is None:
                faults.lost.append(f"{file.name} of {institution} has no answer")
            elif (answer["rows"], answer["taken"], answer["quarantined"]) != (len(file.rows), len(file.rows) - bad, bad):
                faults.wrong.append(f"{file.name}: {len(file.rows)} rows, {bad} unreadable, answered {answer}")
        for name in read:
            faults.duplicated.append(f"{name} of {institution} is answered and was not sent")


def facts_stand(chain, stream, faults):
    """Each fact once in the gateway's and the service's table; each order with its own pieces and its own centavos."""
    for order in stream.orders():
        order.found = {}
    orders = {order.id: order for order in stream.orders()}
    for order_id, ordered, accepted in chain.sql("select order_id, ordered_pieces, accepted_pieces from monitor.order_line"):
        order = orders.get(order_id)
        if order is None:
            faults.duplicated.append(f"monitor has an order {order_id}")
        else:
            order.found["pieces"] = ordered, accepted
    for penalty in map(json.loads, filter(None, chain.penalties().splitlines())):
        order = orders.get(penalty["order_id"])
        if order is None or "amount" in order.found:
            faults.duplicated.append(f"penalty {penalty['sanction_id']}")
        else:
            order.found["amount"] = int(decimal.Decimal(penalty["amount"]) * 100)
    for order in orders.values():
        pieces, amount = order.found.get("pieces"), order.found.get("amount", 0)
        if pieces is None:
            faults.lost.append(f"order {order.id}")
        elif pieces != (str(order.pieces), str(order.accepted)) and not (order.accepted == 0 and pieces[1] in ("", "0")):
            faults.wrong.append(f"order {order.id}: {order.pieces} ordered, {order.accepted} accepted, found {pieces}")
        if amount != order.centavos():
            faults.wrong.append(f"order {order.id}: {order.centavos()} centavos are owed, found {amount}")
    count_facts(chain, stream, faults)


def count_facts(chain, stream, faults):
    """By natural keys: as many facts as there are, in the gateway that read them and in the service that judges them."""
    for kind in REPORTS:
        for institution in ("imss", "issste"):
            wanted = {key_of(kind, row) for contract in stream.contracts if contract.institution == institution
                      for of, row in contract.rows if of == kind}
            rows = chain.sql(f"select count(*) from gateway_{institution}.row_version where kind is not null "
                             f"and fact_key like 'plantilla.{kind}|%'")
            found = int(rows[0][0])
            if found != len(wanted):
                (faults.lost if found < len(wanted) else faults.duplicated).append(
                    f"gateway.{institution} knows {found} of {len(wanted)} {kind}")
    receipts = {row["recepcion"]: int(row["piezas"]) for contract in stream.contracts for kind, row in contract.rows
                if kind == "recepciones"}
    stand = collections.defaultdict(list)
    for receipt, pieces in chain.sql("select receipt_id, pieces from deliveries.receipt_fact"):
        stand[receipt].append(int(pieces))
    for receipt in receipts.keys() | stand.keys():
        if stand[receipt] != [receipts[receipt]] if receipt in receipts else stand[receipt]:
            (faults.duplicated if len(stand[receipt]) > 1 else faults.wrong if stand[receipt] else faults.lost).append(
                f"receipt {receipt}: {receipts.get(receipt)} pieces, stand {stand[receipt]}")


def key_of(kind, row):
    names = {"contratos": ["contrato"], "partidas": ["contrato", "clave"], "ordenes": ["contrato", "orden", "clave"],
             "remisiones": ["proveedor_rfc", "remision", "contrato", "orden", "clave", "lote"],
             "recepciones": ["recepcion"]}[kind]
    return tuple(row[name] for name in names)


def quarantine_counted(chain, stream, faults):
    """What cannot be read lies in quarantine, once; nothing else does."""
    found = collections.Counter()
    for service, schema in SCHEMAS.items():
        for source, count in chain.sql(f"select source, count(*) from {schema}.quarantine group by 1"):
            way = "inbox" if source.startswith("inbox.") else "file"
            found[service.removeprefix("gateway-"), way] += int(count)
    for place in found.keys() | stream.unreadable.keys():
        if found[place] != stream.unreadable[place]:
            (faults.lost if found[place] < stream.unreadable[place] else faults.duplicated).append(
                f"quarantine of {place}: {found[place]}, expected {stream.unreadable[place]}")


def check(chain, stream, calm, faults):
    """Everything; returns how the topics ended."""
    found = Outcome(chain, faults)
    same_topics(calm, found, faults)
    same_tables(calm, found, faults)
    every_input_answered(stream, found, faults)
    facts_stand(chain, stream, faults)
    quarantine_counted(chain, stream, faults)
    receivers_heard(chain, found, faults)
    tables_equal_topics(chain, found, faults)
    return found

