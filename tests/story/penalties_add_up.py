#!/usr/bin/env python3
"""abasto explain --all --json | penalties_add_up.py: multiplies each penalty's printed steps and compares.

price_e4 (1/10,000 peso) x pieces x days x rate_bp (1/10,000) is a count of millionths of a centavo; the cap is
the least of the printed caps in the same unit; only the order's total is rounded, half up.
"""
import json
import sys

MILLIONTHS = 1_000_000


def product(step):
    return int(step["price_e4"]) * int(step["pieces"]) * int(step.get("days", 1)) * int(step["rate_bp"])


count = wrong = total = 0
for line in filter(str.strip, sys.stdin):
    penalty = json.loads(line)
    owed = sum(product(step) for step in penalty["steps"])
    caps = [owed] if penalty.get("cap_numerator") is None else [owed, int(penalty["cap_numerator"])]
    amount = (2 * min(caps) + MILLIONTHS) // (2 * MILLIONTHS)
    count, total = count + 1, total + amount
    if amount != int(penalty["amount_centavos"]):
        wrong += 1
        print(f"{penalty['sanction_id']}: steps give {amount}, printed {penalty['amount_centavos']}", file=sys.stderr)
print(f"penalties={count} centavos={total} wrong={wrong}")
sys.exit(0 if count and not wrong else 1)
