"""What the command line answers to what people type: cases on a chain where the demonstration is loaded."""
import json
import pathlib
import tempfile

from chain import SERVICES, wait_until

ORDERS = "contrato,orden,clave,cantidad,precio_unitario,fecha_emision,fecha_limite,estatus,corte\n"
ORDER = "CASO/1/2025,CASO-{number},010.000.0104.00,{pieces},1.00,2025-06-01,2025-06-20,vigente,2025-06-01\n"


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def write(folder, name, text):
    path = pathlib.Path(folder) / name
    path.write_text(text, encoding="utf-8")
    return path


def a_load_says_what_became_of_every_file(chain):
    with tempfile.TemporaryDirectory() as folder:
        good = write(folder, "buena.csv", ORDERS + ORDER.format(number=1, pieces=10) + ORDER.format(number=2, pieces="x"))
        strange = write(folder, "extraña.csv", "uno,dos\n1,2\n")
        code, out, err = chain.run("load", good, strange, "--institution", "imss", "--json")
        first, second, sums = lines(out)
        assert code == 1, "one of them was refused"
        assert (first["file"], first["state"], first["reason"]) == (str(good), "done", None), first
        assert pathlib.Path(first["report"]).is_file() and "x" in pathlib.Path(first["report"]).read_text(), first
        assert (second["file"], second["state"], second["report"]) == (str(strange), "refused", None), second
        assert second["reason"] and second["reason"] in err, (second, err)
        assert sums == {"rows": 2, "taken": 1, "warned": 0, "unchanged": 0, "quarantined": 1, "superseded": 0}, sums
        assert chain.run("load", good, "--institution", "imss")[0] == 0, "something was taken"


def a_load_without_anything_to_take_says_so(chain):
    with tempfile.TemporaryDirectory() as folder:
        nothing = write(folder, "nada.csv", ORDERS + ORDER.format(number=3, pieces="x"))
        code, out, err = chain.run("load", nothing, "--institution", "imss")
        assert code == 1 and "no se tomó ningún renglón" in err and "informe de nada.csv: " in out, (code, out, err)
        header = write(folder, "vacía.csv", ORDERS)
        code, out, err = chain.run("load", header, "--institution", "imss")
        assert code == 0 and "vacía.csv: 0 renglones" in out, (code, out, err)
        code, out, err = chain.run("load", header, "--institution", "imss", "--layout", "plantilla.nada")
        assert code == 1 and "plantilla.ordenes" in err and "contratos-partidas" not in err, (code, err)


def what_no_gateway_reads_is_refused_at_once(chain):
    with tempfile.TemporaryDirectory() as folder:
        for name in (".oculto.csv", "datos.csv.meta.json"):
            code, _, err = chain.run("load", write(folder, name, ORDERS), "--institution", "imss")
            assert code == 2 and name in err, (code, err)
    for word in ("marina", "IMSS"):
        code, _, err = chain.run("load", "x.csv", "--institution", word)
        assert code == 2 and word in err and "imss-bienestar" in err, (code, err)


def a_dead_gateway_is_told_of(chain):
    chain.down("gateway-issste")
    with tempfile.TemporaryDirectory() as folder:
        orders = write(folder, "muerta.csv", ORDERS + ORDER.format(number=4, pieces=4))
        code, _, err = chain.run("load", orders, "--institution", "issste", "--timeout", "17")
        assert code == 3 and "la pasarela de issste no avanza" in err and "make status" in err, (code, err)
    chain.up("gateway-issste")


def what_is_asked_for_in_another_spelling_is_found(chain):
    number = chain.sql("select contract_number from monitor.contract where contract_number like 'IB/%/2025'"
                       " and contract_number ~ '^IB/[0-9]{3}/' order by 1 limit 1")[0][0]
    expected = chain.abasto("status", "--contract", number, "--json")
    assert lines(expected)[-1]["orders"] > 0, expected
    for spelling in (number.lower(), number.replace("IB/", " IB / 0"), "imss-bienestar/" + number):
        assert chain.abasto("status", "--contract", spelling, "--json") == expected, spelling
    clave = chain.abasto("status", "--clave", "010.000.0104.00", "--json")
    assert chain.abasto("status", "--clave", "010 000 0104 00", "--json") == clave
    for option in (["--contract", "NADA/1/2025"], ["--clave", "999.999.9999.99"], ["--supplier", "XXX010101XX1"]):
        code, out, err = chain.run("status", *option)
        assert code == 1 and out == "" and "no hay nada de" in err and option[1] in err, (code, out, err)
        code, out, err = chain.run("status", *option, "--json")
        assert code == 1 and out == "", (code, out)


def every_row_of_status_adds_up(chain):
    rows = lines(chain.abasto("status", "--json"))
    for row in rows:
        assert row["ordered_pieces"] == row["accepted_pieces"] - row["excess_pieces"] - row["without_order_pieces"] \
            + row["missing_pieces"], row
    assert rows[-1]["excess_pieces"] > 0 and rows[-1]["without_order_pieces"] > 0, rows[-1]
    for name in set(rows[-1]) - {"institution"}:
        assert rows[-1][name] == sum(row[name] for row in rows[:-1]), name


def status_says_which_service_is_away(chain):
    wait_until("all is applied", lambda: chain.is_drained(SERVICES))
    assert chain.run("status")[2] == "", "all answer"
    chain.down("deliveries")
    code, out, err = chain.run("status")
    assert code == 0 and "deliveries no responde" in err and "TOTAL" in out, (code, out, err)
    assert chain.run("status", "--json")[2] == "", "programs are not told"
    chain.up("deliveries")


def a_penalty_tells_what_went_back_and_what_each_fact_is(chain):
    returned = chain.sql(
        "select s.order_id, r.receipt_id, r.pieces from monitor.sanction s join deliveries.receipt_fact r using (order_id)"
        " join monitor.order_line o using (order_id) where s.stands and s.amount_centavos > 0 and o.returned_pieces > 0"
        " and r.kind = 0 and o.late_pieces < r.pieces and o.accepted_pieces + o.returned_pieces = r.pieces order by 1 limit 1")
    order_id, receipt, pieces = returned[0]
    said = chain.abasto("explain", order_id.split("|")[1].lower())
    assert f"La recepción {receipt} trajo {int(pieces):,} piezas" in said and "sin lo devuelto" in said, said
    for kind in ("contrato", "orden", "recepción", "devolución"):
        assert f"\n    {kind} " in said, (kind, said)
    assert said == chain.abasto("explain", order_id), "by its id"
    number = order_id.split("|")[0].partition("/")[2]
    mine = lines(chain.abasto("explain", "--contract", number.lower(), "--json"))
    assert mine and {penalty["contract_id"] for penalty in mine} == {order_id.split("|")[0]}, mine
    every = lines(chain.abasto("explain", "--all", "--json"))
    assert lines(chain.abasto("explain", "--institution", "issste", "--json")) == \
        [penalty for penalty in every if penalty["institution"] == "issste"]
    assert "hecho " not in chain.abasto("explain", "--all"), "every fact of the demonstration has a kind"
    code, out, err = chain.run("explain", "NADA-1")
    assert code == 1 and out == "" and "NADA-1" in err, (code, out, err)


def what_was_set_aside_is_shown_with_its_cells(chain):
    with tempfile.TemporaryDirectory() as folder:
        aside = write(folder, "apartada.csv", ORDERS + ORDER.format(number=7, pieces="siete"))
        chain.run("load", aside, "--institution", "imss")
    found = []

    def is_listed():
        found[:] = [row for row in lines(chain.abasto("quarantine", "list", "--json")) if row["found"] == "siete"]
        return found

    wait_until("the row is listed", is_listed)
    shown = chain.abasto("quarantine", "show", found[0]["quarantine_id"])
    assert "CASO/1/2025 | CASO-7 | 010.000.0104.00 | siete" in shown, shown
    row = lines(chain.abasto("quarantine", "show", found[0]["quarantine_id"], "--json"))[0]
    assert row["payload"].split("\t")[1] == "CASO-7", row
    assert {name: row[name] for name in found[0]} == found[0], (row, found[0])
    assert chain.abasto("quarantine", "list", "--institution", "ssa") == "nada apartado\n"
    assert chain.abasto("findings", "list", "--institution", "ssa") == "sin hallazgos\n"
    assert chain.abasto("findings", "list", "--institution", "ssa", "--json") == ""


CASES = [a_load_says_what_became_of_every_file, a_load_without_anything_to_take_says_so,
         what_no_gateway_reads_is_refused_at_once, a_dead_gateway_is_told_of,
         what_is_asked_for_in_another_spelling_is_found, every_row_of_status_adds_up, status_says_which_service_is_away,
         a_penalty_tells_what_went_back_and_what_each_fact_is,
         what_was_set_aside_is_shown_with_its_cells]
