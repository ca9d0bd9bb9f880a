"""IMSS-Bienestar: the real receipts in disguise, and invented companions that fit them."""

import re
from collections import Counter, OrderedDict
from datetime import date, timedelta
from decimal import Decimal

from demo_common import (CAPTURED, CLAVE, CLUES_CDMX, CNS, CONTRACT, CONTRACT_COLUMNS, CORRECTION_DAY,
    DECISION_COLUMNS, DELIVERED, DEMO, EXPIRY, KIND, LAST_DAY, LINE_COLUMNS, LOT, NAME, ORDER, Output, PIECES,
    PIECES_AGAIN, PORTAL_COLUMNS, PRICE, PROCEDURE, RECEIPT_COLUMNS, REMISION, RFC, SHIPMENT_COLUMNS,
    SHORT_CLAVE, SITE, SUBTOTAL, SUPPLIER, TOTAL, VAT_TOTAL, canonical_contract, chance, clean, csv_text, dmy,
    draw, e4, guarantee, legal_regime, maximum_for, money, rfc_flaw, terms)


def bienestar_orders(rows):
    """One order line per PEDIDO and clave of the purchase's own contracts, with due dates that are invented."""
    lines = OrderedDict()
    for row in rows:
        if row[KIND] not in ("IMSS-BIENESTAR", "IMSS-BIENESTAR/BIRMEX") or "NAN" in (row[ORDER], row[CONTRACT]):
            continue
        lines.setdefault((row[ORDER].strip(), row[CLAVE]), []).append(row)
    orders = []
    for (number, clave), got in lines.items():
        pieces = sum(int(row[PIECES]) for row in got)
        days = sorted(date.fromisoformat(row[DELIVERED]) for row in got)
        key, case = (number, clave), draw(1000, number, clave, "quantity")
        ordered, status = pieces, "Vigente"
        if clave == SHORT_CLAVE or case < 100:
            ordered = pieces + max(1, pieces * (10 + draw(50, *key, "short")) // 100)
        elif case < 145:
            ordered, status = pieces + max(1, pieces * (20 + draw(50, *key, "cut")) // 100), "Cancelada"
        elif case < 265 and pieces > 1:
            ordered = pieces - max(1, pieces * (5 + draw(15, *key, "over")) // 100)
        if chance(190, *key, "late"):
            due = days[0] - timedelta(1 + draw(12, *key, "late days"))
        else:
            due = days[-1] + timedelta(draw(13, *key, "slack"))
        orders.append({"number": number, "clave": clave, "rows": got, "ordered": ordered, "received": pieces,
                       "status": status, "due": due, "price": e4(got[0][PRICE]), "contract": got[0][CONTRACT]})
    return orders


def bienestar_unreceived(orders):
    """Orders nobody delivered: some cancelled, some simply missing, some shipped and on their way."""
    extra = []
    for i, model in enumerate(sorted(orders, key=lambda o: draw(1 << 60, o["number"], o["clave"], "pick"))[:160]):
        status = "Cancelada" if i < 95 else "Vigente"
        due = date(2025, 7, 1) + timedelta(draw(85, i, "due")) if i < 135 else date(2025, 11, 3) + timedelta(i % 20)
        extra.append({**model, "number": f"IMBB-09-02-2025-099{i + 1:05d}-U013", "rows": [], "received": 0,
                      "status": status, "due": due, "transit": 95 <= i})
    return extra


def portal_row(order, status):
    row = order["model_row"]
    code, unit = CLUES_CDMX[draw(len(CLUES_CDMX), order["number"], "unit")]
    words = {"Cancelada": "Cancelada", "Vigente": "Entregada" if order["received"] else "Autorizada"}[status]
    issued = order["due"] - timedelta(14 + draw(8, order["number"], "issue"))
    return [order["number"], order["contract"], row[RFC], row[SUPPLIER], order["clave"], short_name(row),
            money(order["price"]), order["ordered"], row[SITE].strip(), code, "CIUDAD DE MEXICO", unit, words,
            dmy(issued), dmy(order["due"]), row[PROCEDURE], order["rows"][0][REMISION].strip() if order["rows"] else "",
            status]


def short_name(row):
    return re.sub(r'[\s|"]+', " ", row[NAME]).strip()[:70].strip()


def bienestar(root, header, real, disguise):
    out = Output(root, "imss-bienestar")
    rows = [disguise.row(row) for row in real]
    orders = bienestar_orders(rows)
    for order in orders:
        order["model_row"] = order["rows"][0]
    orders += bienestar_unreceived(orders)
    known = [o for o in orders if not (o["rows"] and draw(140, o["number"], "no order") == 0)]

    bienestar_contracts(out, rows, orders)
    late_known = {id(o) for o in known if chance(65, o["number"], o["clave"], "late capture")}
    changed = {id(o) for o in known if o["status"] == "Cancelada" and id(o) not in late_known
               and chance(400, o["number"], "cancelled later")}
    first = [portal_row(o, "Vigente" if id(o) in changed else o["status"]) for o in known if id(o) not in late_known]
    later = [portal_row(o, o["status"]) for o in known if id(o) in late_known or id(o) in changed]
    older = []
    for order in known:
        if order["rows"] and id(order) not in late_known and chance(50, order["number"], "old order"):
            row = portal_row({**order, "due": order["due"] - timedelta(20)}, "Vigente")
            row[7] += 10
            older.append(row)
    portal = "imss-bienestar.ordenes"
    warehouse = "imss-bienestar.recepciones-cdmx"
    out.text("ordenes_suministro.csv", csv_text([PORTAL_COLUMNS] + first, delimiter="|"), portal, date(2025, 9, 30))
    out.template("remisiones.csv", "remisiones", SHIPMENT_COLUMNS, bienestar_shipments(orders))
    out.text("recepciones_cdmx_2025.csv", csv_text([header] + rows, "\r\n"), warehouse, None)
    corrected, old = bienestar_snapshots(rows)
    out.text("recepciones_cdmx_2025_correccion.csv", csv_text([header] + corrected, "\r\n"), warehouse, None)
    out.text("recepciones_cdmx_2025_anterior.csv", csv_text([header] + old, "\r\n"), warehouse, None)
    out.text("ordenes_suministro_tardias.csv", csv_text([PORTAL_COLUMNS] + later, delimiter="|"), portal,
             CORRECTION_DAY)
    out.text("ordenes_suministro_anterior.csv", csv_text([PORTAL_COLUMNS] + older, delimiter="|"), portal,
             date(2025, 8, 31))
    out.template("devoluciones.csv", "recepciones", RECEIPT_COLUMNS, bienestar_returns(known))
    out.template("decisiones.csv", "decisiones", DECISION_COLUMNS, bienestar_decisions(known))
    return out, rows


def bienestar_contracts(out, rows, orders):
    lines, heads = OrderedDict(), OrderedDict()
    for order in orders:
        number = canonical_contract(order["contract"])
        line = lines.setdefault((number, order["clave"]), {"ordered": 0, "prices": Counter(), "row": order["model_row"]})
        line["ordered"] += order["ordered"]
        line["prices"][order["price"]] += 1
        head = heads.setdefault(number, {"rfc": Counter(), "row": order["model_row"], "lines": []})
        for row in order["rows"]:
            head["rfc"][(row[RFC], row[SUPPLIER])] += 1
    partidas = []
    for (number, clave), line in lines.items():
        price = min(line["prices"].items(), key=lambda item: (-item[1], item[0]))[0]
        most = maximum_for(line["ordered"], number, clave)
        heads[number]["lines"].append({"max": most, "price": price})
        partidas.append({"contrato": number, "clave": clave, "descripcion": short_name(line["row"]),
                         "cantidad_minima": most * 2 // 5, "cantidad_maxima": most, "precio_unitario": money(price),
                         "corte": "2025-06-01", "naturaleza": DEMO})
    contracts = []
    for number, head in heads.items():
        (rfc, name), _ = min(head["rfc"].items(), key=lambda i: (rfc_flaw(i[0][0]) != "none", -i[1], i[0]))
        contracts.append({"contrato": number, "proveedor_rfc": rfc, "proveedor": name,
                          "procedimiento": head["row"][PROCEDURE], "fecha_inicio": "2025-04-01",
                          "fecha_fin": "2025-12-31", "regimen_legal": legal_regime(head["row"][PROCEDURE]),
                          "garantia_monto": guarantee(number, head["lines"]), **terms(number, "fisica"),
                          "corte": "2025-06-01", "naturaleza": DEMO})
    out.template("contratos.csv", "contratos", CONTRACT_COLUMNS, contracts)
    out.template("partidas.csv", "partidas", LINE_COLUMNS, partidas)


def bienestar_shipments(orders):
    """What the remisiones of the receipts carried; one in twenty-five shipped more or less than arrived."""
    shipments = OrderedDict()
    for order in orders:
        for row in order["rows"]:
            key = (row[RFC], row[REMISION].strip(), canonical_contract(row[CONTRACT]), order["number"], row[CLAVE],
                   clean(row[LOT]))
            ship = shipments.setdefault(key, {"pieces": 0, "day": row[DELIVERED], "expiry": clean(row[EXPIRY])[:10]})
            ship["pieces"] += int(row[PIECES])
    rows = []
    for (rfc, number, contract, order, clave, lot), ship in shipments.items():
        key = (rfc, number, order, clave, lot)
        sent = date.fromisoformat(ship["day"]) - timedelta(draw(4, rfc, number, "sent"))
        pieces = ship["pieces"]
        if chance(40, *key, "differs"):
            pieces = pieces + max(1, pieces // 20) if pieces == 1 or chance(600, *key, "more") else pieces - max(
                1, pieces // 20)
        rows.append(shipment(contract, order, clave, rfc, number, sent, lot, ship["expiry"], pieces,
                             date.fromisoformat(ship["day"])))
    rows += bienestar_transit(orders)
    return rows


def bienestar_transit(orders):
    """On the way at the end; a remisión that covers several contracts of one supplier occurs here."""
    rows, last = [], {}
    for order in orders:
        if not order.get("transit"):
            continue
        model = order["model_row"]
        number = last.get(model[RFC]) or f"9{draw(10 ** 9, order['number'], 'remision'):09d}"
        last[model[RFC]] = number
        sent = date(2025, 10, 20)
        rows.append(shipment(canonical_contract(order["contract"]), order["number"], order["clave"], model[RFC], number,
                             sent, f"DEMO{draw(9000, order['number'], 'lot') + 1000}", "2027-10-31", order["ordered"],
                             sent))
    return rows


def shipment(contract, order, clave, rfc, number, sent, lot, expiry, pieces, cut):
    return {"contrato": contract, "orden": order, "clave": clave, "proveedor_rfc": rfc, "remision": number,
            "fecha_remision": str(sent), "lote": lot, "caducidad": expiry, "piezas": pieces, "corte": str(cut),
            "naturaleza": DEMO}


def with_pieces(row, pieces, captured):
    """The row as it would stand with other pieces: amounts follow, without the float noise."""
    row, price = list(row), Decimal(row[PRICE])
    rate = Decimal("0.16") if Decimal(row[VAT_TOTAL]) else Decimal(0)
    row[PIECES] = row[PIECES_AGAIN] = str(pieces)
    row[SUBTOTAL] = str((price * pieces).quantize(Decimal("0.01")))
    row[VAT_TOTAL] = str((price * pieces * rate).quantize(Decimal("0.01")))
    row[TOTAL] = str((price * pieces * (1 + rate)).quantize(Decimal("0.01")))
    row[CAPTURED] = str(captured)
    return row


def bienestar_snapshots(rows):
    """A later extract with corrected rows, and an older one that comes after it and must not win."""
    corrected, old = [], []
    for row in rows:
        pieces = int(row[PIECES])
        if chance(65, row[CNS], "correct"):
            kind = draw(3, row[CNS], "correction")
            new = with_pieces(row, pieces, CORRECTION_DAY)
            if kind == 0:
                new = with_pieces(row, pieces + max(1, pieces // 50), CORRECTION_DAY)
            elif kind == 1 and pieces > 1:
                new = with_pieces(row, pieces - max(1, pieces // 50), CORRECTION_DAY)
            else:
                new[LOT] = f"{row[LOT].strip()}-C"
            corrected.append(new)
        if row[CAPTURED] <= "2025-08-28" and chance(75, row[CNS], "old"):
            old.append(with_pieces(row, pieces + 3, date.fromisoformat(row[CAPTURED])))
    return corrected, old


def bienestar_returns(orders):
    rows = []
    for order in orders:
        if order["received"] < 4 or order["status"] != "Vigente" or not chance(30, order["number"], "return"):
            continue
        last = order["rows"][-1]
        day = min(LAST_DAY, date.fromisoformat(last[DELIVERED]) + timedelta(12 + draw(20, order["number"], "back")))
        rows.append({"recepcion": f"DEV-IB-{len(rows) + 1:04d}", "contrato": canonical_contract(order["contract"]),
                     "orden": order["number"], "clave": order["clave"], "remision": last[REMISION].strip(),
                     "lote": clean(last[LOT]), "caducidad": clean(last[EXPIRY])[:10],
                     "piezas": max(1, int(last[PIECES]) // 4), "piezas_rechazadas": 0, "fecha_fisica": str(day),
                     "fecha_remision": str(day), "fecha_alta": str(day), "fecha_captura": str(day),
                     "tipo": "devolucion", "corte": str(day), "naturaleza": DEMO})
    return rows


def bienestar_decisions(orders):
    late = [o for o in orders if o["rows"] and o["status"] == "Vigente"
            and date.fromisoformat(o["rows"][0][DELIVERED]) - o["due"] >= timedelta(6)
            and chance(120, o["number"], "notify")]
    return [decision("IB", i, canonical_contract(o["contract"]), o["number"], o["clave"]) for i, o in enumerate(late)]


def decision(prefix, i, contract, order, clave):
    day = date(2025, 10, 6) + timedelta(i % 18)
    return {"decision": f"DEC-{prefix}-{i + 1:03d}", "tipo": "notificacion", "contrato": contract, "orden": order,
            "clave": clave, "fecha": str(day), "oficio": f"DEMO/{prefix}/CA/{i + 101:04d}/2025",
            "actor": "ADMINISTRADOR DEL CONTRATO (DEMOSTRACIÓN)", "fundamento": "Cláusula de penas convencionales",
            "evidencia": f"demo/oficios/{prefix.lower()}-{i + 101:04d}.pdf", "corte": str(day), "naturaleza": DEMO}
