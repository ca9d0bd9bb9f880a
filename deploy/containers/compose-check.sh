#!/usr/bin/env bash
# What `make compose-check` runs: compose.yaml with the images of these sources, loaded with the demonstration as
# deploy/demo.sh loads it, and its figures compared with those of the same chain without containers.
# Whatever happens, nothing of it stays but the images.
set -euo pipefail
# shellcheck source=deploy/containers/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

project=abasto-check-$$
services=(contracts shipments deliveries sanctions monitor
    gateway-imss gateway-issste gateway-imss-bienestar gateway-ssa)
first_day=2025-06-01
last_day=2025-10-31
start_timeout_s=180

compose() {
    if [ "$engine" = docker ]; then
        docker compose --project-name "$project" --file "$root/deploy/compose.yaml" "$@"
    else
        podman-compose --project-name "$project" --file "$root/deploy/compose.yaml" "$@"
    fi
}

container_of() {
    "$engine" ps --all --quiet --filter "label=com.docker.compose.project=$project" \
        --filter "label=com.docker.compose.service=$1" | head -n 1
}

# Takes everything down; says nothing unless it fails.
cleanup() {
    trap '' INT TERM HUP
    if [ "${status:-1}" -ne 0 ]; then
        tell_logs
    fi
    compose --profile tools down --volumes >>"$log" 2>&1 || compose down --volumes >>"$log" 2>&1 || true
    local -a left
    mapfile -t left < <("$engine" ps --all --quiet --filter "label=com.docker.compose.project=$project")
    if [ "${#left[@]}" -gt 0 ]; then
        "$engine" rm --force --volumes "${left[@]}" >>"$log" 2>&1 || say "quedaron contenedores: ${left[*]}"
    fi
    local network
    for network in internal loopback; do
        "$engine" network rm "${project}_$network" >>"$log" 2>&1 || true
    done
    "$engine" volume prune --force --filter "label=com.docker.compose.project=$project" >>"$log" 2>&1 || true
    rm -rf "$secrets" "$root/deploy/oom" # podman's monitor notes there that memory ran out
}

# The last lines of every container: whoever reads a failed check has nothing else.
tell_logs() {
    local name container
    for name in kafka postgresql init "${services[@]}"; do
        container=$(container_of "$name")
        if [ -n "$container" ]; then
            "$engine" logs --tail 5 "$container" 2>&1 | cut -c1-400 | sed "s/^/$name: /" >&2
        fi
    done
}

is_healthy() {
    if [ "$engine" = docker ]; then
        [ "$(docker inspect --format '{{.State.Health.Status}}' "$(container_of "$1")")" = healthy ]
    else
        # Podman leaves the asking to systemd, which is not everywhere.
        podman healthcheck run "$(container_of "$1")"
    fi >>"$log" 2>&1
}

await_healthy() {
    local name deadline=$((SECONDS + start_timeout_s))
    for name in "$@"; do
        until is_healthy "$name"; do
            if [ "$SECONDS" -ge "$deadline" ]; then
                fail "$name no está sano tras $start_timeout_s s"
            fi
            sleep 1
        done
    done
}

# podman-compose of Debian 12 does not wait for conditions: the steps are taken one by one.
stack_up() {
    if [ "$engine" = docker ]; then
        compose up --detach --wait --wait-timeout "$start_timeout_s" >>"$log" 2>&1 || fail "la pila no arrancó: vea $log"
        return
    fi
    compose up --detach --no-build kafka postgresql >>"$log" 2>&1
    await_healthy kafka postgresql
    compose up --detach --no-build init >>"$log" 2>&1
    if [ "$(podman wait "$(container_of init)" 2>>"$log")" != 0 ]; then
        fail "la preparación falló: vea $log"
    fi
    compose up --detach --no-build "${services[@]}" >>"$log" 2>&1
    await_healthy "${services[@]}"
}

# The command line in its container. podman-compose mixes its own words into the output and ends with 0 always.
abasto() {
    local out=$state/check.out
    if [ "$engine" = docker ]; then
        compose run --rm -T abasto "$@"
        return
    fi
    compose run --rm -T --no-deps abasto "$@" >"$out" 2>>"$log"
    sed '/^using podman \|^podman \|^\[.podman\|^exit code: \|^\*\* /d' "$out"
    tail -n 1 "$out" | grep -qx 'exit code: 0'
}

# How much memory each took at most. One that was started again had too little, or another fault, and was lucky.
tell_memory() {
    local name process peak
    say "memoria residente, a lo más:"
    for name in "${services[@]}" kafka; do
        if [ "$("$engine" inspect --format '{{.RestartCount}}' "$(container_of "$name")")" -ne 0 ]; then
            fail "$name se reinició mientras se cargaba"
        fi
        process=$("$engine" inspect --format '{{.State.Pid}}' "$(container_of "$name")")
        peak=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$process/status")
        printf '  %-24s %5d MiB\n' "$name" $((peak / 1024))
    done
}

# SIGTERM must end every service by itself: it drains, and exits with 0.
check_drain() {
    local name container
    for name in "${services[@]}"; do
        container=$(container_of "$name")
        "$engine" stop --time 30 "$container" >>"$log" 2>&1
        if [ "$("$engine" inspect --format '{{.State.ExitCode}}' "$container")" -ne 0 ]; then
            fail "$name no terminó bien con SIGTERM"
        fi
    done
}

# The same data through the same programs, without containers.
outside() {
    unset TMPDIR
    "$root/deploy/install-dependencies.sh"
    "$root/deploy/build.sh" release
    python3 "$root/deploy/containers/outside.py" "$root/build/release"
}

mkdir -p "$state"
log=$state/compose-check.log
: >"$log"
secrets=$state/secrets-$$
"$root/deploy/containers/images.sh"
find_engine
if [ "$engine" = podman ]; then
    export ABASTO_POSTGRESQL_IMAGE=${ABASTO_POSTGRESQL_IMAGE:-localhost/abasto-postgresql:$ABASTO_TAG}
fi
export ABASTO_KAFKA_IMAGE=${ABASTO_KAFKA_IMAGE:-localhost/abasto-kafka:$ABASTO_TAG}
export ABASTO_SECRETS=$secrets ABASTO_IMAGES=localhost
ABASTO_MONITOR_PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export ABASTO_MONITOR_PORT

trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP
status=1
"$root/deploy/containers/secrets.sh" "$secrets"
started=$SECONDS
stack_up
say "pila arriba tras $((SECONDS - started)) s"
demo=/srv/abasto/deploy/demo
started=$SECONDS
abasto load "$demo/catalogo/claves.csv" --institution ssa --layout catalogo.claves
abasto load --manifest "$demo/carga.csv"
abasto day close "$first_day" "$last_day"
abasto day wait "$last_day" --timeout 600
abasto summary --demo | tee "$state/check.summary"
say "datos cargados y juzgados en $((SECONDS - started)) s"
inside=$(grep '^demo: ok ' "$state/check.summary") || fail "los datos no están completos"
subjects=$(python3 -c 'import sys, urllib.request
print(urllib.request.urlopen(sys.argv[1], timeout=5).read().decode())' "http://127.0.0.1:$ABASTO_MONITOR_PORT/subjects")
case $subjects in
    '['*mx.abasto.*) ;;
    *) fail "el puerto de monitor no responde" ;;
esac
tell_memory
check_drain
status=0
cleanup
status=1
trap - EXIT
expected=${ABASTO_EXPECTED:-$(outside | grep '^demo: ok ')} || fail "la cadena sin contenedores no dio cifras"
if [ "$inside" != "$expected" ]; then
    printf 'dentro: %s\nfuera:  %s\n' "$inside" "$expected" >&2
    fail "las cifras difieren"
fi
say "compose-check: ok, las mismas cifras con y sin contenedores"
say "$inside"
