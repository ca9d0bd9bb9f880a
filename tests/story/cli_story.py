#!/usr/bin/env python3
"""cli_story.py BUILD: what the command line says of the demonstration is what the database and the topics hold."""
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "deploy" / "stack")]
from chain import Chain  # noqa: E402
from cli_cases import CASES  # noqa: E402

INSTITUTIONS = ["imss", "imss-bienestar", "issste"]


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def tail_shows_every_event(chain):
    orders = lines(chain.abasto("tail", "orders", "--from", "beginning"))
    assert orders and not [event for event in orders if "fault" in event], "orders that could not be decoded"
    places = [(event["partition"], event["offset"]) for event in orders]
    assert len(set(places)) == len(places) and places == sorted(places), "each once, in the order of the topic"
    issued = [event for event in orders if event["ce_type"] == "mx.abasto.orders.OrderIssued"]
    assert lines(chain.abasto("tail", "orders", "--type", "OrderIssued", "--last", "1000000")) != [], "by type"
    contract = issued[0]["key"]
    mine = [event["event"]["order_id"] for event in issued if event["key"] == contract]
    said = lines(chain.abasto("tail", "orders", "--contract", contract.partition("/")[2], "--last", "1000000"))
    assert sorted(event["event"]["order_id"] for event in said) == sorted(mine), "by contract"
    assert len(lines(chain.abasto("tail", "sanctions", "--last", "7"))) == 7, "the last ones"


def a_trace_goes_from_the_row_to_the_sanction(chain):
    def traces(topic):
        events = lines(chain.abasto("tail", topic, "--from", "beginning"))
        told = [event["traceparent"] for event in events if not event["ce_type"].endswith(".DayClosed")]
        assert None not in told, f"{topic}: an event without a trace"
        assert len(set(told)) == len(told), f"{topic}: a span is of one event"
        return {traceparent.split("-")[1] for traceparent in told}

    begun = set().union(*(traces("reported." + name)
                          for name in ["contracts", "orders", "shipments", "receipts", "decisions"]))
    for topic in ["contracts", "orders", "shipments", "deliveries", "sanctions", "findings"]:
        assert traces(topic) <= begun, f"{topic}: a trace that no row began"
    order_id = chain.sql("select order_id from monitor.sanction where stands and amount_centavos > 0"
                         " and institution = 'imss-bienestar' order by 1 limit 1")[0][0]
    by_id = lines(chain.abasto("trace", order_id, "--json"))
    assert {"reported.orders", "orders", "deliveries", "sanctions"} <= {hop["topic"] for hop in by_id}, by_id
    for hop in by_id:
        assert hop["file"].endswith(".csv") and hop["row"] > 0, hop
        assert (hop["hop"] == 1) == (hop["delay_ms"] is None), hop
    contract, number, _ = order_id.split("|")
    assert lines(chain.abasto("trace", number.lower(), "--json")) == by_id, "by number"
    assert lines(chain.abasto("trace", number, "--contract", contract.partition("/")[2], "--json")) == by_id


def status_of_every_supplier_adds_up(chain):
    suppliers = [rfc for (rfc,) in chain.sql(
        "select distinct coalesce(o.supplier_rfc, c.supplier_rfc, '') from monitor.order_line o"
        " left join monitor.contract c using (contract_id) where ordered_pieces is not null and not cancelled")]
    assert len(suppliers) > 10 and "" not in suppliers, "every order has a supplier"
    sums = dict.fromkeys(INSTITUTIONS, 0)
    for rfc in suppliers:
        rows = lines(chain.abasto("status", "--supplier", rfc.lower(), "--json"))
        assert [row["institution"] for row in rows] == [*INSTITUTIONS, "TOTAL"], rows
        assert rows[-1]["orders"] > 0, rfc
        for row in rows[:-1]:
            sums[row["institution"]] += row["orders"]
    whole = {row["institution"]: row["orders"] for row in lines(chain.abasto("status", "--json"))}
    assert sums == {name: whole[name] for name in INSTITUTIONS}, (sums, whole)


def main():
    with Chain(sys.argv[1]) as chain:
        chain.load_demo()
        chain.close_days()
        tail_shows_every_event(chain)
        a_trace_goes_from_the_row_to_the_sanction(chain)
        status_of_every_supplier_adds_up(chain)
        for case in CASES:
            case(chain)
            print(f"{case.__name__}: ok", flush=True)
    print("cli story: ok")


if __name__ == "__main__":
    main()
