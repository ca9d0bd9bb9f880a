#!/usr/bin/env bash
# What `make simulate` runs: RUNS runs of the simulator (docs/reliability.md) from SEED on, in JOBS processes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
runs=${RUNS:-1000}
seed=${SEED:-1}
jobs=${JOBS:-$(nproc)}
deploy/install-dependencies.sh --tests
mkdir -p build
printf 'Compilando (release)\n'
if ! { cmake --preset release && cmake --build --preset release --target simulate; } >build/simulate.log 2>&1; then
    tail -n 60 build/simulate.log >&2
    exit 1
fi
pids=()
stop() {
    trap '' INT TERM HUP
    kill "${pids[@]}" 2>/dev/null || true
}
trap 'stop; exit 130' INT TERM HUP
for ((job = 0; job < jobs && job < runs; job++)); do
    build/release/tests/simulate --seed $((seed + job)) --step "$jobs" --runs $(((runs - job + jobs - 1) / jobs)) &
    pids+=($!)
done
status=0
for pid in "${pids[@]}"; do
    wait "$pid" || status=1
done
if [ "$status" -eq 0 ]; then
    printf 'simulate: seed=%s runs=%s violations=0\n' "$seed" "$runs"
fi
exit "$status"
