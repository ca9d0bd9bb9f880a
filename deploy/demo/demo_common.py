"""What the demo's files share: drawing by hash, the template's columns, fictitious firms, invented terms."""

import csv
import hashlib
import io
import json
import re
import unicodedata
from collections import OrderedDict
from datetime import date
from decimal import Decimal
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
REAL_RECEIPTS = REPO / "tests/data/recepciones_imss_bienestar_cdmx_2025.csv"
REAL_CATALOGUE = REPO / "tests/data/cnis_cat1_medicamentos_claves.csv"

SHORT_CLAVE = "010.000.2540.00"  # telmisartán: ordered and not delivered in full in all three institutions
LAST_DAY = date(2025, 10, 31)
CORRECTION_DAY = date(2025, 10, 31)

# Columns of the warehouse file, by position: two headers repeat with suffixes and blanks.
CNS, RFC, SUPPLIER, PARTIDA, CLAVE, NAME, UNIT, SAICA, SAICA_NAME = range(9)
PIECES, DELIVERED, SITE, CONTRACT, REMISION, ORDER, LOT, EXPIRY = range(10, 18)
PRICE, PRICE_VAT, PIECES_AGAIN, SUBTOTAL, VAT_TOTAL, TOTAL = 26, 30, 29, 31, 32, 33
BRAND, MAKER, KIND, PROCEDURE, CAPTURED = 34, 35, 38, 39, 41

CLUES_CDMX = [  # real units of IMSS-Bienestar, from its published list
    ("DFIMB000031", "HOSPITAL MATERNO INFANTIL DR. NICOLÁS M. CEDILLO"),
    ("DFIMB000446", "HOSPITAL GENERAL DE TICOMÁN"),
    ("DFIMB000451", "HOSPITAL GENERAL VILLA"),
    ("DFIMB000830", "HOSPITAL PEDIÁTRICO IZTAPALAPA"),
    ("DFIMB000842", "HOSPITAL GENERAL IZTAPALAPA"),
    ("DFIMB001151", "HOSPITAL GENERAL MILPA ALTA"),
    ("DFIMB001706", "HOSPITAL MATERNO PEDIÁTRICO XOCHIMILCO"),
    ("DFIMB002020", "HOSPITAL GENERAL DR. RUBÉN LEÑERO"),
    ("DFIMB002114", "HOSPITAL GENERAL BALBUENA"),
]

CONTRACT_COLUMNS = ("contrato proveedor_rfc proveedor procedimiento fecha_inicio fecha_fin regimen_legal "
                    "garantia_monto pena_clausula pena_tasa_diaria_pb pena_dias pena_gracia_dias pena_tope_dias "
                    "pena_tope_pb pena_fecha_que_cuenta pena_faltantes pena_vencimiento_inhabil corte naturaleza").split()
LINE_COLUMNS = ("contrato clave descripcion cantidad_minima cantidad_maxima precio_unitario corte naturaleza").split()
ORDER_COLUMNS = ("contrato orden clave cantidad precio_unitario fecha_emision fecha_limite destino_clues estatus "
                 "fecha_cancelacion corte naturaleza").split()
SHIPMENT_COLUMNS = ("contrato orden clave proveedor_rfc remision fecha_remision lote caducidad piezas corte "
                    "naturaleza").split()
RECEIPT_COLUMNS = ("recepcion contrato orden clave remision lote caducidad piezas piezas_rechazadas fecha_fisica "
                   "fecha_remision fecha_alta fecha_captura tipo carta_canje corte naturaleza").split()
DECISION_COLUMNS = "decision tipo contrato orden clave fecha oficio actor fundamento evidencia corte naturaleza".split()
PORTAL_COLUMNS = ("numero_orden_suministro numero_contrato rfc_proveedor razon_social clave_medicamento medicamento "
                  "precio_unitario cantidad_solicitada almacen_entrega clues_destino entidad_destino nombre_unidad "
                  "descripcion_estatus_orden_suministro fecha_autorizacion fecha_limite_entrega numero_procedimiento "
                  "orden_remision estatus").split()
CONTRACT_RECORD_COLUMNS = (  # of IMSS's contracts by clave
    "clas_ptal_origen ooad fecha_actualizacion numero_contrato numero_dictamen_definitivo "
    "monto_maximo_contrato_con_iva monto_minimo_contrato_con_iva monto_maximo_clave_con_iva "
    "monto_minimo_clave_con_iva numero_licitacion evento_compranet porcentaje_sancion_contrato "
    "dias_de_entrega_sancion numero_proveedor rfc_proveedor razon_social fecha_inicio fecha_termino tipo_contrato "
    "estado_contrato estatus_clave gpo gen esp dif var descripcion_articulo unidad_presentacion "
    "cantidad_presentacion tipo_presentacion partida_presupuestal des_partida_presupuestal cuadro_basico_sai "
    "cuenta_contable precio_neto_contrato cantidad_maxima_clave cantidad_contratacion_original "
    "cantidad_minimo_clave cantidad_ejercida_o_solicitada cant_solic_vigente_en_transito cantidad_disponible "
    "cantidad_atendida cantidad_de_piezas_topadas porcentaje_ejercido porcentaje_topado "
    "porcen_atencion_sin_transito fecha_dictamen saldo_disponible_dictamen_prei monto_ejercido_dictamen_sai "
    "saldo_disponible_dictamen_sai monto_pagado iva").split()
SAI_ORDER_COLUMNS = ("contrato orden cveArticulo fechaExpedicion descripciónEntrega estatus fechaEntrega "
                     "cantidadSolicitada precio importeSinIva").split()
SAI_ALTA_COLUMNS = ("noAlta fechaAltaTrunc noContrato noOrden clave cantRecibida importe descUnidad clasPtalRecep "
                    "fpp").split()
DEMO = "demostracion"


# ------------------------------------------------------------------ small tools

def draw(below, *key):
    """A number in [0, below) that only the key decides."""
    text = "\x1f".join(str(part) for part in key).encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "big") % below


def chance(per_mille, *key):
    return draw(1000, *key) < per_mille


def money(e4):
    """1471000 -> '147.1000' with at least two decimals and no more than needed."""
    whole, part = divmod(e4, 10000)
    digits = f"{part:04d}"
    return f"{whole}." + (digits if digits[2:] != "00" else digits[:2])


def comma_number(e4, places):
    """11192059, 4 -> '1.119,2059': how IMSS's contracts write numbers."""
    text = f"{Decimal(e4) / 10000:,.{places}f}"
    return text.translate(str.maketrans(",.", ".,"))


def e4(text):
    return int((Decimal(text) * 10000).to_integral_value())


def plain(text):
    """Upper case, no accents, single spaces."""
    folded = unicodedata.normalize("NFD", text.upper())
    return " ".join("".join(c for c in folded if not unicodedata.combining(c)).split())


def clean(value):
    value = value.strip()
    return "" if value in ("NAN", "S/L", "S/C") else value


def dmy(day):
    return day.strftime("%d/%m/%Y") if day else ""


def canonical_contract(number):
    match = re.fullmatch(r"IB/(\d+)/(\d{4})(/\w+)?", number)
    return f"IB/{int(match[1]):04d}/{match[2]}{match[3] or ''}" if match else number


def read_receipts():
    with open(REAL_RECEIPTS, encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return header, rows


def csv_text(rows, terminator="\n", delimiter=","):
    out = io.StringIO()
    csv.writer(out, lineterminator=terminator, delimiter=delimiter).writerows(rows)
    return out.getvalue()


class Output:
    """Files of one institution and their sidecars."""

    def __init__(self, root, institution):
        self.folder = root / "deploy/demo" / institution
        self.folder.mkdir(parents=True, exist_ok=True)
        self.institution = institution
        self.order = []

    def text(self, name, text, layout, as_of, encoding="utf-8"):
        (self.folder / name).write_bytes(text.encode(encoding))
        meta = {"layout": layout, "nature": DEMO}
        if as_of:
            meta["as_of"] = str(as_of)
        (self.folder / f"{name}.meta.json").write_text(json.dumps(meta, sort_keys=True) + "\n", encoding="utf-8")
        self.order.append((self.institution, name, layout))

    def template(self, name, kind, columns, rows):
        as_of = max(row["corte"] for row in rows)
        table = [columns] + [[row.get(column, "") for column in columns] for row in rows]
        self.text(name, csv_text(table), f"plantilla.{kind}", as_of)


# ------------------------------------------------------------------ fictitious suppliers

RFC_VALUES = {c: i for i, c in enumerate("0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ")}


def check_digit(body):
    total = sum(RFC_VALUES[c] * (13 - i) for i, c in enumerate(body.rjust(12)))
    rest = total % 11
    return "0" if rest == 0 else "A" if rest == 1 else str(11 - rest)


def rfc_flaw(rfc):
    if len(rfc) not in (12, 13):
        return "length"
    return "none" if check_digit(rfc[:-1]) == rfc[-1] else "check"


def fictitious_rfc(number, like=None):
    """XFI yy0101 0d c: the tax office gives no homoclave with a zero, so no firm can hold one.

    Keeps what is wrong with the original: its length, a failing check digit, an ampersand.
    """
    like = like or "GOD561231AA6"  # a sound one
    letters = ("XF&" if "&" in like else "XFI") + ("X" if len(like) == 13 else "")
    body = f"{letters}{number // 10:02d}01010{number % 10}"
    digit = check_digit(body)
    if len(like) not in (12, 13):
        rfc = body[:6] + body[7:] + digit  # one figure of the date lost, as the typist did
        return rfc[:len(like)]
    if rfc_flaw(like) == "check":
        digit = str((int(digit, 11) + 1) % 10)
    return body + digit


def fictitious_name(number):
    return f"PROVEEDOR FICTICIO {number:03d}, S.A. DE C.V."


class Disguise:
    """Replaces the real firms of the warehouse file, always each by the same one."""

    def __init__(self, rows):
        self.names = {name: i + 1 for i, name in enumerate(OrderedDict.fromkeys(row[SUPPLIER] for row in rows))}
        self.rfcs, used = {"NAN": "NAN"}, set()
        spare = len(self.names) + 1
        for row in rows:
            if row[RFC] in self.rfcs:
                continue
            number = self.names[row[SUPPLIER]]
            if number in used:
                number, spare = spare, spare + 1
            used.add(number)
            self.rfcs[row[RFC]] = fictitious_rfc(number, row[RFC])
        self.makers, self.brands = {}, {}

    def row(self, row):
        row = list(row)
        own_maker = plain(row[MAKER]).replace(",", "") == plain(row[SUPPLIER]).replace(",", "")
        words = set(re.findall(r"[A-Z]{3,}", plain(row[NAME] + " " + row[SAICA_NAME])))
        named = set(re.findall(r"[A-Z0-9]{2,}", plain(row[BRAND])))
        if row[MAKER] != "NAN":
            number = self.makers.setdefault(row[MAKER], len(self.makers) + 1)
            row[MAKER] = (fictitious_name(self.names[row[SUPPLIER]]) if own_maker
                          else f"FABRICANTE FICTICIO {number:03d}")
        if row[BRAND] != "NAN" and not (named and named <= words):  # a generic name stays
            row[BRAND] = f"MARCA FICTICIA {self.brands.setdefault(row[BRAND], len(self.brands) + 1):03d}"
        row[REMISION] = row[REMISION].replace("GABOR", "FICTI")  # the one remisión that spells a firm
        row[SUPPLIER] = fictitious_name(self.names[row[SUPPLIER]])
        row[RFC] = self.rfcs[row[RFC]]
        return row


# ------------------------------------------------------------------ invented terms

def terms(contract, counting):
    """Penalty terms: every combination of domain.md §3 occurs, decided by the contract's number."""
    rate, cap_days = ((200, 5), (250, 4), (200, 5), (250, 4), (100, 10))[draw(5, contract, "rate")]
    return {
        "pena_clausula": f"Cláusula {('Décima Segunda', 'Décima Quinta', 'Décima Octava')[draw(3, contract, 'cl')]}"
                         " (demostración)",
        "pena_tasa_diaria_pb": rate,
        "pena_tope_dias": cap_days,
        "pena_tope_pb": 1000,
        "pena_dias": "habiles" if chance(250, contract, "days") else "naturales",
        "pena_gracia_dias": 1 if chance(200, contract, "grace") else 0,
        "pena_fecha_que_cuenta": counting,
        "pena_faltantes": ("al_tope", "ninguna", "acumula", "al_tope")[draw(4, contract, "missing")],
        "pena_vencimiento_inhabil": "se_recorre" if chance(400, contract, "move") else "no_se_recorre",
    }


def guarantee(contract, lines):
    """Ten per cent of the maximum amount; one contract in five does not know it."""
    if chance(200, contract, "guarantee"):
        return ""
    total_e4 = sum(line["max"] * line["price"] for line in lines)
    return money((total_e4 // 10 + 50) // 100 * 100)


def maximum_for(ordered, *key):
    """A multiple of five, so that the minimum is exactly 40 per cent; 3 % of the lines are ordered beyond it."""
    factor = 85 if chance(30, *key, "over max") else 105 + draw(150, *key, "max")
    return max(5, -(-ordered * factor // 500) * 5)


def legal_regime(procedure):
    match = re.search(r"-(\d+)-(\d{4})$", procedure)
    new = match and match[2] >= "2025" and int(match[1]) > 18
    return "laassp-2025" if new else "laassp-2000"
