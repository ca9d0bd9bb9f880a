#!/usr/bin/env bash
# What `make bench` runs: the chain from file to sanctions, on a temporary stack of its own.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
deploy/install-dependencies.sh
deploy/build.sh release
exec python3 deploy/bench.py build/release build/bench/result.json "$@"
