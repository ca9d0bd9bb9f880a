#!/usr/bin/env bash
# shrink_test.sh MUTANT MOST: a run of the mutant fails and is shrunk to MOST items or fewer; the command that is told for it
# fails in the same way, each time, with its story.
set -euo pipefail
mutant=$1
most=$2
if told=$("$mutant" --seed 1 --runs 40); then
    echo "nothing failed: $told" >&2
    exit 1
fi
printf '%s\n' "$told"
shrunk=$(printf '%s\n' "$told" | grep ': shrunk from ')
items=$(printf '%s\n' "$shrunk" | sed -E 's/.* to ([0-9]+) in .*/\1/')
verdict=${shrunk##* runs: }
command=$(printf '%s\n' "$told" | tail -n 1)
[ "$items" -le "$most" ] || { echo "$items items are too many" >&2; exit 1; }
for time in first second; do
    read -ra words <<<"$command"
    if again=$("${words[@]}" 2>/dev/null); then
        echo "the $time time it does not fail: $command" >&2
        exit 1
    fi
    [ "${again#*: }" = "$verdict" ] || { echo "the $time time it fails otherwise: $again" >&2; exit 1; }
done
story=$("${words[@]}" 2>&1 >/dev/null || true)
[[ $story == *"WRONG: $verdict"* ]] || { echo "it does not tell its story" >&2; exit 1; }
