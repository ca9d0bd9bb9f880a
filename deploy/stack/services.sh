#!/usr/bin/env bash
# The service processes of a stack that is up.
#
#   services.sh up DIR PRESET [NAME...]     starts those that do not run (all, or the named ones)
#   services.sh down DIR [NAME...]          SIGTERM, after 20 s SIGKILL
#   services.sh status DIR                  exit 0 while all answer
#   services.sh env DIR PRESET NAME         prints what NAME is started with, for one started by hand
#
# PRESET is a preset's name, or the folder of a build. Names: contracts shipments deliveries sanctions
# monitor gateway-imss gateway-issste gateway-imss-bienestar gateway-ssa. Each has DIR/log/NAME.jsonl and
# a port of its own, DIR/services.env: ABASTO_HTTP_CONTRACTS=... ABASTO_HTTP_GATEWAY_IMSS_BIENESTAR=...
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=deploy/stack/common.sh
source "$root/deploy/stack/common.sh"

names=(contracts shipments deliveries sanctions monitor
    gateway-imss gateway-issste gateway-imss-bienestar gateway-ssa)
start_timeout_s=60
settle_s=1
declare -A launched=() # by this run

usage() {
    say "uso: services.sh up DIR PRESET [SERVICIO...]" >&2
    say "     services.sh down|status DIR [SERVICIO...]" >&2
    say "     services.sh env DIR PRESET SERVICIO" >&2
    exit 2
}

known() {
    local name
    for name in "${names[@]}"; do
        if [ "$name" = "$1" ]; then
            return 0
        fi
    done
    fail "no hay un servicio '$1': ${names[*]}"
}

# gateway-imss -> ABASTO_HTTP_GATEWAY_IMSS
port_variable() {
    local upper=${1^^}
    printf 'ABASTO_HTTP_%s' "${upper//-/_}"
}

port_of() {
    env_value "$1/services.env" "$(port_variable "$2")"
}

build_folder() {
    case $1 in
        */*) (cd "$1" && pwd -P) ;;
        *) printf '%s' "$root/build/$1" ;;
    esac
}

# Gives each service a port, the one of before where nobody else listens on it.
assign_ports() {
    local dir=$1 name position
    local -a wanted=() free=() ports=()
    for name in "${names[@]}"; do
        wanted+=("$(port_of "$dir" "$name")")
    done
    for position in "${!names[@]}"; do
        ports[position]=${wanted[position]:-0}
        if ! running_pid "$dir" "service.${names[position]}" >/dev/null; then
            free+=("$position")
        fi
    done
    if [ "${#free[@]}" -gt 0 ]; then
        local -a asked=() given=()
        for position in "${free[@]}"; do
            asked+=("${ports[position]}")
        done
        read -r -a given <<<"$(free_ports "${#free[@]}" "${asked[@]}")"
        for position in "${!free[@]}"; do
            ports[free[position]]=${given[position]}
        done
    fi
    for position in "${!names[@]}"; do
        printf '%s=%s\n' "$(port_variable "${names[position]}")" "${ports[position]}"
    done >"$dir/services.env.new"
    mv "$dir/services.env.new" "$dir/services.env"
}

# Sets `program` and `settings` for NAME.
describe() {
    local dir=$1 build=$2 name=$3 institution
    settings=("ABASTO_HTTP_PORT=$(port_of "$dir" "$name")")
    case $name in
        gateway-*)
            institution=${name#gateway-}
            program=$build/services/gateway/abasto-gateway
            settings+=("ABASTO_INSTITUTION=$institution"
                "ABASTO_DROP_FOLDER=$dir/drop/$institution"
                "ABASTO_ARCHIVE_FOLDER=$dir/archive"
                "ABASTO_FORMATS_FOLDER=${ABASTO_FORMATS_FOLDER:-$root/services/gateway/formats}")
            ;;
        *) program=$build/services/$name/abasto-$name ;;
    esac
    # Where the broker asks who comes, each is itself: gateway-imss is gateway.imss.
    if [ -d "$dir/run/secrets" ]; then
        settings+=("ABASTO_SASL_USER=${name/#gateway-/gateway.}"
            "ABASTO_SASL_PASSWORD_FILE=$dir/run/secrets/${name/#gateway-/gateway.}")
    fi
}

start_service() {
    local dir=$1 build=$2 name=$3 program
    local -a settings
    describe "$dir" "$build" "$name"
    if [ ! -x "$program" ]; then
        fail "falta $program: compile primero"
    fi
    launch "$dir" "service.$name" "$dir/log/$name.jsonl" env "${settings[@]}" "$program"
    launched[$name]=1
}

# Whether NAME answers GET PATH with 200.
answers() {
    timeout 3 bash -c '
        exec 3<>"/dev/tcp/127.0.0.1/$1"
        printf "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n" "$2" >&3
        read -r _ code _ <&3
        [ "$code" = 200 ]
    ' answers "$1" "$2" 2>/dev/null
}

# Until NAME answers that it is ready. Returns 1 when it ended and was not launched by this run: it was on its
# way down, by a signal or a kill -9, when we looked.
await_service() {
    local dir=$1 name=$2 deadline=$((SECONDS + start_timeout_s)) port
    port=$(port_of "$dir" "$name")
    until answers "$port" /readyz && running_pid "$dir" "service.$name" >/dev/null; do
        if ! running_pid "$dir" "service.$name" >/dev/null; then
            if [ -z "${launched[$name]:-}" ]; then
                return 1
            fi
            tail -n 5 "$dir/log/$name.jsonl" >&2
            fail "$name terminó al arrancar: vea $dir/log/$name.jsonl"
        fi
        if [ "$SECONDS" -ge "$deadline" ]; then
            tail -n 5 "$dir/log/$name.jsonl" >&2
            fail "$name no está listo tras $start_timeout_s s: vea $dir/log/$name.jsonl"
        fi
        sleep 0.2
    done
}

# Starts what does not run and waits for all. Returns 1 when one that ran before has ended since.
start_and_await() {
    local dir=$1 build=$2 name
    shift 2
    assign_ports "$dir"
    for name in "$@"; do
        if [ -z "${launched[$name]:-}" ] && ! running_pid "$dir" "service.$name" >/dev/null; then
            start_service "$dir" "$build" "$name"
        fi
    done
    for name in "$@"; do
        await_service "$dir" "$name" || return 1
    done
}

services_up() {
    local dir=$1 build=$2
    shift 2
    if [ ! -f "$dir/stack.env" ]; then
        fail "no hay pila en $dir: stack.sh up primero"
    fi
    export_env "$dir/stack.env"
    # What this run launched may not end, so each service makes it begin again once at most.
    until start_and_await "$dir" "$build" "$@"; do :; done
    # One may be ready and yet fail with the first message that it reads.
    if [ "${#launched[@]}" -gt 0 ]; then
        sleep "$settle_s"
        until start_and_await "$dir" "$build" "$@"; do :; done
    fi
    say "servicios arriba: $*"
}

services_status() {
    local dir=$1 code=0 name pid port
    shift
    for name in "$@"; do
        port=$(port_of "$dir" "$name")
        if ! pid=$(running_pid "$dir" "service.$name"); then
            printf '%-24s detenido\n' "$name"
            code=1
        elif answers "$port" /readyz; then
            printf '%-24s arriba    127.0.0.1:%s  proceso %s\n' "$name" "$port" "$pid"
        else
            printf '%-24s no listo  127.0.0.1:%s  proceso %s\n' "$name" "$port" "$pid"
            code=1
        fi
    done
    return "$code"
}

if [ "$#" -lt 2 ]; then
    usage
fi
command=$1
if [ "$command" = status ] && [ ! -d "$2" ]; then
    say "no hay pila en $2"
    exit 1
fi
dir=$(absolute_folder "$2")
shift 2
case $command in
    up | env)
        if [ "$#" -lt 1 ]; then
            usage
        fi
        build=$(build_folder "$1")
        shift
        ;;
    down | status) ;;
    *) usage ;;
esac
if [ "$#" -gt 0 ]; then
    for name in "$@"; do
        known "$name"
    done
    chosen=("$@")
else
    chosen=("${names[@]}")
fi
cd /
case $command in
    up)
        lock_stack "$dir"
        services_up "$dir" "$build" "${chosen[@]}"
        ;;
    down)
        lock_stack "$dir"
        end_services "$dir" "${chosen[@]}"
        say "servicios detenidos: ${chosen[*]}"
        ;;
    status) services_status "$dir" "${chosen[@]}" ;;
    env)
        if [ "${#chosen[@]}" -ne 1 ]; then
            usage
        fi
        describe "$dir" "$build" "${chosen[0]}"
        sed -n '/^ABASTO_/p' "$dir/stack.env"
        printf '%s\n' "${settings[@]}" "ABASTO_PROGRAM=$program"
        ;;
esac
