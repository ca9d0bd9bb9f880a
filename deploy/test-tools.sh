#!/usr/bin/env bash
# What only tests need and Debian has no package for, or too large a one: kept under var/cache/tools.
#
#   test-tools.sh python     a Python with what docs/examples/python asks for
#   test-tools.sh java       the folder of jars that docs/examples/java asks for
#   test-tools.sh promtool   Prometheus' checker, unpacked from its package without installing it
#
# Fetches the thing unless it is there, and prints its path. pip, Maven and apt decide where from.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=$root/var/cache/tools

digest_of() {
    sha256sum "$1" | cut -c1-8
}

fetch_python() {
    python3 -m venv "$1"
    "$1/bin/python" -m pip install -q --disable-pip-version-check \
        -r "$root/docs/examples/python/requirements.txt" >&2
}

fetch_java() {
    local settings=()
    if [ -n "${MAVEN_SETTINGS:-}" ]; then
        settings=(-s "$MAVEN_SETTINGS")
    fi
    MAVEN_OPTS="${MAVEN_OPTS:-} -Djansi.noreset=true" mvn -q -B -Dstyle.color=never "${settings[@]}" \
        -f "$root/docs/examples/java/pom.xml" dependency:copy-dependencies -DoutputDirectory="$1" </dev/null >&2
}

# 19 MB to fetch, of which one program stays; installed, it would start a server.
fetch_promtool() {
    mkdir "$1"
    (cd "$1" && apt-get -q download prometheus && dpkg-deb -x prometheus_*.deb . &&
        mv usr/bin/promtool . && rm -r usr etc lib var prometheus_*.deb) >&2
}

# fetch NAME: into a folder of its own first; another run may have been faster, what it put there is as good.
fetch() {
    local name=$1 place=$2 partial
    if [ -d "$place" ]; then
        return
    fi
    mkdir -p "$cache"
    partial=$(mktemp -d "$cache/partial.XXXXXX")
    printf 'Descargando lo que usan las pruebas: %s\n' "$name" >&2
    if ! "fetch_$name" "$partial/$name"; then
        rm -rf "$partial"
        printf 'No se pudo descargar %s: revise la red, o la configuración de pip, Maven y apt\n' "$name" >&2
        exit 1
    fi
    chmod 755 "$partial/$name"
    mv -T "$partial/$name" "$place" 2>/dev/null || test -d "$place"
    rm -rf "$partial"
}

case ${1:-} in
    python)
        place=$cache/python-$(digest_of "$root/docs/examples/python/requirements.txt")
        program=$place/bin/python
        ;;
    java)
        place=$cache/java-$(digest_of "$root/docs/examples/java/pom.xml")
        program=$place
        ;;
    promtool)
        place=$cache/promtool
        program=$place/promtool
        ;;
    *)
        printf 'uso: test-tools.sh python|java|promtool\n' >&2
        exit 2
        ;;
esac
fetch "$1" "$place"
printf '%s\n' "$program"
