#!/usr/bin/env bash
# Installs what is missing from Debian 12's packages, and the broker's jars; does nothing when all is
# there. With --tools also what `make format`, `make tidy` and the fuzzers use, with --tests what the tests
# of foreign clients use.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

packages=(
    gcc libc6-dev cmake make ninja-build pkg-config
    librdkafka-dev libavro-dev libpq-dev check libjansson-dev libcsv-dev libsmartcols-dev
    libmicrohttpd-dev libssl-dev libzip-dev libexpat1-dev
    postgresql-15 openjdk-17-jre-headless maven python3 util-linux groff-base
)
tools=(clang clang-format clang-tidy libclang-rt-dev)
tests=(kcat python3-venv python3-yaml openjdk-17-jdk-headless)
fetched=()

fail() {
    printf 'install-dependencies: %s\n' "$*" >&2
    exit 1
}

# Prints those of the given packages that are not installed.
missing_of() {
    local package status
    for package in "$@"; do
        status=$(dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null) ||
            status=not-installed
        if [ "$status" != installed ]; then
            printf '%s\n' "$package"
        fi
    done
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# PostgreSQL's package starts a cluster of its own when it is first installed. Ours is private, so for
# the time of the installation the package is told not to.
no_main_cluster=/etc/postgresql-common/createcluster.d/abasto-install.conf

allow_main_cluster() {
    as_root rm -f "$no_main_cluster"
}

install_packages() {
    if ! command -v apt-get >/dev/null; then
        fail "faltan paquetes y no hay apt-get: $*"
    fi
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
        fail "faltan paquetes y no hay permisos: ejecute como root o instale sudo. Faltan: $*"
    fi
    printf 'Instalando lo que falta: %s\n' "$*"
    if [[ " $* " == *" postgresql-15 "* ]]; then
        as_root mkdir -p "$(dirname "$no_main_cluster")"
        trap allow_main_cluster EXIT
        printf 'create_main_cluster = false\n' | as_root tee "$no_main_cluster" >/dev/null
    fi
    as_root apt-get -q -o DPkg::Lock::Timeout=300 update
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
        --no-install-recommends install "$@"
}

wanted=("${packages[@]}")
for argument in "$@"; do
    case $argument in
        --tools) wanted+=("${tools[@]}") ;;
        --tests)
            wanted+=("${tests[@]}")
            fetched=(python java promtool)
            ;;
        *) fail "uso: install-dependencies.sh [--tools] [--tests]" ;;
    esac
done

if ! command -v dpkg-query >/dev/null; then
    fail "se necesita Debian 12 (no hay dpkg-query)"
fi
mapfile -t missing < <(missing_of "${wanted[@]}")
if [ "${#missing[@]}" -gt 0 ]; then
    install_packages "${missing[@]}"
    mapfile -t missing < <(missing_of "${wanted[@]}")
    if [ "${#missing[@]}" -gt 0 ]; then
        fail "siguen faltando: ${missing[*]}"
    fi
fi
"$root/deploy/kafka/fetch.sh" >/dev/null
for name in "${fetched[@]}"; do
    "$root/deploy/test-tools.sh" "$name" >/dev/null
done
