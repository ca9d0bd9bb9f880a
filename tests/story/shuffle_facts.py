"""The same facts in many copies, each shuffled its own way with repetitions and old versions.

ISSSTE's, in the plain template: there each row says which day it speaks of.
"""
import csv
import random

from chain import DEMO

INSTITUTION = "issste"
SOURCES = {
    "plantilla.contratos": ["contratos.csv"],
    "plantilla.partidas": ["partidas.csv"],
    "plantilla.ordenes": ["ordenes.csv", "ordenes_tardias.csv"],
    "plantilla.remisiones": ["remisiones.csv"],
    "plantilla.recepciones": ["recepciones.csv", "recepciones_correccion.csv"],
    "plantilla.decisiones": ["decisiones.csv"],
}
# What tells a fact from others, and what of it an older version may have said instead.
KEYS = {
    "plantilla.contratos": (["contrato"], "garantia_monto"),
    "plantilla.partidas": (["contrato", "clave"], "cantidad_maxima"),
    "plantilla.ordenes": (["contrato", "orden", "clave"], "cantidad"),
    "plantilla.remisiones": (["proveedor_rfc", "remision", "contrato", "orden", "clave", "lote"], "piezas"),
    "plantilla.recepciones": (["recepcion"], "piezas"),
    "plantilla.decisiones": (["decision"], "oficio"),
}
RENAMED = ["contrato", "orden", "remision", "recepcion", "decision"]


def base_facts(limit=300):
    """{layout: [row]} of some contracts of the demonstration, whole, at most `limit` facts."""
    rows = {layout: [row for name in names for row in csv.DictReader(
        open(DEMO / INSTITUTION / name, encoding="utf-8-sig", newline=""))] for layout, names in SOURCES.items()}
    chosen, count = set(), 0
    # Contracts with a decision first: they have penalties that were notified.
    decided = [row["contrato"] for row in rows["plantilla.decisiones"]]
    for contract in dict.fromkeys(decided + [row["contrato"] for row in rows["plantilla.contratos"]]):
        size = sum(row["contrato"] == contract for facts in rows.values() for row in facts)
        if count + size <= limit:
            chosen.add(contract)
            count += size
    return {layout: [row for row in facts if row["contrato"] in chosen] for layout, facts in rows.items()}


def copy_of(row, tag):
    """The same fact under names of its own; tags are equally long, so what is sorted stays sorted."""
    return {**row, **{name: f"{tag}{row[name]}" for name in RENAMED if row.get(name)}}


def older(row, layout, rng):
    """An older version of the fact that said something else."""
    _, member = KEYS[layout]
    said = row[member]
    wrong = f"{said}-VIEJO" if member == "oficio" else str(int(float(said or 0)) + rng.randrange(1, 50))
    return {**row, member: wrong, "corte": "2025-05-02"}


def write_copies(folder, copies, parts, seed):
    """Writes `parts` files per layout over all copies; returns [(file, layout)] in a shuffled order."""
    rng = random.Random(seed)
    facts = base_facts()
    files = []
    for layout, rows in facts.items():
        spread = [[] for _ in range(parts)]
        for copy in range(copies):
            mine = [copy_of(row, f"K{copy:03d}-") for row in rows]
            mine += [older(row, layout, rng) for row in mine if rng.random() < 0.3]
            mine += [row for row in mine if rng.random() < 0.2]
            rng.shuffle(mine)
            for row in mine:
                spread[rng.randrange(parts)].append(row)
        for part, content in enumerate(spread):
            file = folder / f"{layout}-{part}.csv"
            with open(file, "w", encoding="utf-8", newline="") as out:
                writer = csv.DictWriter(out, fieldnames=list(rows[0]))
                writer.writeheader()
                writer.writerows(content)
            files.append((file, layout))
    rng.shuffle(files)
    return files
