#!/usr/bin/env bash
# What `make images` runs: builds every image, and lists them with their sizes. ABASTO_BASE names another base
# than debian:bookworm-slim, ABASTO_TAG another tag than dev, ABASTO_JOBS how many compilers run at once.
set -euo pipefail
# shellcheck source=deploy/containers/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# The base: the one that was asked for, Debian's image where a registry answers, or one made of packages.
choose_base() {
    if [ -n "${ABASTO_BASE:-}" ]; then
        base=$ABASTO_BASE
    elif [ "$engine" = docker ]; then
        base=debian:bookworm-slim
    elif podman image exists "$base_image"; then
        base=$base_image
    elif timeout 60 podman pull --quiet docker.io/library/debian:bookworm-slim >/dev/null 2>&1; then
        base=docker.io/library/debian:bookworm-slim
    else
        make_base
        base=$base_image
    fi
}

# build NAME FOLDER ARGUMENT...: quiet unless it fails. The same sources give the same files: nothing of the time is kept.
build() {
    local name=$1 context=$2 log=$state/$1.log
    shift 2
    local -a command=(docker build --quiet)
    if [ "$engine" = podman ]; then
        # docker's format, for OCI's has no HEALTHCHECK.
        command=(buildah build --layers --pull-never --format docker --timestamp 0)
    fi
    say "Construyendo $name:$ABASTO_TAG"
    "${command[@]}" --build-arg BASE="$base" --build-arg VERSION="$version" --build-arg REVISION="$revision" \
        --tag "localhost/$name:$ABASTO_TAG" "$@" "$context" >"$log" 2>&1 || {
        tail -n 30 "$log" >&2
        fail "no se pudo construir $name: vea $log"
    }
}

# Jars that were fetched already spare the build a second download.
jars_of_kafka() {
    local cached
    if command -v mvn >/dev/null; then
        cached=$("$root/deploy/kafka/fetch.sh")
        mkdir -p "$state/jars/usr/share"
        rm -rf "$state/jars/usr/share/kafka"
        cp -r "$cached" "$state/jars/usr/share/kafka"
        kafka_arguments=(--build-context "jars=$state/jars")
    fi
}

mkdir -p "$state"
find_engine
choose_base
version=$(sed -n 's/^project(abasto VERSION \([^ ]*\) .*/\1/p' "$root/CMakeLists.txt")
revision=$(git -C "$root" rev-parse HEAD 2>/dev/null) || revision=unknown
kafka_arguments=()
jars_of_kafka

build abasto "$root" --build-arg JOBS="${ABASTO_JOBS:-$(nproc)}" --target cli
for program in "${programs[@]}"; do
    build "abasto-$program" "$root" --build-arg JOBS="${ABASTO_JOBS:-$(nproc)}" --build-arg SERVICE="$program"
done
build abasto-kafka "$root/deploy/kafka" "${kafka_arguments[@]}"
if [ "$engine" = podman ]; then
    build abasto-postgresql "$root/deploy/postgresql"
fi
"$engine" images --filter "reference=localhost/abasto*:$ABASTO_TAG" --format 'table {{.Repository}}:{{.Tag}}	{{.Size}}'
