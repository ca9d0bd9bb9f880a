#!/usr/bin/env python3
"""abasto explain --all --json | penalties_add_up.py: multiplies each penalty's printed steps and compares.

price (as 1/10,000 peso) x pieces x charged_days x rate_bp (1/10,000) is a count of millionths of a centavo; the cap is
printed in the same unit; only the order's total is rounded, half up.
"""
import decimal
import json
import sys

MILLIONTHS = 1_000_000


def scaled(text, by):
    number = decimal.Decimal(text) * by
    assert number == int(number), text
    return int(number)


def product(step):
    return scaled(step["price"], 10_000) * step["pieces"] * step["charged_days"] * step["rate_bp"]


count = wrong = total = 0
for line in filter(str.strip, sys.stdin):
    penalty = json.loads(line)
    owed = sum(product(step) for step in penalty["steps"])
    caps = [owed] if penalty["cap_e6"] is None else [owed, int(penalty["cap_e6"])]
    amount = (2 * min(caps) + MILLIONTHS) // (2 * MILLIONTHS)
    count, total = count + 1, total + amount
    if amount != scaled(penalty["amount"], 100):
        wrong += 1
        print(f"{penalty['sanction_id']}: steps give {amount}, printed {penalty['amount']}", file=sys.stderr)
print(f"penalties={count} centavos={total} wrong={wrong}")
sys.exit(0 if count and not wrong else 1)
