#!/usr/bin/env bash
# What `make check` runs: everything, in build/dev, with a broker and a database of its own that CTest
# starts and stops. The last thing printed is what CTest closes with.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
stack=$PWD/build/dev/test-stack
tests=

# Takes the tests and their stack down when this is interrupted.
cleanup() {
    trap '' INT TERM HUP
    if [ -n "$tests" ] && kill -0 -- "-$tests" 2>/dev/null; then
        kill -TERM -- "-$tests"
        wait "$tests" || printf 'pruebas interrumpidas\n' >&2
    fi
    if [ -d "$stack" ]; then
        deploy/stack/stack.sh destroy "$stack" >/dev/null
    fi
}

deploy/install-dependencies.sh --tests
deploy/build.sh dev
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP
# In a session of its own: an interruption ends the tests by our hand, and their processes with them.
setsid env --default-signal=INT,QUIT ctest --test-dir build/dev --output-on-failure \
    --no-tests=error --parallel "${ABASTO_JOBS:-$(nproc)}" "$@" &
tests=$!
status=0
wait "$tests" || status=$?
tests=
exit "$status"
