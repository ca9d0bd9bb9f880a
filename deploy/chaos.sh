#!/usr/bin/env bash
# What `make chaos` runs: faults on three brokers, PostgreSQL and two instances of every service, for SECONDS, by SEED.
# All of it lives in a folder of its own, which is gone at the end, also when this is interrupted; what a violation
# leaves is in build/chaos/seed-SEED.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=${1:-120}
seed=${2:-$((RANDOM * 32768 + RANDOM))}
running=

cleanup() {
    trap '' INT TERM HUP
    if [ -n "$running" ] && kill -0 "$running" 2>/dev/null; then
        kill -TERM "$running"
        wait "$running" || printf 'caos interrumpido\n' >&2
    fi
    local stack
    for stack in "$TMPDIR"/abasto-chain.*; do
        if [ -d "$stack/run" ]; then
            deploy/stack/stack.sh destroy "$stack" >/dev/null
        fi
    done
    rm -rf "$TMPDIR"
}

deploy/install-dependencies.sh --tests
deploy/build.sh release
TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/abasto-chaos.XXXXXX")
export TMPDIR
chmod 755 "$TMPDIR"
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP
printf 'semilla %s, %s segundos\n' "$seed" "$seconds"
# In the background, so that a signal to this script is handled while it runs.
python3 tests/chaos/chaos.py build/release "$seconds" "$seed" build/chaos &
running=$!
status=0
wait "$running" || status=$?
running=
exit "$status"
