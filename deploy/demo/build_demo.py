#!/usr/bin/env python3
"""Builds deploy/demo and tests/data/recepciones_otro_mes.* from the real files in tests/data.

    python3 deploy/demo/build_demo.py [ROOT]     # ROOT: where to write, the repository by default

The same bytes every run: no clock, no random source but SHA-256 of each row's own key.
What is real and what is invented: deploy/demo/LEEME.md.
"""

import csv
import json
import re
import sys
from collections import OrderedDict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

sys.dont_write_bytecode = True  # the folder holds data; nothing else may appear in it

from demo_bienestar import bienestar, with_pieces  # noqa: E402
from demo_common import (CAPTURED, CLAVE, CNS, CONTRACT, DELIVERED, Disguise, EXPIRY, LOT, ORDER, PIECES,
    PIECES_AGAIN, PRICE, REAL_CATALOGUE, REMISION, REPO, SHORT_CLAVE, csv_text, draw, e4, read_receipts)  # noqa: E402
from demo_imss import Imss  # noqa: E402
from demo_peers import Peer  # noqa: E402


def catalogue():
    """Distinct claves in canonical form; the one that the source cuts short has no canonical form."""
    claves = OrderedDict()
    with open(REAL_CATALOGUE, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            clave = row["Clave"].strip()
            if re.fullmatch(r"\d{3}\.\d{3}\.\d{4}(\.\d{2})?", clave) and clave not in claves:
                claves[clave] = (" ".join(row["Nombre genérico"].split()),
                                 " ".join(f"{row['Forma farmacéutica']}. {row['Presentación y envase']}".split()))
    return claves


def stock_of(rows, claves):
    """Claves really received, with a real price: what the other two institutions are made to buy."""
    stock = OrderedDict()
    for row in rows:
        if row[CLAVE] in claves and Decimal(row[PRICE]) > 0:
            stock.setdefault(row[CLAVE], (row[CLAVE], claves[row[CLAVE]][0], e4(row[PRICE])))
    picked = sorted(stock.values(), key=lambda item: (item[0] != SHORT_CLAVE, draw(1 << 60, item[0], "stock")))
    return picked[:150]


QUARANTINED = [  # column, position, values that cannot be read
    ("CANTIDAD RECIBIDA", PIECES, ["", "NAN", "PENDIENTE", "S/D", "#¡REF!"]),
    ("FECHA DE ENTREGA", DELIVERED, ["", "NAN", "2025-02-31", "POR DEFINIR"]),
    ("CNS", CNS, ["", "NAN"]),
]
WARNED = [(PIECES, "1,200"), (PIECES, " 350 "), (PIECES, "119.99999999999999"), (PIECES, "-50"), (PIECES, "0"),
          (PIECES, "400.0"), (DELIVERED, "15/09/2025"), (DELIVERED, "2025-09-16 00:00:00"), (CLAVE, "2231-0167"),
          (CLAVE, "060.999.9999"), (ORDER, "IMBB-09-0-2025-09133711-U013"), (ORDER, "NAN"), (CONTRACT, "NAN"),
          (LOT, "S/L"), (EXPIRY, "S/C"), (PRICE, "NAN")]


def other_month(root, header, rows):
    """September as the warehouse would send it, with dirt of every kind the rules speak of."""
    out, expected = [], []
    for row in rows[60::8][:400]:
        row = list(row)
        row[CNS] = str(int(row[CNS]) + 10000)
        row[DELIVERED] = str(date(2025, 9, 1) + timedelta(draw(29, row[CNS], "day")))
        row[CAPTURED] = str(date.fromisoformat(row[DELIVERED]) + timedelta(draw(20, row[CNS], "capture")))
        row[ORDER] = re.sub(r"-09(\d{6})-", lambda m: f"-09{(int(m[1]) + 40000) % 10 ** 6:06d}-", row[ORDER])
        row[REMISION] = str(draw(9 * 10 ** 9, row[REMISION], "remision") + 10 ** 9)
        out.append(row)
    at = 10
    for column, position, values in QUARANTINED:
        for value in values:
            out[at][position] = value
            if position == PIECES:
                out[at][PIECES_AGAIN] = value
            expected.append({"row": at + 1, "column": column, "found": value})
            at += 9
    doubtful = []
    for position, value in WARNED:
        out[at][position] = value
        if position == PIECES:
            out[at][PIECES_AGAIN] = value
        doubtful.append({"row": at + 1, "column": " ".join(header[position].split()), "found": value})
        at += 9
    again = list(out[5])
    twin = [str(int(out[6][CNS]) + 50000)] + out[6][1:]
    newer = with_pieces(out[7], int(out[7][PIECES]) + 2, date.fromisoformat(out[7][CAPTURED]))
    blank = [""] * len(header)
    out += [again, twin, newer, blank]
    expected.append({"row": len(out), "column": "CNS", "found": ""})
    folder = root / "tests/data"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "recepciones_otro_mes.csv").write_bytes((csv_text([header] + out, "\r\n") + "\r\n").encode())
    verdict = {
        "rows": len(out), "taken": len(out) - len(expected) - 1, "unchanged": 1, "quarantined": len(expected),
        "quarantined_rows": expected, "doubtful_but_taken": doubtful,
        "unchanged_row": len(out) - 3, "same_content_other_cns_row": len(out) - 2,
        "same_cns_other_content_row": len(out) - 1,
        "why": "rows counts data records, the empty last line is none; row is 1 for the first record after the header. "
               "Quarantined is only what has no readable quantity, date or identity; a negative quantity is readable "
               "(taken as a return, with a warning), zero too. taken includes warned; the exact repetition is unchanged.",
    }
    (folder / "recepciones_otro_mes.expected.json").write_text(
        json.dumps(verdict, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def main():
    root = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else REPO
    header, real = read_receipts()
    out, rows = bienestar(root, header, real, Disguise(real))
    claves = catalogue()
    order = list(out.order)
    stock = stock_of(rows, claves)
    for peer in (Imss("imss", stock), Peer("issste", stock)):
        peer.build()
        order += peer.write(root).order
    (root / "deploy/demo/carga.csv").write_text(
        csv_text([("institucion", "archivo", "layout")] + order), encoding="utf-8")
    folder = root / "deploy/demo/catalogo"
    folder.mkdir(parents=True, exist_ok=True)
    table = [("clave", "nombre", "presentacion")] + [(clave, *words) for clave, words in sorted(claves.items())]
    (folder / "claves.csv").write_text(csv_text(table), encoding="utf-8")
    other_month(root, header, rows)


if __name__ == "__main__":
    main()
