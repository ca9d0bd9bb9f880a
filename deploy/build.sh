#!/usr/bin/env bash
# build.sh PRESET: configures where needed and builds, showing the output only when something is wrong.
# ABASTO_JOBS bounds how many compilers run at once.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
preset=$1
log=build/$preset.log
mkdir -p build
printf 'Compilando (%s)\n' "$preset"
if ! { cmake --preset "$preset" &&
    cmake --build --preset "$preset" --parallel "${ABASTO_JOBS:-$(nproc)}"; } >"$log" 2>&1; then
    tail -n 60 "$log" >&2
    printf 'La compilación falló: vea %s\n' "$log" >&2
    exit 1
fi
