"""What the command line answers to what people type: cases on a chain where the demonstration is loaded."""
import json
import pathlib
import tempfile

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


CASES = [a_load_says_what_became_of_every_file, a_load_without_anything_to_take_says_so,
         what_no_gateway_reads_is_refused_at_once, a_dead_gateway_is_told_of]
