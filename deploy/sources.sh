#!/usr/bin/env bash
# Prints our C sources and headers, or those that match a pattern: for the tools that look at all of them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
patterns=("${@:-*.c}")
if [ "$#" -eq 0 ]; then
    patterns=('*.c' '*.h')
fi
for pattern in "${patterns[@]}"; do
    find cli common schemas services tests -name "$pattern" -type f
done | LC_ALL=C sort
