#!/usr/bin/env bash
# What `make demo` runs. Each step may be repeated: on a running stack nothing is started twice, and
# the same file again changes nothing. When interrupted, what runs stays: `make down` stops it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
state=$root/var/demo
abasto=$root/build/release/abasto
first_day=2025-06-01
last_day=2025-10-31

deploy/install-dependencies.sh
deploy/build.sh release
deploy/stack/stack.sh up "$state"
export ABASTO_STACK=$state

"$abasto" topics apply
"$abasto" schemas apply
"$abasto" shard create
deploy/stack/services.sh up "$state" release

# The national catalogue first: gateways doubt a clave that it lacks.
"$abasto" load "$root/deploy/demo/catalogo/claves.csv" --institution ssa --layout catalogo.claves

# The order in which the files arrive, and from whom: some come late, or too early, on purpose.
"$abasto" load --manifest "$root/deploy/demo/carga.csv"

# Day after day, as the clock would do it.
"$abasto" day close "$first_day" "$last_day"
"$abasto" day wait "$last_day" --timeout 600
"$abasto" summary --demo
