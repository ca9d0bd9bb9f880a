"""What a chain has judged, in a form that two chains can be compared by."""
import json

# What depends on how the data came (in which batches, which version first) and not on what is judged.
PASSING = {"digest", "revision", "facts", "shard", "json"}
# The tables that are compared, and which of their rows stand: a row of something that was reported and then
# withdrawn is there or not depending on what came in between.
TABLES = {
    "order_line": "ordered_pieces is not null or delivery_status is not null or penalty_status is not null",
    "contract_line": "not withdrawn",
    "finding": "open",
}


def without_passing(value):
    if isinstance(value, dict):
        return {name: without_passing(inner) for name, inner in value.items() if name not in PASSING}
    if isinstance(value, list):
        return [without_passing(inner) for inner in value]
    return value


def columns_of(chain, table):
    rows = chain.sql("select column_name from information_schema.columns where table_schema = 'monitor' "
                     f"and table_name = '{table}' order by 1", ["principal"])
    return [name for (name,) in rows if name not in PASSING]


def judgements(chain):
    """{name: sorted lines} of everything that stands in the read models and of every penalty."""
    standing = {}
    for table, stands in TABLES.items():
        columns = columns_of(chain, table)
        assert columns, f"monitor has no table {table}"
        rows = chain.sql(f"select {', '.join(columns)} from monitor.{table} where {stands}")
        standing[table] = sorted(json.dumps(dict(zip(columns, row)), ensure_ascii=False) for row in rows)
    penalties = [without_passing(json.loads(line)) for line in chain.penalties().splitlines()]
    standing["penalties"] = sorted(json.dumps(penalty, sort_keys=True, ensure_ascii=False) for penalty in penalties)
    return standing


def difference(expected, found, most=5):
    """Sentences about what differs; empty when nothing does."""
    said = []
    for name in expected:
        lost = sorted(set(expected[name]) - set(found[name]))
        new = sorted(set(found[name]) - set(expected[name]))
        if lost or new or len(expected[name]) != len(found[name]):
            said.append(f"{name}: {len(expected[name])} expected, {len(found[name])} found")
            said += [f"  - {line}" for line in lost[:most]] + [f"  + {line}" for line in new[:most]]
    return said
