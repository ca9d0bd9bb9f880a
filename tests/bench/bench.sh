#!/usr/bin/env bash
# What `make bench` runs: the stages and the chain, on stacks of its own. QUICK=1: small sizes, some minutes. RIVALS=1: the
# rivals of tests/bench/rivals too, which are fetched and compiled first. What follows goes to bench.py.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
options=()
if [ "${QUICK:-0}" = 1 ]; then
    options+=(--quick)
fi
if [ "${RIVALS:-0}" = 1 ]; then
    options+=(--rivals)
fi
deploy/install-dependencies.sh
deploy/build.sh release
exec python3 tests/bench/bench.py build/release build/bench/result.json "${options[@]}" "$@"
