#!/usr/bin/env python3
"""outside.py BUILD: the demonstration's closing line, of a chain of processes on a stack of its own."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "stack"))
from chain import Chain  # noqa: E402

with Chain(sys.argv[1]) as chain:
    chain.load_demo()
    chain.close_days()
    print(chain.abasto("summary", "--demo").strip().splitlines()[-1])
