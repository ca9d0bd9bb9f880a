#!/usr/bin/env python3
"""The bundled data: rebuilt byte for byte, no real firm in it, and every case it promises in number.

Counts with rules of its own, not with the script's scenarios. `--table` prints the counts as Markdown.
"""

import csv
import io
import json
import re
import subprocess
import sys
import tempfile
import unicodedata
import unittest
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
DEMO = REPO / "deploy/demo"
REAL = REPO / "tests/data/recepciones_imss_bienestar_cdmx_2025.csv"
WRITTEN_BY_HAND = {"build_demo.py", "demo_common.py", "demo_bienestar.py", "demo_imss.py", "demo_peers.py", "LEEME.md"}
FICTITIOUS_RFC = re.compile(r"XF[I&]X?\d\d01010\d[0-9A]")  # a homoclave with a zero: none is ever issued
MISTYPED_RFC = re.compile(r"XFI\d{2}[01]\d{2,4}[0-9A]{1,2}")
RFC_SHAPED = re.compile(r"(?<![A-Z0-9Ñ&])[A-ZÑ&]{3,4}\d{5,6}[A-Z0-9]{3}(?![A-Z0-9])")
SHORT_CLAVE = "010.000.2540.00"
INSTITUTIONS = ("imss", "issste", "imss-bienestar")
SAI_DAYS = ("2025-09-30", "2025-10-24", "2025-10-31")
OLD_EXTRACTS = ("altas_2025-09-30.csv", "ordenes_2025-09-30.csv")
DELIMITERS = {"imss.contratos": ";", "imss.altas": "|", "imss-bienestar.ordenes": "|"}


def text_of(path):
    """UTF-8 with or without a mark, or what Windows wrote."""
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252")


def delimiter_of(path):
    meta = path.parent / f"{path.name}.meta.json"
    return DELIMITERS.get(json.loads(meta.read_text())["layout"], ",") if meta.exists() else ","


def read(path):
    header, *rows = csv.reader(io.StringIO(text_of(path), newline=""), delimiter=delimiter_of(path))
    return header, rows


def records(path):
    header, rows = read(path)
    return [dict(zip(header, row)) for row in rows]


def is_filler(row):
    return next(iter(row.values())) in (".", "TOTAL")


def day_of(text):
    """dd/mm/yyyy, perhaps with a time of day."""
    return str(datetime.strptime(text.split()[0], "%d/%m/%Y").date())


def pieces_of(text):
    return text.replace(",", "")


def spanish(text):
    """'1.119,2059' -> '1119.2059'"""
    return text.replace(".", "").replace(",", ".")


def dotted(parts):
    """IMSS's clave in five parts, or its fourteen digits, as the compendium writes it."""
    digits = "".join(part.zfill(width) for part, width in zip(parts, (3, 3, 4, 2, 2)))
    assert re.fullmatch(r"0[1-4]0\d{11}", digits), digits
    return f"{digits[:3]}.{digits[3:6]}.{digits[6:10]}.{digits[10:12]}"


def dotted_digits(text):
    digits = text.replace(" ", "")
    return dotted((digits[:3], digits[3:6], digits[6:10], digits[10:12], digits[12:]))


def is_utf8(path):
    try:
        path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def plain(text):
    folded = unicodedata.normalize("NFD", text.upper())
    letters = "".join(c for c in folded if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^A-Z0-9Ñ&]+", " ", letters).split())


def canonical(contract):
    match = re.fullmatch(r"IB/(\d+)/(.+)", contract)
    return f"IB/{int(match[1]):04d}/{match[2]}" if match else contract


def soundness(rfc):
    """True, False for a failing check digit, or the length where that is wrong."""
    if len(rfc) not in (12, 13):
        return len(rfc)
    values = {c: i for i, c in enumerate("0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ")}
    rest = sum(values[c] * (13 - i) for i, c in enumerate(rfc[:-1].rjust(12))) % 11
    return ("0" if rest == 0 else "A" if rest == 1 else str(11 - rest)) == rfc[-1]


class State:
    """What stands after the files of one institution are loaded in the order of carga.csv: the newest wins.

    Of SAI's altas each file is all there is of its units between its first and its last day.
    """

    def __init__(self, institution, entries=None):
        self.institution = institution
        self.orders, self.receipts, self.contracts, self.lines = {}, {}, {}, {}
        self.corrected, self.superseded, self.before_order, self.vanished = set(), set(), set(), set()
        self.withdrawn, self.snapshots = {}, []
        self.rows, self.fillers = {}, {}
        for entry in entries or manifest(institution):
            self.load(entry["archivo"], entry["layout"])

    def load(self, name, layout):
        path = DEMO / self.institution / name
        meta = json.loads((path.parent / f"{name}.meta.json").read_text())
        assert meta["layout"] == layout, name
        dated = re.search(r"\d{4}-\d\d-\d\d", name)
        as_of = meta.get("as_of") or (dated and dated[0])
        every = records(path)
        rows = [row for row in every if not is_filler(row)]
        self.rows[name], self.fillers[name] = len(rows), len(every) - len(rows)
        if layout == "imss-bienestar.recepciones-cdmx":
            as_of = max(row["FECHA DE CAPTURA"] for row in rows)
        read_as, take = {
            "plantilla.contratos": (self.template, self.contract),
            "plantilla.partidas": (self.template, self.line),
            "plantilla.ordenes": (self.template, self.order),
            "plantilla.recepciones": (self.template, self.receipt),
            "imss-bienestar.ordenes": (self.portal, self.order),
            "imss-bienestar.recepciones-cdmx": (self.warehouse, self.receipt),
            "imss.contratos": (self.contract_and_line, lambda pair: (self.contract(pair[0]), self.line(pair[1]))),
            "imss.ordenes": (self.sai_order, self.order),
            "imss.altas": (self.sai_alta, self.receipt),
        }.get(layout, (None, None))
        if take:
            read_rows = [read_as(row, as_of) for row in rows]
            for row in read_rows:
                take(row)
            if layout == "imss.altas":
                self.miss(read_rows, as_of)

    @staticmethod
    def template(row, _):
        return row

    @staticmethod
    def portal(row, as_of):
        return {"contrato": row["numero_contrato"], "orden": row["numero_orden_suministro"],
                "clave": row["clave_medicamento"], "cantidad": row["cantidad_solicitada"],
                "fecha_limite": day_of(row["fecha_limite_entrega"]), "estatus": row["estatus"].lower(), "corte": as_of}

    @staticmethod
    def warehouse(row, as_of):
        return {"recepcion": row["CNS"], "contrato": row["CONTRATO"], "orden": row["PEDIDO"].strip(),
                "clave": row["CLAVE "], "piezas": row["CANTIDAD RECIBIDA"], "piezas_rechazadas": "0",
                "fecha_fisica": row["FECHA DE ENTREGA"], "lote": row["LOTE"], "remision": row["REMISION"],
                "tipo": "entrega", "corte": as_of}

    @staticmethod
    def contract_and_line(row, _):
        contract, clave = row["numero_contrato"], dotted([row[part] for part in ("gpo", "gen", "esp", "dif", "var")])
        cut = day_of(row["fecha_actualizacion"])
        rate = Decimal(spanish(row["porcentaje_sancion_contrato"])) * 100
        return ({"contrato": contract, "proveedor_rfc": row["rfc_proveedor"], "proveedor": row["razon_social"],
                 "pena_tasa_diaria_pb": str(int(rate)), "pena_tope_dias": row["dias_de_entrega_sancion"],
                 "pena_fecha_que_cuenta": "alta", "corte": cut},
                {"contrato": contract, "clave": clave, "cantidad_minima": spanish(row["cantidad_minimo_clave"]),
                 "cantidad_maxima": spanish(row["cantidad_maxima_clave"]),
                 "precio_unitario": spanish(row["precio_neto_contrato"]), "corte": cut})

    @staticmethod
    def sai_order(row, as_of):
        words = row["estatus"].lower()
        return {"contrato": row["contrato"].strip(), "orden": row["orden"], "clave": dotted_digits(row["cveArticulo"]),
                "cantidad": pieces_of(row["cantidadSolicitada"]), "fecha_limite": day_of(row["fechaEntrega"]),
                "fecha_emision": day_of(row["fechaExpedicion"]), "precio_unitario": row["precio"],
                "estatus": words if words == "cancelada" else "vigente", "corte": as_of}

    @staticmethod
    def sai_alta(row, as_of):
        """A receipt is one of its unit, number, order and clave."""
        clave, pieces = dotted_digits(row["clave"]), int(pieces_of(row["cantRecibida"]))
        return {"recepcion": "|".join((row["clasPtalRecep"], row["noAlta"], row["noOrden"], clave)),
                "contrato": row["noContrato"], "orden": row["noOrden"], "clave": clave, "piezas": str(abs(pieces)),
                "piezas_rechazadas": "0", "fecha_alta": day_of(row["fechaAltaTrunc"]), "unidad": row["clasPtalRecep"],
                "remision": "", "tipo": "devolucion" if pieces < 0 else "entrega", "corte": as_of}

    def miss(self, rows, as_of):
        """What a complete extract shows no more of its units between its days is withdrawn."""
        days, shown = [row["fecha_alta"] for row in rows], {row["recepcion"] for row in rows}
        units = {row["unidad"] for row in rows}
        self.snapshots.append((as_of, units, min(days), max(days)))
        for key, row in list(self.receipts.items()):
            if (row.get("unidad") in units and key not in shown and row["corte"] <= as_of
                    and min(days) <= row["fecha_alta"] <= max(days)):
                self.withdrawn[key] = as_of
                self.vanished.add(key)
                del self.receipts[key]
                self._count = -1

    def is_denied(self, row):
        """A newer extract of the unit and the day had not shown it."""
        return any(as_of > row["corte"] and row.get("unidad") in units and first <= row["fecha_alta"] <= last
                   for as_of, units, first, last in self.snapshots)

    def contract(self, row):
        self.contracts[row["contrato"]] = row

    def line(self, row):
        key = (row["contrato"], row["clave"])
        assert key not in self.lines, key
        self.lines[key] = row

    def order(self, row):
        key = (canonical(row["contrato"]), row["orden"], row["clave"])
        if key in self.orders and row["corte"] < self.orders[key]["corte"]:
            self.superseded.add(key)
            return
        if key not in self.orders and key in self.by_order:
            self.before_order.add(key)
        self.orders[key] = row

    @property
    def by_order(self):
        if not hasattr(self, "_by_order") or self._count != len(self.receipts):
            self._count, self._by_order = len(self.receipts), defaultdict(list)
            for row in self.receipts.values():
                self._by_order[self.key(row)].append(row)
        return self._by_order

    def key(self, row):
        """An alta without contract is of the one that its order names."""
        contract = row["contrato"]
        if not contract and self.institution == "imss":
            contract = next((known for known, number, _ in self.orders if number == row["orden"]), "")
        return (canonical(contract), row["orden"], row["clave"])

    def receipt(self, row):
        known = self.receipts.get(row["recepcion"])
        newest = known["corte"] if known else self.withdrawn.get(row["recepcion"], "")
        if row["corte"] < newest or (not newest and self.is_denied(row)):
            self.superseded.add(row["recepcion"])
            return
        self.withdrawn.pop(row["recepcion"], None)
        content = {k: v for k, v in row.items() if k != "corte"}
        if known and content != {k: v for k, v in known.items() if k != "corte"}:
            self.corrected.add(row["recepcion"])
        self.receipts[row["recepcion"]] = row
        self._count = -1

    def accepted(self, row):
        pieces = int(row["piezas"]) - int(row["piezas_rechazadas"])
        return -pieces if row["tipo"] == "devolucion" else pieces

    @staticmethod
    def arrived_on(row):
        return row.get("fecha_fisica") or row["fecha_alta"]

    def counted_on(self, row):
        terms = self.contracts[self.key(row)[0]]
        return row[f"fecha_{terms['pena_fecha_que_cuenta']}"]

    def counts(self):
        n = dict.fromkeys("late partial short over missing cancelled cancelled_never cancelled_partial returned".split(), 0)
        for key, order in self.orders.items():
            got = [r for r in self.by_order.get(key, ()) if r["tipo"] in ("entrega", "devolucion")]
            came = [r for r in got if r["tipo"] == "entrega"]
            ordered, total = int(order["cantidad"]), sum(map(self.accepted, got))
            n["returned"] += len(got) > len(came)
            n["late"] += any(self.counted_on(r) > order["fecha_limite"] for r in came)
            if order["estatus"] == "cancelada":
                n["cancelled"] += 1
                n["cancelled_partial" if came else "cancelled_never"] += 1
                continue
            if came:
                first = min(map(self.arrived_on, came))
                n["partial"] += sum(self.accepted(r) for r in came if self.arrived_on(r) == first) < ordered
            n["short"] += 0 < total < ordered
            n["over"] += total > ordered
            n["missing"] += not came and order["fecha_limite"] <= "2025-10-31"
        n["corrected"] = len(self.corrected)
        n["vanished"] = len(self.vanished)
        n["order_after_its_receipt"] = len(self.before_order)
        n["older_after_newer"] = len(self.superseded)
        n["out_of_order"] = len(self.before_order) + len(self.superseded)
        n["orders"], n["receipts"], n["contracts"] = len(self.orders), len(self.receipts), len(self.contracts)
        return n

    def balance(self, clave):
        ordered = sum(int(o["cantidad"]) for k, o in self.orders.items() if k[2] == clave and o["estatus"] != "cancelada")
        accepted = sum(self.accepted(r) for k in self.orders if k[2] == clave for r in self.by_order.get(k, ()))
        return ordered, accepted


def manifest(institution):
    return [entry for entry in records(DEMO / "carga.csv") if entry["institucion"] == institution]


STATES = {}


def state(institution):
    if institution not in STATES:
        STATES[institution] = State(institution)
    return STATES[institution]


class RebuildTest(unittest.TestCase):
    def test_the_script_makes_the_committed_files_again_byte_for_byte(self):
        with tempfile.TemporaryDirectory() as folder:
            for seed in ("0", "1"):
                subprocess.run([sys.executable, str(DEMO / "build_demo.py"), folder], check=True,
                               env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin:/bin", "LC_ALL": "C"})
                built = Path(folder)
                made = {p.relative_to(built) for p in built.rglob("*") if p.is_file()}
                kept = {p.relative_to(REPO) for p in DEMO.rglob("*")
                        if p.is_file() and p.name not in WRITTEN_BY_HAND and "__pycache__" not in p.parts}
                kept |= {p.relative_to(REPO) for p in (REPO / "tests/data").glob("recepciones_otro_mes*")}
                self.assertEqual(kept, made)
                for path in sorted(made):
                    self.assertEqual((REPO / path).read_bytes(), (built / path).read_bytes(), f"{path} differs")

    def test_the_bundled_data_stays_small(self):
        self.assertLess(sum(p.stat().st_size for p in DEMO.rglob("*") if p.is_file()), 8_000_000)


class DisguiseTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.header, cls.real = read(REAL)
        _, cls.copy = read(DEMO / "imss-bienestar/recepciones_cdmx_2025.csv")
        cls.texts = {p: text_of(p) for p in list(DEMO.rglob("*.csv"))
                     + [REPO / "tests/data/recepciones_otro_mes.csv"]}

    def test_the_copy_differs_from_the_real_file_only_where_a_firm_is_named(self):
        disguised = {"RFC", "PROVEEDOR", "MARCA", "FABRICANTE"}
        self.assertEqual(len(self.real), len(self.copy))
        changed = defaultdict(set)
        for before, after in zip(self.real, self.copy):
            for name, old, new in zip(self.header, before, after):
                if old != new:
                    changed[name].add(old)
        self.assertEqual(disguised | {"REMISION"}, set(changed))
        self.assertEqual({"GABOR-SS-01"}, changed["REMISION"])

    def test_the_copy_keeps_header_and_line_ends_byte_for_byte(self):
        before, after = REAL.read_bytes(), (DEMO / "imss-bienestar/recepciones_cdmx_2025.csv").read_bytes()
        self.assertEqual(before[:before.index(b"\r\n")], after[:after.index(b"\r\n")])
        self.assertEqual(before.count(b"\r\n"), after.count(b"\r\n"))

    def test_each_real_firm_has_one_fictitious_firm(self):
        for column in (self.header.index("RFC"), self.header.index("PROVEEDOR")):
            pairs = {(old[column], new[column]) for old, new in zip(self.real, self.copy)}
            self.assertEqual(len(pairs), len({old for old, _ in pairs}))
            self.assertEqual(len(pairs), len({new for _, new in pairs}))

    def test_an_rfc_keeps_its_soundness(self):
        self.assertTrue(soundness("GODE561231GR8"))  # the published example
        pairs = {(old[1], new[1]) for old, new in zip(self.real, self.copy)}
        self.assertEqual([], [pair for pair in pairs if soundness(pair[0]) != soundness(pair[1])])
        self.assertEqual(16, sum(soundness(new) is False for _, new in pairs))
        self.assertEqual(6, sum(soundness(new) == 11 for _, new in pairs))

    def test_no_real_rfc_remains(self):
        real = {row[1] for row in self.real} - {"NAN"}
        for path, text in self.texts.items():
            self.assertEqual(set(), {rfc for rfc in real if rfc in text}, path)

    def test_every_rfc_is_fictitious(self):
        lots = {lot for row in self.real for lot in RFC_SHAPED.findall(row[16])}  # some look like an RFC
        for path, text in self.texts.items():
            for found in set(RFC_SHAPED.findall(text)) - lots:
                self.assertTrue(FICTITIOUS_RFC.fullmatch(found) or MISTYPED_RFC.fullmatch(found), f"{path}: {found}")
        for row in self.copy:
            self.assertTrue(row[1] == "NAN" or FICTITIOUS_RFC.fullmatch(row[1]) or MISTYPED_RFC.fullmatch(row[1]), row[1])

    def test_no_real_supplier_name_remains(self):
        society = r"\b(S A|SA|S|A P I|SAPI|DE|R L|C V|CV|GMBH)\b"
        names = {" ".join(re.sub(society, " ", plain(row[2])).split()) for row in self.real}
        for path, text in self.texts.items():
            if path.parent.name == "catalogo":
                continue  # official names of medicines
            words = f" {' '.join(re.sub(society, ' ', plain(text)).split())} "
            self.assertEqual(set(), {name for name in names if f" {name} " in words}, path)

    def test_firms_are_named_by_number_only(self):
        suppliers = re.compile(r"PROVEEDOR FICTICIO \d{3}, S\.A\. DE C\.V\.")
        h = self.header.index
        for row in self.copy:
            self.assertRegex(row[h("PROVEEDOR")], suppliers)
            self.assertRegex(row[h("FABRICANTE")], r"^(NAN|FABRICANTE FICTICIO \d{3}|PROVEEDOR FICTICIO \d{3}, .*)$")
        for path in DEMO.rglob("*.csv"):
            header, rows = read(path)
            for name in ("proveedor", "razon_social", "PROVEEDOR"):
                if name in header:
                    for row in rows:
                        self.assertRegex(row[header.index(name)], suppliers, path)


class CasesTest(unittest.TestCase):
    def test_every_invented_file_says_so(self):
        for entry in records(DEMO / "carga.csv"):
            path = DEMO / entry["institucion"] / entry["archivo"]
            self.assertEqual("demostracion", json.loads(Path(f"{path}.meta.json").read_text())["nature"])
            if entry["layout"].startswith("plantilla."):
                self.assertEqual({"demostracion"}, {row["naturaleza"] for row in records(path)}, path)

    def test_every_csv_is_in_the_load_list(self):
        listed = {(e["institucion"], e["archivo"]) for e in records(DEMO / "carga.csv")}
        self.assertEqual(listed, {(p.parent.name, p.name) for i in INSTITUTIONS for p in (DEMO / i).glob("*.csv")})

    def test_each_institution_has_at_least_ten_per_cent_late(self):
        for name in INSTITUTIONS:
            n = state(name).counts()
            self.assertGreaterEqual(n["late"] * 10, n["orders"], (name, n))

    def test_each_institution_has_at_least_five_per_cent_of_every_other_case(self):
        for name in INSTITUTIONS:
            n = state(name).counts()
            for case in ("partial", "short", "over", "cancelled", "order_after_its_receipt"):
                self.assertGreaterEqual(n[case] * 20, n["orders"], (name, case, n))
            for case in ("corrected", "older_after_newer"):
                self.assertGreaterEqual(n[case] * 20, n["receipts"], (name, case, n))
            for case in ("cancelled_never", "cancelled_partial", "returned", "missing"):
                self.assertGreater(n[case], 10, (name, case, n))

    def test_one_clave_is_short_in_all_three_institutions(self):
        for name in INSTITUTIONS:
            ordered, accepted = state(name).balance(SHORT_CLAVE)
            self.assertGreater(accepted, 0, name)
            self.assertGreater(ordered, accepted, name)

    def test_keys_are_unique_within_a_first_extract(self):
        template = {"contratos.csv": ("contrato",), "partidas.csv": ("contrato", "clave")}
        own = {"contratos.csv": ("numero_contrato", "gpo", "gen", "esp", "dif", "var"),
               "ordenes_2025-10-24.csv": ("orden", "cveArticulo"),
               **{f"altas_{day}.csv": ("clasPtalRecep", "noAlta", "noOrden", "clave") for day in SAI_DAYS}}
        remisiones = {"remisiones.csv": ("proveedor_rfc", "remision", "contrato", "orden", "clave", "lote")}
        for name in INSTITUTIONS:
            for file, key in {**(own if name == "imss" else template), **remisiones}.items():
                keys = [tuple(row[k] for k in key) for row in records(DEMO / name / file)]
                self.assertEqual(len(keys), len(set(keys)), (name, file))

    def test_every_order_has_its_contract_line_and_minimum_is_forty_per_cent(self):
        for name in INSTITUTIONS:
            lines = state(name).lines
            self.assertEqual(set(), {(k[0], k[2]) for k in state(name).orders} - set(lines))
            self.assertEqual(set(), {k[0] for k in lines} - set(state(name).contracts))
            for row in lines.values():
                self.assertEqual(5 * int(row["cantidad_minima"]), 2 * int(row["cantidad_maxima"]))

    def test_terms_vary(self):
        for name in INSTITUTIONS:
            rows = state(name).contracts.values()
            self.assertEqual({("200", "5"), ("250", "4"), ("100", "10")},
                             {(r["pena_tasa_diaria_pb"], r["pena_tope_dias"]) for r in rows})
            if name == "imss":
                continue  # its layout says no more
            for column, values in (("pena_dias", {"naturales", "habiles"}), ("pena_gracia_dias", {"0", "1"}),
                                   ("pena_faltantes", {"ninguna", "al_tope", "acumula"}),
                                   ("pena_vencimiento_inhabil", {"se_recorre", "no_se_recorre"})):
                self.assertEqual(values, {r[column] for r in rows}, (name, column))
            self.assertTrue(any(not r["garantia_monto"] for r in rows) and any(r["garantia_monto"] for r in rows))

    def test_a_supplier_of_several_institutions_has_one_name_and_one_rfc(self):
        names, rfcs, buyers = defaultdict(set), defaultdict(set), defaultdict(set)
        for name in INSTITUTIONS:
            for row in state(name).contracts.values():
                if name != "imss-bienestar":  # there one firm's RFC is typed in several ways
                    self.assertIs(True, soundness(row["proveedor_rfc"]))
                    names[row["proveedor_rfc"]].add(row["proveedor"])
                    rfcs[row["proveedor"]].add(row["proveedor_rfc"])
                buyers[row["proveedor_rfc"]].add(name)
        self.assertEqual({1}, {len(v) for v in list(names.values()) + list(rfcs.values())})
        self.assertEqual(4, sum(len(v) == 3 for v in buyers.values()))

    def test_remisiones_cover_several_orders_and_several_contracts(self):
        for name in INSTITUTIONS:
            orders, contracts = defaultdict(set), defaultdict(set)
            for row in records(DEMO / name / "remisiones.csv"):
                orders[row["proveedor_rfc"], row["remision"]].add(row["orden"])
                contracts[row["proveedor_rfc"], row["remision"]].add(row["contrato"])
            self.assertTrue(any(len(v) > 1 for v in orders.values()), name)
            self.assertTrue(any(len(v) > 1 for v in contracts.values()), name)

    def test_shipped_and_received_differ_somewhere(self):
        for name in INSTITUTIONS:
            received = defaultdict(int)
            names_remisiones = name != "imss"  # SAI's altas do not: there the order is what can be compared
            for row in state(name).receipts.values():
                if row["tipo"] == "entrega":
                    remision = row["remision"].strip() if names_remisiones else ""
                    received[state(name).key(row)[0], row["orden"], remision] += int(row["piezas"])
            shipped = defaultdict(int)
            for row in records(DEMO / name / "remisiones.csv"):
                remision = row["remision"] if names_remisiones else ""
                shipped[row["contrato"], row["orden"], remision] += int(row["piezas"])
            self.assertTrue(any(received[k] and received[k] < v for k, v in shipped.items()), name)
            self.assertTrue(any(received[k] > v for k, v in shipped.items()), name)
            self.assertTrue(any(k not in received for k in shipped), f"{name}: nothing in transit")

    def test_altas_are_corrected_and_vanish_in_a_later_extract(self):
        n = state("imss").counts()
        self.assertGreaterEqual(n["vanished"], 20, n)
        extracts = {day: {row["recepcion"]: row for row in (
            State.sai_alta(row, day) for row in records(DEMO / f"imss/altas_{day}.csv") if not is_filler(row))}
            for day in SAI_DAYS}
        old, first, later = extracts.values()
        self.assertEqual(state("imss").vanished, set(first) - set(later))
        self.assertEqual(set(later), {key for key, row in state("imss").receipts.items() if "unidad" in row})
        both = set(first) & set(later)
        self.assertGreater(sum(first[key]["piezas"] != later[key]["piezas"] for key in both), 20)
        self.assertGreater(sum(first[key]["fecha_alta"] != later[key]["fecha_alta"] for key in both), 10)
        self.assertGreater(len(set(later) - set(first)), 10, "captured since")
        numbers = {key.split("|")[1] for key in later}
        moved = {key for key in state("imss").vanished if key.split("|")[1] in numbers}
        self.assertGreater(len(moved), 2, "captured under an order mistyped")
        self.assertGreater(len(set(old) & state("imss").vanished), 2, "vanished already, and shown by the old extract")
        self.assertGreater(len(set(old) - set(first) - set(later)), 2, "gone before the first extract")

    def test_an_old_extract_that_comes_last_changes_nothing(self):
        whole = state("imss")
        newer = State("imss", [e for e in manifest("imss") if e["archivo"] not in OLD_EXTRACTS])
        self.assertEqual(len(whole.rows) - 2, len(newer.rows))
        self.assertEqual((newer.orders, newer.receipts), (whole.orders, whole.receipts))
        self.assertEqual(newer.vanished, whole.vanished)
        for name in OLD_EXTRACTS:
            self.assertGreater(whole.rows[name], 20)

    def test_the_order_of_the_extracts_does_not_matter(self):
        backwards = State("imss", manifest("imss")[::-1])
        self.assertEqual((backwards.orders, backwards.receipts, backwards.lines),
                         (state("imss").orders, state("imss").receipts, state("imss").lines))

    def test_imss_writes_as_imss_writes(self):
        layouts = [entry["layout"] for entry in manifest("imss")]
        self.assertEqual({"imss.contratos": 1, "imss.ordenes": 3, "imss.altas": 3},
                         {name: layouts.count(name) for name in layouts if name.startswith("imss.")})
        header, rows = read(DEMO / "imss/contratos.csv")
        self.assertEqual(52, len(header))
        self.assertEqual({52}, {len(row) for row in rows})
        prices = [row[header.index("precio_neto_contrato")] for row in rows]
        self.assertTrue(all(re.fullmatch(r"\d{1,3}(\.\d{3})*,\d{4}", price) for price in prices))
        self.assertTrue(any("." in price for price in prices), "thousands")
        windows = [p.name for p in (DEMO / "imss").glob("*.csv") if not is_utf8(p)]
        self.assertEqual(["altas_2025-10-31.csv", "contratos.csv", "ordenes_2025-10-24.csv"], sorted(windows))
        self.assertEqual(4, sum(state("imss").fillers.values()))
        self.assertEqual(0, sum(state("issste").fillers.values()) + sum(state("imss-bienestar").fillers.values()))
        rows = [row for row in records(DEMO / "imss/altas_2025-10-31.csv") if not is_filler(row)]
        self.assertGreater(sum(not row["noContrato"] for row in rows), 5, "to be found by their order")
        self.assertTrue(all(row["noOrden"] for row in rows))

    def test_goods_outside_the_purchase_occur(self):
        for name in ("imss", "issste"):
            kinds = {row["tipo"] for row in state(name).receipts.values()}
            self.assertEqual({"entrega", "devolucion", "fondo_revolvente", "donacion", "transferencia"}, kinds)

    def test_every_decision_names_an_order_that_came_late(self):
        for name in INSTITUTIONS:
            rows = records(DEMO / name / "decisiones.csv")
            self.assertGreater(len(rows), 5)
            for row in rows:
                s, key = state(name), (row["contrato"], row["orden"], row["clave"])
                self.assertTrue(any(s.counted_on(r) > s.orders[key]["fecha_limite"] for r in s.by_order[key]), row)

    def test_dates_are_sound(self):
        for row in state("imss").orders.values():
            self.assertLessEqual(row["fecha_emision"], row["fecha_limite"])
            self.assertLessEqual(row["fecha_emision"], row["corte"])
        for name in ("imss", "issste"):
            for row in state(name).receipts.values():
                self.assertLessEqual(row["fecha_alta"], row["corte"] if "unidad" in row else row["fecha_captura"])
                if "unidad" in row:
                    continue  # SAI's altas have this one date
                self.assertLessEqual(row["fecha_remision"], row["fecha_fisica"])
                self.assertLessEqual(row["fecha_fisica"], row["fecha_alta"])
                self.assertLessEqual(row["fecha_alta"], row["fecha_captura"])
                self.assertLessEqual(date.fromisoformat(row["fecha_captura"]), date(2025, 10, 31))

    def test_catalogue_is_distinct_and_knows_the_rows_it_should(self):
        claves = [row["clave"] for row in records(DEMO / "catalogo/claves.csv")]
        self.assertEqual(2332, len(set(claves)))
        self.assertEqual(len(claves), len(set(claves)))
        _, rows = read(REAL)
        self.assertEqual(1318, sum(row[4] in set(claves) for row in rows))


class OtherMonthTest(unittest.TestCase):
    def test_the_expectation_accounts_for_every_row(self):
        header, rows = read(REPO / "tests/data/recepciones_otro_mes.csv")
        self.assertEqual(header, read(REAL)[0])
        rows = [row for row in rows if row]  # the empty last line
        expected = json.loads((REPO / "tests/data/recepciones_otro_mes.expected.json").read_text(encoding="utf-8"))
        self.assertEqual(expected["rows"], len(rows))
        self.assertEqual(expected["rows"], expected["taken"] + expected["unchanged"] + expected["quarantined"])
        self.assertEqual(expected["quarantined"], len(expected["quarantined_rows"]))
        names = [" ".join(name.split()) for name in header]
        for case in expected["quarantined_rows"] + expected["doubtful_but_taken"]:
            self.assertEqual(case["found"], rows[case["row"] - 1][names.index(case["column"])])
        unreadable = [i for i, row in enumerate(rows, 1) if not re.fullmatch(r"\d+", row[0])
                      or not re.fullmatch(r"\s*-?\d[\d,]*(\.\d+)?\s*", row[10]) or not re.match(r"\d", row[11])
                      or row[11] == "2025-02-31"]
        self.assertEqual(sorted(case["row"] for case in expected["quarantined_rows"]), unreadable)


def table():
    names = list(state("imss").counts())
    print("| case | " + " | ".join(INSTITUTIONS) + " |\n|---|" + "---|" * len(INSTITUTIONS))
    for name in names:
        print(f"| {name} | " + " | ".join(str(state(i).counts()[name]) for i in INSTITUTIONS) + " |")
    for i in INSTITUTIONS:
        print(i, state(i).rows, "balance of", SHORT_CLAVE, state(i).balance(SHORT_CLAVE))


if __name__ == "__main__":
    if "--table" in sys.argv:
        table()
    else:
        unittest.main()
