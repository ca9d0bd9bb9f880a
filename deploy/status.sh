#!/usr/bin/env bash
# What `make status` prints; exit 0 while every part of the demo is up.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
code=0
deploy/stack/stack.sh status var/demo || code=1
deploy/stack/services.sh status var/demo || code=1
exit "$code"
