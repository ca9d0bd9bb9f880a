# Shared by the scripts of the images; sourced, never run. Finds the engine of this machine: docker with its
# daemon and compose, or else podman without any, whose images, containers, volumes and networks then all lie
# in build/containers.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
state=$root/build/containers
# shellcheck disable=SC2034 # images.sh builds them
programs=(contracts shipments deliveries sanctions monitor gateway)
base_image=localhost/abasto-debian:bookworm
export ABASTO_TAG=${ABASTO_TAG:-dev}

say() {
    printf '%s\n' "$*"
}

fail() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# Sets `engine` to docker or podman; ABASTO_ENGINE decides where both would do.
find_engine() {
    engine=${ABASTO_ENGINE:-}
    if [ -z "$engine" ]; then
        if command -v docker >/dev/null && docker compose version >/dev/null 2>&1 &&
            docker info >/dev/null 2>&1; then
            engine=docker
        else
            engine=podman
        fi
    fi
    case $engine in
        docker) ;;
        podman) prepare_podman ;;
        *) fail "ABASTO_ENGINE es docker o podman, no «$engine»" ;;
    esac
}

# --- podman ------------------------------------------------------------------------------------

podman_packages=(buildah podman runc netavark aardvark-dns iptables catatonit podman-compose
    mmdebstrap ca-certificates python3)

missing_packages() {
    local package
    for package in "${podman_packages[@]}"; do
        if [ "$(dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then
            printf '%s\n' "$package"
        fi
    done
}

install_podman() {
    local -a missing
    command -v apt-get >/dev/null || fail "se necesita docker con compose, o Debian 12 para instalar podman"
    mapfile -t missing < <(missing_packages)
    if [ "${#missing[@]}" -eq 0 ]; then
        return
    fi
    say "Instalando lo que falta: ${missing[*]}"
    if ! { apt-get -q -o DPkg::Lock::Timeout=300 update &&
        DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
            --no-install-recommends install "${missing[@]}"; } >"$state/apt.log" 2>&1; then
        fail "no se pudieron instalar: vea $state/apt.log"
    fi
}

# Nothing of the machine's own podman is touched: storage, networks, locks and what runs have places of their
# own. runc, because crun fails where both versions of cgroups are mounted; limits are told, because they
# cannot be raised everywhere.
write_podman_settings() {
    cat >"$state/storage.conf" <<CONF
[storage]
driver = "overlay"
runroot = "$state/run"
graphroot = "$state/root"
CONF
    cat >"$state/containers.conf" <<CONF
[containers]
default_ulimits = ["nofile=1024:1024","nproc=4096:4096"]
log_driver = "k8s-file"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
tmp_dir = "$state/tmp"
[network]
network_backend = "netavark"
network_config_dir = "$state/networks"
CONF
    cat >"$state/policy.json" <<'CONF'
{"default": [{"type": "insecureAcceptAnything"}]}
CONF
}

prepare_podman() {
    if [ "$(id -u)" -ne 0 ]; then
        fail "sin el servicio de docker, los contenedores necesitan root"
    fi
    mkdir -p "$state"
    install_podman
    write_podman_settings
    use_podman_settings
}

use_podman_settings() {
    export CONTAINERS_STORAGE_CONF=$state/storage.conf CONTAINERS_CONF=$state/containers.conf
    export BUILDAH_ISOLATION=chroot TMPDIR=$state/scratch
    mkdir -p "$TMPDIR"
}

# --- images ------------------------------------------------------------------------------------

# Where this machine's apt gets Debian from: "deb URI SUITE COMPONENT" lines.
debian_sources() {
    # shellcheck disable=SC2016 # apt's own variables
    apt-get indextargets --format '$(ORIGIN) deb $(REPO_URI) $(CODENAME) $(COMPONENT)' \
        'Created-By: Packages' | sed -n 's/^Debian \(deb .* bookworm[^ ]* .*\)/\1/p' | sort -u
}

# Debian 12 as a base image from its packages, for where no registry of images is reached.
make_base() {
    if podman image exists "$base_image"; then
        return
    fi
    say "Preparando Debian 12 como imagen de base"
    debian_sources | mmdebstrap --quiet --variant=minbase --mode=root --include=ca-certificates \
        --aptopt='Acquire::Languages "none"' \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
        bookworm "$state/base.tar" - >"$state/base.log" 2>&1 ||
        fail "no se pudo preparar la base: vea $state/base.log"
    podman import --quiet "$state/base.tar" "$base_image" >/dev/null
    rm -f "$state/base.tar"
}
