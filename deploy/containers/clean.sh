#!/usr/bin/env bash
# Removes what `make images` and `make compose-check` keep in build/containers, mounts first.
set -euo pipefail
# shellcheck source=deploy/containers/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

if [ ! -f "$state/storage.conf" ]; then
    rm -rf "$state"
    exit
fi
use_podman_settings
podman rm --all --force --volumes >/dev/null 2>&1 || say "podman no quitó sus contenedores"
buildah rm --all >/dev/null 2>&1 || say "buildah no quitó los suyos"
awk '{print $2}' /proc/mounts | { grep -F "$state/" || true; } | sort -r | while read -r place; do
    umount "$place"
done
rm -rf "$state"
