#!/usr/bin/env bash
# Puts the broker's jars under var/cache/kafka/<version>-<digest of pom.xml>/ unless they are there,
# and prints that folder. Maven decides where they come from: the user's settings, or those that
# MAVEN_SETTINGS names.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
pom=$root/deploy/kafka/pom.xml
cache=$root/var/cache/kafka

version=$(sed -n 's:.*<kafka.version>\(.*\)</kafka.version>.*:\1:p' "$pom")
digest=$(sha256sum "$pom" | cut -c1-8)
jars=$cache/$version-$digest

if [ ! -d "$jars" ]; then
    mkdir -p "$cache"
    partial=$(mktemp -d "$cache/partial.XXXXXX")
    trap 'rm -rf "$partial"' EXIT
    settings=()
    if [ -n "${MAVEN_SETTINGS:-}" ]; then
        settings=(-s "$MAVEN_SETTINGS")
    fi
    printf 'Descargando Kafka %s con Maven\n' "$version" >&2
    # Maven resets the colours of a terminal when it ends, even where there is none.
    export MAVEN_OPTS="${MAVEN_OPTS:-} -Djansi.noreset=true"
    if ! mvn -q -B -Dstyle.color=never "${settings[@]}" -f "$pom" dependency:copy-dependencies \
        -DoutputDirectory="$partial/jars" </dev/null >&2; then
        printf 'No se pudo descargar Kafka: revise la red o la configuración de Maven (MAVEN_SETTINGS)\n' >&2
        exit 1
    fi
    chmod 755 "$partial/jars"
    # Another run may have been faster: what it put there is as good.
    mv -T "$partial/jars" "$jars" 2>/dev/null || test -d "$jars"
fi
printf '%s\n' "$jars"
