#!/usr/bin/env bash
# What `make fuzz SECONDS=…` runs: each target of tests/fuzz in turn, one process at a time, over what it has found so
# far (build/fuzz/corpus) and its corpus. Prints what each one did. A find (a crash, a property that does not hold, a
# leak, more than a second of the processor for one input) lies in build/fuzz/finds with the line that shows it again;
# then this ends with 1.
#
#   fuzz.sh [TARGET...]      ABASTO_FUZZ_SECONDS: of all together (180)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
seconds=${ABASTO_FUZZ_SECONDS:-180}
build=build/fuzz
finds=$build/finds
options=(-timeout=60 -rss_limit_mb=1024 -detect_leaks=1 -print_final_stats=1)
fuzzer=

# The environment of CTest; jansson and OpenSSL are not ours to look into.
export ABASTO_SOURCE_DIR=$root
export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1
export UBSAN_OPTIONS=print_stacktrace=1

cleanup() {
    if [ -n "$fuzzer" ] && kill -0 "$fuzzer" 2>/dev/null; then
        kill -TERM "$fuzzer"
        wait "$fuzzer" || true
    fi
}

# The number that libFuzzer gives under a name at its end; 0 when it ended before.
statistic() {
    sed -n "s/^stat::$2: *//p" "$1" | tail -n 1 | grep . || printf '0\n'
}

count_files() {
    find "$1" -type f | wc -l
}

# Finds of an earlier run that are mended since are none any more.
forget_mended() {
    local name=$1 find
    for find in "$finds/$name"/*; do
        if [ -f "$find" ] && "$build/fuzz/fuzz_$name" "${options[@]}" "$find" >/dev/null 2>&1; then
            rm "$find"
        fi
    done
}

# Runs one target for so many seconds; prints its line of the table. False: there is a find.
run_target() {
    local name=$1 max_bytes=$2 share=$3 corpus=$build/corpus/$1 log=$build/$1.log found status=0
    local dictionary=tests/fuzz/dictionaries/$name.dict extra=()
    mkdir -p "$corpus" "$finds/$name"
    rm -f "$finds/$name.reproduce"
    forget_mended "$name"
    if [ -f "$dictionary" ]; then
        extra=(-dict="$dictionary")
    fi
    nice -n 10 "$build/fuzz/fuzz_$name" "${options[@]}" "${extra[@]}" -max_len="$max_bytes" \
        -max_total_time="$share" -artifact_prefix="$finds/$name/" \
        "$corpus" "tests/fuzz/corpus/$name" >"$log" 2>&1 &
    fuzzer=$!
    wait "$fuzzer" || status=$?
    fuzzer=
    found=$(count_files "$finds/$name")
    printf '%-14s %12s %8s %8s %6s\n' "$name" "$(statistic "$log" number_of_executed_units)" \
        "$(count_files "$corpus")" "$(statistic "$log" new_units_added)" "$found"
    if [ "$found" -gt 0 ]; then
        printf 'ABASTO_SOURCE_DIR=%s %s FILE\n' "$root" "$root/$build/fuzz/fuzz_$name" \
            >"$finds/$name.reproduce"
        return 1
    fi
    if [ "$status" -ne 0 ]; then
        printf '%s terminó con %s: vea %s\n' "$name" "$status" "$log" >&2
        return 1
    fi
}

deploy/install-dependencies.sh --tools
deploy/build.sh fuzz
mapfile -t targets <"$build/fuzz/targets"
if [ "$#" -gt 0 ]; then
    mapfile -t targets < <(printf '%s\n' "${targets[@]}" | grep -E "^($(IFS='|'; printf '%s' "$*")) ")
fi
if [ "${#targets[@]}" -eq 0 ]; then
    printf 'fuzz: no hay ese objetivo; hay: %s\n' "$(cut -d' ' -f1 "$build/fuzz/targets" | tr '\n' ' ')" >&2
    exit 2
fi
share=$((seconds / ${#targets[@]}))
if [ "$share" -lt 1 ]; then
    share=1
fi
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
printf '%-14s %12s %8s %8s %6s\n' objetivo ejecuciones corpus nuevas fallas
failed=0
for target in "${targets[@]}"; do
    run_target "${target% *}" "${target#* }" "$share" || failed=1
done
if [ "$failed" -ne 0 ]; then
    printf 'Hay fallas en %s; cada .reproduce dice cómo verlas.\n' "$finds" >&2
fi
exit "$failed"
