"""A stream of invented facts of which the end is known: late, partial, corrected, repeated and out of order.

`Stream(seed, contracts)` gives the same acts whenever it is asked with the same numbers; an act is a file for a gateway,
a report for an inbox, or days to be closed. What must be judged in the end follows from the facts alone, by arithmetic
of its own: nothing of the services' code is used.
"""
import collections
import dataclasses
import datetime
import json
import random

CLAVES = ["010.000.2540.00", "010.000.0071.00", "010.000.0080.00"]
FIRST_DAY, LAST_DAY = datetime.date(2025, 6, 1), datetime.date(2025, 9, 30)
CUT = "2025-05-31"
FULL_BP = 10_000
# What a report of the template is called in an inbox.
REPORTS = {"contratos": "ContractReport", "partidas": "LineReport", "ordenes": "OrderReport",
           "remisiones": "ShipmentReport", "recepciones": "ReceiptReport"}
ROWS_PER_FILE = 25
# Where a contract's facts come from: institution, and by what.
WAYS = [("issste", "file"), ("imss", "inbox"), ("imss", "file"), ("issste", "inbox")]
# A row that cannot be read, one in so many: it goes to quarantine, and nothing else of it is seen.
UNREADABLE_ONE_IN = 60


@dataclasses.dataclass
class File:
    institution: str
    name: str
    layout: str
    rows: list


@dataclasses.dataclass
class Report:
    institution: str
    ce_id: str
    ce_type: str
    body: dict


@dataclasses.dataclass
class Close:
    first: datetime.date
    last: datetime.date


def text_of(date):
    return date.isoformat()


class Contract:
    """The facts of one contract, and what is owed by them."""

    def __init__(self, seed, number):
        self.rng = random.Random(f"{seed}/{number}")
        self.institution, self.way = WAYS[number % len(WAYS)]
        self.number = f"CAOS-{seed}-{number:05d}"
        self.rate_bp = self.rng.choice([100, 200, 250])
        self.missing = self.rng.choice(["al_tope", "ninguna"])
        self.orders = []
        self.rows = []  # (kind, row), newest versions in their order
        self.old = []  # versions that lose
        self.describe()

    def put(self, kind, row):
        self.rows.append((kind, {**row, "naturaleza": "demostracion"}))

    def describe(self):
        rng = self.rng
        self.put("contratos", {
            "contrato": self.number, "proveedor_rfc": "XFI000101050", "proveedor": "PROVEEDOR FICTICIO",
            "procedimiento": "IA-12-NEF-012NEF001-I-30-2025", "fecha_inicio": "2025-05-01", "fecha_fin": "2025-12-31",
            "regimen_legal": "laassp-2025", "pena_clausula": "Cláusula (demostración)",
            "pena_tasa_diaria_pb": self.rate_bp, "pena_dias": "naturales", "pena_gracia_dias": 0, "pena_tope_pb": 1000,
            "pena_fecha_que_cuenta": "fisica", "pena_faltantes": self.missing, "corte": CUT})
        for clave in rng.sample(CLAVES, 2):
            price_e4 = rng.randrange(10_000, 3_000_000)
            self.put("partidas", {"contrato": self.number, "clave": clave, "cantidad_minima": 10,
                                  "cantidad_maxima": 100_000,
                                  "precio_unitario": f"{price_e4 // 10_000}.{price_e4 % 10_000:04d}", "corte": CUT})
            for _ in range(rng.randrange(1, 3)):
                self.orders.append(Order(self, clave, price_e4, len(self.orders)))


class Order:
    def __init__(self, contract, clave, price_e4, position):
        rng = contract.rng
        self.contract, self.clave, self.price_e4 = contract, clave, price_e4
        self.number = f"{contract.number}-O{position}"
        self.pieces = rng.randrange(50, 500)
        self.due = datetime.date(2025, 6, 10) + datetime.timedelta(rng.randrange(40))
        self.receipts = []  # (date, pieces) as they stand in the end
        self.shipped = 0
        price = f"{price_e4 // 10_000}.{price_e4 % 10_000:04d}"
        row = {"contrato": contract.number, "orden": self.number, "clave": clave, "cantidad": self.pieces,
               "precio_unitario": price, "fecha_emision": text_of(self.due - datetime.timedelta(14)),
               "fecha_limite": text_of(self.due), "estatus": "vigente",
               "corte": text_of(self.due - datetime.timedelta(13))}
        contract.put("ordenes", row)
        if rng.random() < 0.3:
            contract.old.append(("ordenes", {**row, "cantidad": self.pieces + rng.randrange(1, 90), "corte": "2025-05-20",
                                             "naturaleza": "demostracion"}))
        self.receive(rng)

    def receive(self, rng):
        left, parts = self.pieces, rng.randrange(0, 4)
        for part in range(parts):
            pieces = left if part == parts - 1 and rng.random() < 0.6 else rng.randrange(0, left) // 2 + 1
            pieces = min(pieces, left)
            if pieces == 0:
                break
            left -= pieces
            came = self.due + datetime.timedelta(rng.randrange(-6, 14))
            self.receipts.append((came, pieces))
            self.report(rng, part, came, pieces)

    def report(self, rng, part, came, pieces):
        contract, receipt = self.contract, f"{self.number}-R{part}"
        lot, remission = f"L{part}{rng.randrange(10_000)}", f"{self.number}-M{part}"
        row = {"recepcion": receipt, "contrato": contract.number, "orden": self.number, "clave": self.clave,
               "remision": remission, "lote": lot, "caducidad": "2027-12-31", "piezas": pieces, "piezas_rechazadas": 0,
               "fecha_fisica": text_of(came), "fecha_remision": text_of(came), "fecha_alta": text_of(came),
               "fecha_captura": text_of(came + datetime.timedelta(3)), "tipo": "entrega",
               "corte": text_of(came + datetime.timedelta(60))}
        contract.put("recepciones", row)
        if rng.random() < 0.4:  # what was said of it before, and corrected since
            contract.old.append(("recepciones", {**row, "piezas": pieces + rng.randrange(1, 40),
                                                 "corte": text_of(came + datetime.timedelta(rng.randrange(1, 50))),
                                                 "naturaleza": "demostracion"}))
        if rng.random() < 0.6:
            self.shipped += pieces
            contract.put("remisiones", {
                "contrato": contract.number, "orden": self.number, "clave": self.clave, "proveedor_rfc": "XFI000101050",
                "remision": remission, "fecha_remision": text_of(came), "lote": lot, "caducidad": "2027-12-31",
                "piezas": pieces, "corte": text_of(came + datetime.timedelta(1))})

    @property
    def id(self):
        return f"{self.contract.institution}/{self.contract.number}|{self.number}|{self.clave}"

    @property
    def accepted(self):
        return sum(pieces for _, pieces in self.receipts)

    def centavos(self):
        """What is owed: price x pieces x days x rate of each late part, at most the tenth of the late parts' value."""
        cap_bp, rate_bp = 1000, self.contract.rate_bp
        to_cap = -(-cap_bp // rate_bp)
        parts = [(pieces, (came - self.due).days) for came, pieces in self.receipts]
        missing = self.pieces - self.accepted
        if missing and self.contract.missing == "al_tope":
            parts.append((missing, to_cap))  # the last day lies far behind every due date
        late = [(pieces, days) for pieces, days in parts if days > 0]
        owed = sum(self.price_e4 * pieces * days * rate_bp for pieces, days in late)
        cap = sum(self.price_e4 * pieces * cap_bp for pieces, _ in late)
        return (2 * min(owed, cap) + 1_000_000) // 2_000_000


class Stream:
    def __init__(self, seed, contracts):
        self.seed = seed
        self.contracts = [Contract(seed, number) for number in range(contracts)]
        self.acts = []
        self.unreadable = collections.Counter()  # (institution, way)
        self.rows = collections.Counter()
        self.report_count = 0
        self.make(random.Random(f"{seed}/acts"))

    # -- in which order ---------------------------------------------------------------------------

    def make(self, rng):
        """Each fact has a place in time; most come near their contract's, some much later, repetitions anywhere behind."""
        timed = []
        for at, contract in enumerate(self.contracts):
            for kind, row in contract.rows + contract.old:
                place = at + (rng.expovariate(1 / 8) if rng.random() < 0.9 else rng.random() * len(self.contracts))
                timed.append((place, len(timed), contract, kind, row))
                if rng.random() < 0.25:
                    timed.append((place + rng.expovariate(1 / 10), len(timed), contract, kind, row))
        timed.sort(key=lambda one: one[:2])
        gathered = collections.defaultdict(list)
        days = (LAST_DAY - FIRST_DAY).days
        closed = 0
        for done, (_, _, contract, kind, row) in enumerate(timed):
            row = self.spoil(rng, contract, kind, row)
            if contract.way == "inbox":
                self.report(rng, contract, kind, row)
            else:
                key = contract.institution, kind
                gathered[key].append(row)
                if len(gathered[key]) >= ROWS_PER_FILE:
                    self.file(*key, gathered.pop(key))
            due = days * done // len(timed)
            if due > closed + 5:
                self.acts.append(Close(FIRST_DAY + datetime.timedelta(closed), FIRST_DAY + datetime.timedelta(due - 1)))
                closed = due
        for key, rows in gathered.items():
            self.file(*key, rows)
        self.acts.append(Close(FIRST_DAY + datetime.timedelta(closed), LAST_DAY))

    def spoil(self, rng, contract, kind, row):
        """Now and then a row of its own comes before it that nobody can read."""
        if kind == "recepciones" and rng.randrange(UNREADABLE_ONE_IN) == 0:
            bad = {**row, "recepcion": f"{row['recepcion']}-MAL{self.rows.total()}", "piezas": "PENDIENTE"}
            self.unreadable[contract.institution, contract.way] += 1
            if contract.way == "inbox":
                self.report(rng, contract, kind, bad, once=True)
            else:
                self.file(contract.institution, kind, [bad])
        return row

    def report(self, rng, contract, kind, row, once=False):
        body = {name: value for name, value in row.items() if value != ""}
        self.report_count += 1
        report = Report(contract.institution, f"{self.seed}-{self.report_count}", f"mx.abasto.inbox.{REPORTS[kind]}", body)
        self.acts.append(report)
        self.rows[contract.institution, "inbox"] += 1
        if not once and rng.random() < 0.1:  # published again by a sender that is not sure
            self.acts.append(report)
            self.rows[contract.institution, "inbox"] += 1

    def file(self, institution, kind, rows):
        number = sum(isinstance(act, File) for act in self.acts)
        self.acts.append(File(institution, f"caos-{number:05d}-{kind}.csv", f"plantilla.{kind}", rows))
        self.rows[institution, "file"] += len(rows)

    # -- what is known of it ----------------------------------------------------------------------

    @property
    def inputs(self):
        """Rows of files, reports and days: each of them one input."""
        return self.rows.total() + (LAST_DAY - FIRST_DAY).days + 1

    def orders(self):
        return [order for contract in self.contracts for order in contract.orders]

    def reports(self, institution):
        return [act for act in self.acts if isinstance(act, Report) and act.institution == institution]

    def files(self, institution=None):
        return [act for act in self.acts if isinstance(act, File) and institution in (None, act.institution)]


def report_bytes(report):
    return json.dumps(report.body, ensure_ascii=False).encode()
