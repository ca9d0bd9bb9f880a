"""ISSSTE, and what IMSS shares with it: everything invented but the claves and the size of the prices."""

from datetime import date, timedelta

from demo_bienestar import decision, shipment
from demo_common import (CONTRACT_COLUMNS, CORRECTION_DAY, DECISION_COLUMNS, DEMO, LINE_COLUMNS,
    ORDER_COLUMNS, Output, RECEIPT_COLUMNS, SHIPMENT_COLUMNS, SHORT_CLAVE, chance, draw, fictitious_name,
    fictitious_rfc, guarantee, legal_regime, maximum_for, money, terms)

SCENARIOS = [  # name, per cent of the order lines
    ("on_time", 30), ("two_lots", 10), ("late", 13), ("partial_late", 9), ("partial_on_time", 5), ("short", 8),
    ("over", 7), ("missing", 3), ("cancelled", 5), ("cancelled_partial", 4), ("returned", 4), ("not_due", 2),
]
PROFILES = {
    "imss": {"short": "IMSS", "first_supplier": 301, "contract": "050GYR047N{n:05d}-{m:03d}-00",
             "order": "1825{n:08d}", "receipt": "37{k:04d}-8{n:05d}"},
    "issste": {"short": "ISSSTE", "first_supplier": 501, "contract": "051GYN005-CC-{n:04d}-2025",
               "order": "OS-ISSSTE-2025-{n:06d}", "receipt": "ER-{k:03d}-{n:06d}",
               "counting": ("fisica", "remision", "alta"),
               "clues": "DFIST0{n:05d}"},
}
PROCEDURES = ("AA-12-NEF-012NEF001-I-31-2025", "IA-12-NEF-012NEF001-I-30-2025", "AA-12-NEF-012NEF001-I-17-2025")
SHARED_SUPPLIERS = (5, 6, 7, 8)  # sell to all three, under the numbers of the warehouse file


class Peer:
    """One institution that uses the plain template."""

    def __init__(self, name, stock):
        self.name, self.profile, self.stock = name, PROFILES[name], stock
        self.contracts, self.orders, self.receipts = [], [], []

    def build(self):
        for n in range(60):
            self.add_contract(n)
        for n in range(950):
            self.add_order(n)
        self.add_outside_receipts()
        self.share_remisiones()

    def add_contract(self, n):
        supplier = n % 24
        number = self.profile["first_supplier"] + supplier if supplier >= 4 else SHARED_SUPPLIERS[supplier]
        digits = draw(90, self.name, n) * 100 + n if self.name == "issste" else draw(90000, self.name, n) + n
        contract = {"number": self.profile["contract"].format(n=digits, m=n + 1), "supplier": number,
                    "procedure": PROCEDURES[draw(3, self.name, n, "procedure")], "lines": []}
        for i in range(4):
            clave, name, price = self.stock[(n * 4 + i) % len(self.stock)]
            price = price * (95 + draw(11, self.name, clave)) // 100
            if not chance(200, self.name, clave, "four decimals"):
                price = max(100, price // 100 * 100)
            contract["lines"].append({"clave": clave, "name": name, "price": price, "ordered": 0})
        self.contracts.append(contract)

    def add_order(self, n):
        key = (self.name, "order", n)
        if n < 8:  # the clave short everywhere is drawn on often enough to be seen
            contract = self.contracts[0]
            line, scenario = contract["lines"][0], ("short", "late", "short", "on_time")[n % 4]
        else:
            contract = self.contracts[draw(len(self.contracts), *key, "contract")]
            line, scenario = contract["lines"][draw(4, *key, "line")], self.scenario(*key)
            if line["clave"] == SHORT_CLAVE and scenario == "over":
                scenario = "short"
        due = date(2025, 6, 10) + timedelta(draw(100, *key, "due"))
        if scenario == "not_due":
            due = date(2025, 11, 4) + timedelta(draw(20, *key, "due"))
        order = {"n": n, "number": self.profile["order"].format(n=n + 1001), "contract": contract, "line": line,
                 "scenario": scenario, "pieces": (20, 60, 144, 300, 900, 2500)[draw(6, *key, "size")]
                 + draw(20, *key, "more"), "due": due, "issued": due - timedelta(14 + draw(8, *key, "issued")),
                 "cancelled": None}
        line["ordered"] += order["pieces"]
        self.orders.append(order)
        getattr(self, f"play_{scenario}")(order, key)

    @staticmethod
    def scenario(*key):
        at = draw(100, *key, "scenario")
        for name, share in SCENARIOS:
            at -= share
            if at < 0:
                return name
        raise AssertionError("the shares sum to 100")

    def on_time_day(self, order, key, tag=""):
        return order["due"] - timedelta(4 + draw(7, *key, "early", tag))  # no date of the receipt passes the due date

    def late_day(self, order, key, tag=""):
        return order["due"] + timedelta(3 + draw(14, *key, "late", tag))

    def receive(self, order, pieces, day, kind="entrega"):
        n = len(self.receipts)
        key = (self.name, "receipt", n)
        lot = "" if chance(20, *key, "lot") else f"{'ABCDEFGH'[draw(8, *key, 'l')]}{draw(90000, *key, 'lot n') + 10000}"
        life = 200 + draw(160, *key, "life") if chance(30, *key, "short life") else 400 + draw(600, *key, "life")
        alta = day + timedelta(draw(3, *key, "alta"))
        lag = 30 + draw(60, *key, "lag") if chance(60, *key, "slow") else draw(12, *key, "lag")
        captured = min(max(alta, date(2025, 10, 24)), alta + timedelta(lag))
        rejected = max(1, pieces // 20) if kind == "entrega" and pieces > 3 and chance(30, *key, "reject") else 0
        receipt = {"recepcion": self.profile["receipt"].format(k=100 + n % 37, n=n + 1), "order": order, "lote": lot,
                   "caducidad": str(day + timedelta(life)), "piezas": pieces, "piezas_rechazadas": rejected,
                   "day": day, "sent": day - timedelta(draw(3, *key, "sent")), "alta": alta, "captured": captured,
                   "tipo": kind, "carta": ("si" if chance(500, *key, "letter") else "") if life < 365 else "",
                   "remision": f"R{self.profile['short'][1]}{n + 1:06d}"}
        self.receipts.append(receipt)
        return receipt

    def play_on_time(self, order, key):
        self.receive(order, order["pieces"], self.on_time_day(order, key))

    def play_two_lots(self, order, key):
        first, day = order["pieces"] // 3, self.on_time_day(order, key)
        one = self.receive(order, first, day)
        two = self.receive(order, order["pieces"] - first, day)
        two["remision"], two["sent"] = one["remision"], one["sent"]

    def play_late(self, order, key):
        self.receive(order, order["pieces"], self.late_day(order, key))

    def play_partial_late(self, order, key):
        first = order["pieces"] * (3 + draw(5, *key)) // 10
        self.receive(order, first, self.on_time_day(order, key))
        self.receive(order, order["pieces"] - first, self.late_day(order, key))

    def play_partial_on_time(self, order, key):
        first, day = order["pieces"] // 2, self.on_time_day(order, key)
        self.receive(order, first, day - timedelta(3))
        self.receive(order, order["pieces"] - first, day)

    def play_short(self, order, key):
        self.receive(order, order["pieces"] * (4 + draw(5, *key)) // 10, self.on_time_day(order, key))

    def play_over(self, order, key):
        self.receive(order, order["pieces"] * (105 + draw(15, *key)) // 100, self.on_time_day(order, key))

    def play_missing(self, order, key):
        pass

    play_not_due = play_missing

    def play_cancelled(self, order, key):
        order["cancelled"] = order["issued"] + timedelta(5 + draw(20, *key))

    def play_cancelled_partial(self, order, key):
        day = self.late_day(order, key) if chance(500, *key, "when") else self.on_time_day(order, key)
        self.receive(order, order["pieces"] // 2, day)
        order["cancelled"] = max(day, order["due"]) + timedelta(2 + draw(10, *key))

    def play_returned(self, order, key):
        got = self.receive(order, order["pieces"], self.on_time_day(order, key))
        back = self.receive(order, max(1, order["pieces"] // 5), got["day"] + timedelta(10 + draw(15, *key)), "devolucion")
        for name in ("lote", "caducidad", "remision", "sent", "carta"):
            back[name] = got[name]

    def add_outside_receipts(self):
        """Goods of no order of the purchase: they are stock, and never a penalty."""
        for i in range(24):
            kind = ("fondo_revolvente", "donacion", "transferencia")[i % 3]
            contract = self.contracts[draw(60, self.name, "outside", i)]
            order = {"number": "", "contract": {"number": "", "supplier": contract["supplier"]},
                     "line": contract["lines"][i % 4]}
            self.receive(order, 50 + i, date(2025, 7, 1) + timedelta(i * 3), kind)

    def share_remisiones(self):
        """One remisión for what one supplier delivered on one day, also over several orders and contracts."""
        seen = {}
        for receipt in self.receipts:
            if receipt["tipo"] != "entrega":
                continue
            first = seen.setdefault((receipt["order"]["contract"]["supplier"], receipt["day"]), receipt)
            if first is not receipt and chance(600, self.name, receipt["recepcion"], "share"):
                receipt["remision"], receipt["sent"] = first["remision"], first["sent"]

    # rows of the template

    def contract_rows(self):
        for contract in self.contracts:
            number = contract["number"]
            for line in contract["lines"]:
                line["max"] = maximum_for(line["ordered"], number, line["clave"])
            counting = self.profile["counting"][draw(3, number, "counting")]
            yield {"contrato": number, "proveedor_rfc": fictitious_rfc(contract["supplier"]),
                   "proveedor": fictitious_name(contract["supplier"]), "procedimiento": contract["procedure"],
                   "fecha_inicio": "2025-05-01", "fecha_fin": "2025-12-31",
                   "regimen_legal": legal_regime(contract["procedure"]),
                   "garantia_monto": guarantee(number, contract["lines"]), **terms(number, counting),
                   "corte": "2025-05-31", "naturaleza": DEMO}

    def line_rows(self):
        for contract in self.contracts:
            for line in contract["lines"]:
                yield {"contrato": contract["number"], "clave": line["clave"], "descripcion": line["name"],
                       "cantidad_minima": line["max"] * 2 // 5, "cantidad_maxima": line["max"],
                       "precio_unitario": money(line["price"]), "corte": "2025-05-31", "naturaleza": DEMO}

    def order_row(self, order, cut, **changes):
        row = {"contrato": order["contract"]["number"], "orden": order["number"], "clave": order["line"]["clave"],
               "cantidad": order["pieces"], "fecha_emision": str(order["issued"]), "fecha_limite": str(order["due"]),
               "precio_unitario": money(order["line"]["price"]) if order["n"] % 3 == 0 else "",
               "destino_clues": self.profile["clues"].format(n=100 + draw(40, self.name, order["n"], "unit") * 12),
               "estatus": "cancelada" if order["cancelled"] else "vigente",
               "fecha_cancelacion": str(order["cancelled"] or ""), "corte": str(cut), "naturaleza": DEMO}
        return {**row, **changes}

    def order_files(self):
        """The first extract, and a later one: late captures, cancellations, and rows older than what is known."""
        first, later = [], []
        for order in self.orders:
            if chance(70, self.name, order["n"], "late capture"):
                later.append(self.order_row(order, date(2025, 10, 28)))
                continue
            if order["cancelled"]:
                first.append(self.order_row(order, order["issued"], estatus="vigente", fecha_cancelacion=""))
                later.append(self.order_row(order, max(order["cancelled"], order["issued"] + timedelta(1))))
                continue
            first.append(self.order_row(order, order["issued"] + timedelta(1)))
            if chance(30, self.name, order["n"], "old"):
                later.append(self.order_row(order, order["issued"], cantidad=order["pieces"] + 7))
        return first, later

    def receipt_row(self, receipt, cut, **changes):
        order = receipt["order"]
        row = {"recepcion": receipt["recepcion"], "contrato": order["contract"]["number"], "orden": order["number"],
               "clave": order["line"]["clave"], "remision": receipt["remision"], "lote": receipt["lote"],
               "caducidad": receipt["caducidad"], "piezas": receipt["piezas"],
               "piezas_rechazadas": receipt["piezas_rechazadas"], "fecha_fisica": str(receipt["day"]),
               "fecha_remision": str(receipt["sent"]), "fecha_alta": str(receipt["alta"]),
               "fecha_captura": str(receipt["captured"]), "tipo": receipt["tipo"], "carta_canje": receipt["carta"],
               "corte": str(cut), "naturaleza": DEMO}
        return {**row, **changes}

    def receipt_files(self):
        first, newer, older = [], [], []
        for receipt in self.receipts:
            key = (self.name, receipt["recepcion"])
            wrong = receipt["piezas"] + max(1, receipt["piezas"] // 40)
            if receipt["tipo"] == "entrega" and chance(80, *key, "correct"):
                changes = {"piezas": wrong} if chance(600, *key, "what") else {"fecha_alta": str(receipt["day"])}
                if changes == {"fecha_alta": str(receipt["alta"])}:
                    changes = {"lote": receipt["lote"] + "X"}
                first.append(self.receipt_row(receipt, receipt["captured"], **changes))
                newer.append(self.receipt_row(receipt, CORRECTION_DAY))
            else:
                first.append(self.receipt_row(receipt, receipt["captured"]))
            if receipt["tipo"] == "entrega" and chance(65, *key, "old"):
                older.append(self.receipt_row(receipt, receipt["captured"] - timedelta(1), piezas=wrong + 5))
        first.sort(key=lambda row: draw(1 << 60, self.name, row["recepcion"], "shuffle"))
        return first, newer + older

    def shipment_rows(self):
        seen = set()
        for receipt in self.receipts:
            order = receipt["order"]
            if receipt["tipo"] != "entrega":
                continue
            key = (order["contract"]["supplier"], receipt["remision"], order["number"], receipt["lote"])
            if key in seen:
                continue
            seen.add(key)
            pieces = sum(r["piezas"] for r in self.receipts_of(order)
                         if (r["remision"], r["lote"]) == (receipt["remision"], receipt["lote"]))
            if chance(40, self.name, *key, "differs"):
                pieces += max(1, pieces // 20) if chance(600, self.name, *key, "more") else -max(1, pieces // 20)
            yield self.shipped(order, receipt["remision"], receipt["sent"], receipt["lote"], receipt["caducidad"], pieces)
        for order in self.orders:
            if order["scenario"] in ("not_due", "missing") and order["n"] % 3:
                yield self.shipped(order, f"T{self.profile['short'][1]}{order['n']:06d}", date(2025, 10, 27),
                                   f"T{order['n']:05d}", "2027-09-30", order["pieces"])

    def receipts_of(self, order):
        if not hasattr(self, "by_order"):
            self.by_order = {}
            for receipt in self.receipts:
                if receipt["tipo"] == "entrega":
                    self.by_order.setdefault(receipt["order"]["number"], []).append(receipt)
        return self.by_order.get(order["number"], [])

    def shipped(self, order, number, sent, lot, expiry, pieces):
        return shipment(order["contract"]["number"], order["number"], order["line"]["clave"],
                        fictitious_rfc(order["contract"]["supplier"]), number, sent, lot, expiry, pieces, sent)

    def decision_rows(self):
        late = [o for o in self.orders if o["scenario"] == "late" and chance(150, self.name, o["n"], "notify")]
        return [decision(self.profile["short"], i, o["contract"]["number"], o["number"], o["line"]["clave"])
                for i, o in enumerate(late)]

    def write(self, root):
        out = Output(root, self.name)
        first, later = self.order_files()
        receipts, corrections = self.receipt_files()
        out.template("contratos.csv", "contratos", CONTRACT_COLUMNS, list(self.contract_rows()))
        out.template("partidas.csv", "partidas", LINE_COLUMNS, list(self.line_rows()))
        out.template("ordenes.csv", "ordenes", ORDER_COLUMNS, first)
        out.template("remisiones.csv", "remisiones", SHIPMENT_COLUMNS, list(self.shipment_rows()))
        out.template("recepciones.csv", "recepciones", RECEIPT_COLUMNS, receipts)
        out.template("recepciones_correccion.csv", "recepciones", RECEIPT_COLUMNS, corrections)
        out.template("ordenes_tardias.csv", "ordenes", ORDER_COLUMNS, later)
        out.template("decisiones.csv", "decisiones", DECISION_COLUMNS, self.decision_rows())
        return out
