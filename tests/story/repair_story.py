#!/usr/bin/env python3
"""repair_story.py BUILD: rows set aside are corrected, read again once their cause is gone, and discarded; twice, and nothing more."""
import json
import pathlib
import shutil
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "deploy" / "stack")]
from chain import ROOT, Chain, wait_until  # noqa: E402

CLAVE = "010.000.2540.00"
ORDER_ID = f"imss/REP-1|R-7|{CLAVE}"
FILES = {
    "contratos.csv": [{"contrato": "REP-1", "proveedor": "PROVEEDOR FICTICIO", "pena_tasa_diaria_pb": 200,
                       "pena_dias": "naturales", "pena_tope_pb": 1000, "pena_fecha_que_cuenta": "fisica",
                       "pena_faltantes": "al_tope"}],
    "ordenes.csv": [{"contrato": "REP-1", "orden": "R-7", "clave": CLAVE, "cantidad": 100, "precio_unitario": "12.50",
                     "fecha_emision": "2025-06-01", "fecha_limite": "2025-06-10", "estatus": "vigente"}],
    # Of five receipts one can be read.
    "recepciones.csv": [
        {"recepcion": f"REC-{number}", "contrato": "REP-1", "orden": "R-7", "clave": CLAVE, "piezas": pieces,
         "fecha_fisica": day, "tipo": "entrega"}
        for number, (pieces, day) in enumerate([("10", "2025-06-09"), ("doce", "2025-06-09"), ("20", "2025-06-31"),
                                                ("veinte", "2025-06-12"), ("PENDIENTE", "2025-06-12")], 1)],
    # No layout knows an "aviso" yet.
    "decisiones.csv": [{"decision": "REP-D1", "tipo": "aviso", "contrato": "REP-1", "orden": "R-7", "clave": CLAVE,
                        "fecha": "2025-07-01", "oficio": "OF/1", "actor": "Quien firma", "fundamento": "Art. 53"}],
}
WHO = ["--actor", "Ana Pérez", "--ground", "la remisión en papel lo dice", "--evidence", "folio 31"]


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def write_files(folder):
    for name, rows in FILES.items():
        rows = [{**row, "corte": "2025-06-20", "naturaleza": "demostracion"} for row in rows]
        text = ",".join(rows[0]) + "\n" + "".join(",".join(str(value) for value in row.values()) + "\n" for row in rows)
        (folder / name).write_text(text, encoding="utf-8")


def load(chain, folder):
    """The sums of all files; one of which not a single row is taken ends with 1."""
    code, out, err = chain.run("load", *(folder / name for name in FILES), "--institution", "imss", "--json")
    assert code in (0, 1), (code, out, err)
    return lines(out)[-1]


def aside(chain, *options):
    return {entry["source"].partition("#")[0] + f":{entry['position']}": entry
            for entry in lines(chain.abasto("quarantine", "list", "--json", *options))}


def act(chain, *arguments, code=0):
    """What an act says of each row."""
    done, out, err = chain.run("quarantine", *arguments, "--json")
    assert done == code, (arguments, done, out, err)
    return lines(out)


def settle(chain):
    chain.close_days("2025-07-31", "2025-07-31")


def standing(chain):
    """All that may not change when something is done again."""
    owed = lines(chain.penalties())
    said = [event["event"] for topic in ("contracts", "orders", "shipments", "receipts")
            for event in lines(chain.abasto("tail", "reported." + topic, "--from", "beginning"))
            if not event["ce_type"].endswith(".DayClosed")]
    facts = chain.sql("select fact_key, digest, as_of, sequence from gateway_imss.row_version order by 1")
    return owed, said, facts


def penalty(chain):
    return next(found for found in lines(chain.penalties()) if found["order_id"] == ORDER_ID)


def only_said(chain, found):
    """Without --execute nothing is sent."""
    before = standing(chain), aside(chain, "--state", "todas"), chain.sql(
        "select coalesce(max(next_offset), 0) from gateway_imss.input_position where topic = 'inbox.imss'")
    told = act(chain, "fix", found["recepciones.csv:2"]["quarantine_id"], "--set", "piezas=12")
    assert [(row["changes"], row["outcome"], row["acts"]) for row in told] == [
        ("piezas: doce → 12", told[0]["outcome"], True)] and told[0]["outcome"].startswith("se tomaría"), told
    told = act(chain, "fix", found["recepciones.csv:2"]["quarantine_id"], "--set", "piezas=docena")
    assert not told[0]["acts"] and "seguiría apartado: piezas «docena»" in told[0]["outcome"], told
    told = act(chain, "retry", "--institution", "imss")
    assert len(told) == 5 and not any(row["acts"] for row in told), told
    told = act(chain, "discard", "--file", "recepciones.csv", "--column", "piezas", "--max", "2")
    assert len(told) == 2 and all(row["acts"] for row in told), told
    assert before == (standing(chain), aside(chain, "--state", "todas"), before[2]), "only told"
    code, _, err = chain.run("quarantine", "fix", found["recepciones.csv:2"]["quarantine_id"], "--set", "pieza=12")
    assert code == 1 and "no tiene esa columna" in err and "piezas" in err, (code, err)
    for wrong in (["discard"], ["discard", "--institution", "imss", "--execute"], ["fix", "--institution", "imss"]):
        code, _, err = chain.run("quarantine", *wrong)
        assert code in (1, 2) and "diga" in err, (code, err)


def corrected(chain, found):
    rows = {"recepciones.csv:2": "piezas=12", "recepciones.csv:3": "fecha_fisica=2025-06-30",
            "recepciones.csv:4": "piezas=20"}
    for row, correction in rows.items():
        told = act(chain, "fix", found[row]["quarantine_id"], "--set", correction, *WHO, "--execute")
        assert told[0]["outcome"].startswith("hecho"), told
    told = act(chain, "discard", found["recepciones.csv:5"]["quarantine_id"], *WHO, "--execute")
    assert told[0]["outcome"] == "hecho", told


def cause_gone(chain, formats):
    """An aviso is a notification, says the layout now: the row is read again as it came."""
    layout = formats / "plantilla.decisiones.ini"
    layout.write_text(layout.read_text().replace("words = notificacion=notificacion",
                                                 "words = notificacion=notificacion, aviso=notificacion"))
    chain.down("gateway-imss")
    chain.up("gateway-imss")
    told = act(chain, "retry", "--file", "decisiones.csv", *WHO, "--execute")
    assert len(told) == 1 and told[0]["outcome"].startswith("hecho"), told


def accounted_for(chain, rows, aside_rows):
    """Every row is taken, or was set aside and somebody settled it."""
    assert aside(chain) == {}, aside(chain)
    states = {row: entry["state"] for row, entry in aside(chain, "--state", "todas").items()}
    assert states == {"recepciones.csv:2": "reparada", "recepciones.csv:3": "reparada", "recepciones.csv:4": "reparada",
                      "recepciones.csv:5": "descartada", "decisiones.csv:1": "reparada"}, states
    facts = chain.sql("select count(*) from gateway_imss.row_version where kind is not null")
    assert int(facts[0][0]) == rows - list(states.values()).count("descartada"), facts
    assert aside_rows == len(states)


def says_who(chain, found):
    shown = chain.abasto("quarantine", "show", found["recepciones.csv:2"]["quarantine_id"])
    for part in ("reparada", "Ana Pérez", "la remisión en papel lo dice", "folio 31", "doce", "REC-2@"):
        assert part in shown, (part, shown)
    decisions = [line["event"] for line in lines(chain.abasto("tail", "reported.decisions", "--from", "beginning",
                                                              "--type", "DecisionReported"))]
    acts = [event for event in decisions if event["kind"].startswith("apartado.")]
    assert sorted(event["kind"] for event in acts) == ["apartado.correccion"] * 3 + ["apartado.descarte", "apartado.reintento"]
    assert {event["document"] for event in acts} == {entry["quarantine_id"] for entry in found.values()}


def redriven(chain):
    """A receiver that misses the last event of each partition, and hears nothing behind it, gets both."""
    before = standing(chain)
    assert lines(chain.abasto("redrive", "--json")) == []
    chain.down("contracts")
    chain.sql("update contracts.heard set seq = seq - 1 where topic = 'reported.orders' and seq > 1")
    told = lines(chain.abasto("redrive", "--json"))
    assert told and {(gap["receiver"], gap["topic"], gap["last"] - gap["first"]) for gap in told} == {
        ("contracts", "reported.orders", 0)}, told
    chain.up("contracts")
    chain.abasto("day", "close", "2025-08-01")  # behind the gap: put back
    wait_until("what comes behind a gap waits", lambda: [gap["last"] - gap["first"] for gap in lines(
        chain.abasto("redrive", "--json"))] == [1] * len(told))
    chain.abasto("redrive", "--execute")
    chain.abasto("day", "wait", "2025-08-01", "--timeout", "120")
    settle(chain)
    assert lines(chain.abasto("redrive", "--json")) == []
    assert standing(chain)[1:] == before[1:]


def brought_back(chain):
    """A receiver whose position lies behind the end of its topic, as when the broker lost what it had acknowledged."""
    before = standing(chain)
    chain.down("contracts")
    chain.sql("update contracts.input_position set next_offset = next_offset + 1000 where topic = 'reported.orders'")
    strays = lines(chain.abasto("redrive", "--json"))
    assert strays and {(stray["receiver"], stray["topic"], stray["position"] - stray["end"]) for stray in strays} == {
        ("contracts", "reported.orders", 1000)}, strays
    chain.abasto("redrive", "--execute")
    assert lines(chain.abasto("redrive", "--json")) == []
    chain.up("contracts")
    chain.abasto("day", "close", "2025-08-02")
    chain.abasto("day", "wait", "2025-08-02", "--timeout", "120")
    settle(chain)
    assert standing(chain)[1:] == before[1:]


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        formats = folder / "formatos"
        shutil.copytree(ROOT / "services/gateway/formats", formats)
        folder.chmod(0o755)
        write_files(folder)
        with Chain(sys.argv[1], {"ABASTO_FORMATS_FOLDER": str(formats)}) as chain:
            sums = load(chain, folder)
            settle(chain)
            wait_until("monitor knows what was set aside", lambda: len(aside(chain)) == 5)
            found = aside(chain)
            assert penalty(chain)["amount"] == "112.50", penalty(chain)  # of 90 missing pieces
            only_said(chain, found)
            corrected(chain, found)
            cause_gone(chain, formats)
            settle(chain)
            # 22 came on time; the other 78 owe more than the cap: ten per cent of 975 pesos
            owed = penalty(chain)
            assert (owed["amount"], owed["status"]) == ("97.50", "NOTIFIED"), (owed["amount"], owed["steps"])
            wait_until("monitor knows what was done", lambda: aside(chain) == {})
            accounted_for(chain, sums["rows"], sums["quarantined"])
            says_who(chain, found)
            before = standing(chain)
            told = act(chain, "retry", "--file", "decisiones.csv", "--state", "todas", *WHO, "--execute", code=1)
            assert told[0]["outcome"] == "ya está atendido", told
            told = act(chain, "fix", found["recepciones.csv:2"]["quarantine_id"], "--set", "piezas=12", *WHO, "--execute")
            assert told[0]["outcome"].startswith("hecho"), told  # the very same act: what was answered stands
            told = act(chain, "discard", found["recepciones.csv:5"]["quarantine_id"], *WHO, "--execute", code=1)
            assert told[0]["outcome"] == "ya está atendido", told
            load(chain, folder)
            settle(chain)
            assert standing(chain) == before, "doing it again changed something"
            accounted_for(chain, sums["rows"], sums["quarantined"])
            redriven(chain)
            brought_back(chain)
    print("repair story: ok")


if __name__ == "__main__":
    main()
