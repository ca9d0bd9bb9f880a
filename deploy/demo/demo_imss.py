"""IMSS: as invented as its peer, and written in IMSS's own layouts: contracts by clave, SAI orders, SAI altas."""

from datetime import date, timedelta
from decimal import Decimal

from demo_common import (CONTRACT_RECORD_COLUMNS, DECISION_COLUMNS, RECEIPT_COLUMNS, SAI_ALTA_COLUMNS,
    SAI_ORDER_COLUMNS, SHIPMENT_COLUMNS, Output, chance, comma_number, csv_text, dmy, draw, fictitious_name,
    fictitious_rfc, maximum_for, money, terms)
from demo_peers import Peer

OLD, FIRST, LATER = date(2025, 9, 30), date(2025, 10, 24), date(2025, 10, 31)  # the days of SAI's extracts
UNITS = 40
OLD_UNITS = 12  # of which the old extract of altas speaks
STARTS, ENDS, UPDATED, RULED = date(2025, 5, 1), date(2025, 12, 31), date(2025, 5, 31), date(2025, 4, 25)
FILLER_POINT, FILLER_TOTAL = ".", "TOTAL"


def unit_code(unit):
    return f"3609{unit + 1:02d}{draw(90, 'imss', 'unit', unit) + 10}2110"


def unit_name(unit):
    return f"{('HGZ', 'UMF', 'HGR', 'HGSZ')[unit % 4]} {unit + 1:03d} DEMOSTRACIÓN"


def amount(price_e4, pieces):
    return str((Decimal(price_e4 * pieces) / 10000).quantize(Decimal("0.01")))


def comma_money(cents):
    return comma_number(cents * 100, 2)


def parts_of(clave):
    """gpo, gen, esp, dif and var, as IMSS splits a clave."""
    parts = clave.split(".")
    return [*parts, *["00"] * (5 - len(parts))]


class Imss(Peer):
    """SAI knows of a receipt its number, day, order and pieces: nothing is rejected, no lot, no remisión."""

    def add_order(self, n):
        super().add_order(n)
        order = self.orders[-1]
        order["unit"] = draw(UNITS, self.name, n, "unit")
        order["issued"] = min(order["issued"], LATER - timedelta(1))  # what is issued later no extract can hold

    def receive(self, order, pieces, day, kind="entrega"):
        receipt = super().receive(order, pieces, day, kind)
        receipt["piezas_rechazadas"] = 0
        return receipt

    # contracts: one row for each contract and clave

    def contract_table(self):
        yield CONTRACT_RECORD_COLUMNS
        for contract in self.contracts:
            number = contract["number"]
            for line in contract["lines"]:
                line["max"] = maximum_for(line["ordered"], number, line["clave"])
            most = sum(line["max"] * line["price"] for line in contract["lines"]) // 100
            for line in contract["lines"]:
                row = self.contract_row(contract, line, most)
                yield [row.get(column, "") for column in CONTRACT_RECORD_COLUMNS]

    @staticmethod
    def contract_row(contract, line, most):
        number = contract["number"]
        said = terms(number, "alta")
        gpo, gen, esp, dif, var = parts_of(line["clave"])
        if number.endswith("-017-00"):  # somebody passed these rows through a spreadsheet
            gpo, gen, esp, dif, var = (str(int(part)) for part in (gpo, gen, esp, dif, var))
        of_clave = line["max"] * line["price"] // 100
        none = comma_money(0)
        return {
            "clas_ptal_origen": "098001", "ooad": "09", "fecha_actualizacion": dmy(UPDATED), "numero_contrato": number,
            "numero_dictamen_definitivo": f"{draw(10 ** 9, number, 'ruling'):010d}-2025",
            "monto_maximo_contrato_con_iva": comma_money(most),
            "monto_minimo_contrato_con_iva": comma_money(most * 2 // 5),
            "monto_maximo_clave_con_iva": comma_money(of_clave),
            "monto_minimo_clave_con_iva": comma_money(of_clave * 2 // 5),
            "numero_licitacion": contract["procedure"],
            "porcentaje_sancion_contrato": comma_number(said["pena_tasa_diaria_pb"] * 100, 2),
            "dias_de_entrega_sancion": said["pena_tope_dias"], "numero_proveedor": f"{contract['supplier']:010d}",
            "rfc_proveedor": fictitious_rfc(contract["supplier"]), "razon_social": fictitious_name(contract["supplier"]),
            "fecha_inicio": dmy(STARTS), "fecha_termino": dmy(ENDS), "tipo_contrato": "ABIERTO",
            "estado_contrato": "VIGENTE", "estatus_clave": "ACTIVA", "gpo": gpo, "gen": gen, "esp": esp, "dif": dif,
            "var": var, "descripcion_articulo": line["name"], "unidad_presentacion": "ENV", "cantidad_presentacion": 1,
            "tipo_presentacion": "PZA", "des_partida_presupuestal": "MEDICAMENTOS (DEMOSTRACIÓN)",
            "cuadro_basico_sai": "SÍ", "precio_neto_contrato": comma_number(line["price"], 4),
            "cantidad_maxima_clave": comma_number(line["max"] * 10000, 0),
            "cantidad_contratacion_original": comma_number(line["max"] * 10000, 0),
            "cantidad_minimo_clave": comma_number(line["max"] * 4000, 0), "cantidad_ejercida_o_solicitada": 0,
            "cant_solic_vigente_en_transito": 0, "cantidad_disponible": comma_number(line["max"] * 10000, 0),
            "cantidad_atendida": 0, "cantidad_de_piezas_topadas": 0, "porcentaje_ejercido": none,
            "porcentaje_topado": none, "porcen_atencion_sin_transito": none, "fecha_dictamen": dmy(RULED),
            "saldo_disponible_dictamen_prei": comma_money(most), "monto_ejercido_dictamen_sai": none,
            "saldo_disponible_dictamen_sai": comma_money(most), "monto_pagado": none, "iva": 0}

    # SAI's orders

    def sai_order(self, order, cut, **changes):
        """As SAI shows it on that day; `changes` is what an extract said otherwise."""
        said = {**order, **changes}
        came = sum(r["piezas"] for r in self.receipts_of(order) if r["alta"] <= cut)
        words = ("Atendida" if came >= order["pieces"] else "Parcial" if came else
                 "Vencida" if order["due"] < cut else "Pendiente")
        price = "" if chance(40, self.name, order["n"], "no price") else money(order["line"]["price"])
        return [order["contract"]["number"], order["number"], "".join(parts_of(order["line"]["clave"])),
                dmy(order["issued"]), unit_name(order["unit"]), said.get("status", words), dmy(said["due"]),
                said["pieces"], price, amount(order["line"]["price"], said["pieces"])]

    def order_files(self):
        """The first extract; a later one with late captures and cancellations; and one older than both."""
        first, later, older = [], [], []
        for order in self.orders:
            key = (self.name, order["n"])
            late = order["issued"] > FIRST or chance(70, *key, "late capture")
            cancelled = {"status": "Cancelada"} if order["cancelled"] else {}
            known_so = not late and order["cancelled"] and chance(350, *key, "cancelled early")
            if late:
                later.append(self.sai_order(order, LATER, **cancelled))
                continue
            first.append(self.sai_order(order, FIRST, **(cancelled if known_so else {})))
            if cancelled and not known_so:
                later.append(self.sai_order(order, LATER, **cancelled))
            if order["issued"] < OLD and chance(60, *key, "old"):
                older.append(self.sai_order(order, OLD, pieces=order["pieces"] + 7,
                                            due=order["due"] + timedelta(draw(2, *key, "old due") * 5)))
        return first, later, older

    # SAI's altas: each extract is all there is of its units

    def sai_alta(self, receipt, **changes):
        order, said = receipt["order"], {"number": receipt["order"]["number"], **receipt, **changes}
        sign = -1 if receipt["tipo"] == "devolucion" else 1
        clave = " ".join(parts_of(order["line"]["clave"]))
        blank = chance(15, self.name, receipt["recepcion"], "no contract")
        return {"unit": order["unit"], "day": said["alta"], "row": [
            said["recepcion"], dmy(said["alta"]), "" if blank else order["contract"]["number"], said["number"], clave,
            sign * said["piezas"], amount(order["line"]["price"], sign * said["piezas"]), unit_name(order["unit"]),
            unit_code(order["unit"]), "A"]}

    def first_said(self, receipt):
        """What the first extract said of it: {}, other pieces or another day; None, nothing as yet."""
        key = (self.name, receipt["recepcion"])
        if receipt["tipo"] != "entrega" or not chance(80, *key, "correct"):
            return None if chance(15, *key, "captured late") else {}
        if chance(600, *key, "what") or receipt["alta"] == receipt["day"]:
            return {"piezas": receipt["piezas"] + max(1, receipt["piezas"] // 40)}
        return {"alta": receipt["day"]}

    def vanishing(self, receipt):
        """Altas that were captured twice, or under an order mistyped: a later extract does not bring them."""
        key = (self.name, receipt["recepcion"])
        if receipt["tipo"] == "entrega" and chance(20, *key, "twice"):
            yield {"recepcion": receipt["recepcion"].replace("-8", "-9", 1)}
        if receipt["tipo"] == "entrega" and chance(8, *key, "mistyped"):
            yield {"number": str(int(receipt["order"]["number"]) + 50000)}

    def alta_files(self):
        """The first extract, a later one that corrects it, and one older than both that speaks of some units."""
        first, later, older = [], [], []
        for receipt in self.receipts:
            if receipt["tipo"] not in ("entrega", "devolucion"):
                continue
            key = (self.name, receipt["recepcion"])
            gone, said = list(self.vanishing(receipt)), self.first_said(receipt)
            mistyped = any("number" in changes for changes in gone)
            later.append(self.sai_alta(receipt))
            first += [self.sai_alta(receipt, **changes) for changes in gone]
            if said is not None and not mistyped:
                first.append(self.sai_alta(receipt, **said))
            if receipt["order"]["unit"] >= OLD_UNITS or receipt["alta"] > OLD:
                continue
            older += [self.sai_alta(receipt, **changes) for changes in gone]
            if said is not None and not mistyped:
                wrong = {"piezas": receipt["piezas"] + 5} if chance(200, *key, "old") else {}
                older.append(self.sai_alta(receipt, **{**said, **wrong}))
            if chance(25, *key, "long gone"):  # no newer extract shows it any more
                older.append(self.sai_alta(receipt, recepcion=receipt["recepcion"].replace("-8", "-7", 1)))
        return [self.sorted_altas(rows) for rows in (first, later, older)]

    @staticmethod
    def sorted_altas(rows):
        return [alta["row"] for alta in sorted(rows, key=lambda alta: (alta["unit"], alta["day"], alta["row"]))]

    def outside_rows(self):
        """What SAI's altas do not tell: goods of no order of the purchase."""
        return [self.receipt_row(receipt, receipt["captured"]) for receipt in self.receipts
                if receipt["tipo"] not in ("entrega", "devolucion")]

    # files, each with what such an extract has once or twice

    @staticmethod
    def soil_orders(rows):
        most = max(rows, key=lambda row: row[7])
        most[7] = f"{most[7]:,}"
        rows[10][3] += " 00:00:00"
        rows[25][0] = f" {rows[25][0]} "

    @staticmethod
    def soil_altas(rows):
        rows[5][1] += " 10:15:00"
        most = max(rows, key=lambda row: row[5])
        most[5] = f"{most[5]:,}"

    @staticmethod
    def filled(rows, word, position):
        """A row of totals, or of points, at the end: no datum."""
        if word == FILLER_POINT:
            return [*rows, [word, *[""] * (len(rows[0]) - 1)]]
        total = sum(int(str(row[position]).replace(",", "")) for row in rows)
        return [*rows, [word if i == 0 else total if i == position else "" for i in range(len(rows[0]))]]

    def write(self, root):
        out = Output(root, self.name)
        orders, orders_later, orders_old = self.order_files()
        altas, altas_later, altas_old = self.alta_files()
        self.soil_orders(orders)
        self.soil_altas(altas)
        self.sai(out, "contratos.csv", "imss.contratos", self.contract_table(), ";", "cp1252")
        self.sai(out, f"ordenes_{FIRST}.csv", "imss.ordenes",
                 [SAI_ORDER_COLUMNS, *self.filled(orders, FILLER_TOTAL, 7)], ",", "cp1252")
        out.template("remisiones.csv", "remisiones", SHIPMENT_COLUMNS, list(self.shipment_rows()))
        self.sai(out, f"altas_{FIRST}.csv", "imss.altas",
                 [SAI_ALTA_COLUMNS, *self.filled(altas, FILLER_POINT, 5)], "|", "utf-8")
        self.sai(out, f"altas_{LATER}.csv", "imss.altas",
                 [SAI_ALTA_COLUMNS, *self.filled(altas_later, FILLER_TOTAL, 5)], "|", "cp1252")
        self.sai(out, f"altas_{OLD}.csv", "imss.altas", [SAI_ALTA_COLUMNS, *altas_old], "|", "utf-8-sig")
        self.sai(out, f"ordenes_{LATER}.csv", "imss.ordenes",
                 [SAI_ORDER_COLUMNS, *self.filled(orders_later, FILLER_POINT, 7)], ",", "utf-8")
        self.sai(out, f"ordenes_{OLD}.csv", "imss.ordenes", [SAI_ORDER_COLUMNS, *orders_old], ",", "utf-8")
        out.template("recepciones_otras.csv", "recepciones", RECEIPT_COLUMNS, self.outside_rows())
        out.template("decisiones.csv", "decisiones", DECISION_COLUMNS, self.decision_rows())
        return out

    @staticmethod
    def sai(out, name, layout, rows, delimiter, encoding):
        """Its day is in its name, or in its rows: the sidecar says none."""
        out.text(name, csv_text(rows, "\r\n", delimiter), layout, None, encoding)
