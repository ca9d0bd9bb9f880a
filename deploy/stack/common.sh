# Shared by the scripts of the stack; sourced, never run. Everything of a stack lives in one folder DIR:
#
#   DIR/stack.env       what the CLI, the services and the tests read to find it
#   DIR/services.env    ports of the services
#   DIR/run/id          tells this stack from an earlier one in the same DIR
#   DIR/run/NAME.pid    process, its start, the boot, DIR: a pid alone may be somebody else's by now
#   DIR/log/            NAME.log, services as NAME.jsonl
#   DIR/kafka/  DIR/postgresql/  DIR/drop/<institution>/  DIR/archive/
# shellcheck shell=bash

say() {
    printf '%s\n' "$*"
}

fail() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# --- processes ---------------------------------------------------------------------------------

# Start of a process in ticks since boot; nothing when it is gone or a zombie.
process_start() {
    local stat
    { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 0
    local -a fields
    read -r -a fields <<<"${stat##*) }" # the name before it may hold blanks
    case ${fields[0]} in
        Z | X) ;;
        *) printf '%s' "${fields[19]}" ;;
    esac
}

# remember DIR NAME PID
remember() {
    local start
    start=$(process_start "$3")
    if [ -n "$start" ]; then
        printf '%s %s %s %s\n' "$3" "$start" "$(</proc/sys/kernel/random/boot_id)" "$1" \
            >"$1/run/$2.pid.new"
        mv "$1/run/$2.pid.new" "$1/run/$2.pid"
    fi
}

# Prints the pid of NAME while it is the process that was started here.
running_pid() {
    local pid start boot dir
    if [ ! -f "$1/run/$2.pid" ]; then
        return 1
    fi
    read -r pid start boot dir <"$1/run/$2.pid" || return 1
    if [ "$dir" = "$1" ] && [ "$boot" = "$(</proc/sys/kernel/random/boot_id)" ] &&
        [ -n "$start" ] && [ "$(process_start "$pid")" = "$start" ]; then
        printf '%s' "$pid"
        return 0
    fi
    return 1
}

# wait_gone DIR NAME SECONDS: whether NAME ended in time.
wait_gone() {
    local deadline=$((SECONDS + $3))
    while running_pid "$1" "$2" >/dev/null; do
        if [ "$SECONDS" -ge "$deadline" ]; then
            return 1
        fi
        sleep 0.1
    done
}

# end_process DIR NAME SECONDS: SIGTERM, then SIGKILL.
end_process() {
    local pid
    if pid=$(running_pid "$1" "$2"); then
        signal TERM "$pid"
        signal CONT "$pid" # one that was stopped could not end
        if ! wait_gone "$1" "$2" "$3"; then
            say "$2 no terminó en $3 s: se detiene por la fuerza"
            if pid=$(running_pid "$1" "$2"); then
                signal KILL "$pid"
            fi
            wait_gone "$1" "$2" 10 || fail "$2 (proceso $pid) no se deja detener"
        fi
    fi
    rm -f "$1/run/$2.pid"
}

# A process that ended in the meantime is no fault.
signal() {
    if ! kill -s "$1" "$2" 2>/dev/null && [ -n "$(process_start "$2")" ]; then
        fail "no se puede enviar SIG$1 al proceso $2"
    fi
}

# launch DIR NAME LOG COMMAND...: a daemon in a session of its own that holds none of our files, with
# its pid remembered before a signal can end this script.
launch() {
    local dir=$1 name=$2 log=$3
    shift 3
    trap '' INT TERM HUP
    setsid env --default-signal=INT,QUIT,TERM,HUP "$@" </dev/null >>"$log" 2>&1 8>&- 9>&- &
    remember "$dir" "$name" "$!"
    disown "$!"
    trap - INT TERM HUP
}

# end_services DIR [NAME...]: ends the services (all that were started, or the named ones) together:
# SIGTERM, and SIGKILL for what has not ended after 20 s.
end_services() {
    local dir=$1 file name pid deadline=$((SECONDS + 20))
    shift
    local -a chosen=("$@")
    if [ "$#" -eq 0 ]; then
        for file in "$dir"/run/service.*.pid; do
            if [ -f "$file" ]; then
                name=$(basename "$file" .pid)
                chosen+=("${name#service.}")
            fi
        done
    fi
    for name in "${chosen[@]}"; do
        if pid=$(running_pid "$dir" "service.$name"); then
            signal TERM "$pid"
            signal CONT "$pid" # one that was stopped could not end
        fi
    done
    for name in "${chosen[@]}"; do
        if ! wait_gone "$dir" "service.$name" $((deadline > SECONDS ? deadline - SECONDS : 0)); then
            say "$name no terminó en 20 s: se detiene por la fuerza"
            if pid=$(running_pid "$dir" "service.$name"); then
                signal KILL "$pid"
            fi
            wait_gone "$dir" "service.$name" 10 || fail "$name no se deja detener"
        fi
        rm -f "$dir/run/service.$name.pid"
    done
}

# --- ports -------------------------------------------------------------------------------------

# free_ports COUNT [WANTED...]: prints COUNT free loopback ports, the wanted ones where they are free.
# They lie below the range from which the kernel takes ports for outgoing connections.
free_ports() {
    python3 - "$@" <<'PYTHON'
import random
import socket
import sys

count = int(sys.argv[1])
wanted = [int(port) for port in sys.argv[2:]]
held = []


def hold(port):
    listener = socket.socket()
    # As servers do: a connection that lingers in TIME_WAIT does not occupy the port.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(1)
    except OSError:
        listener.close()
        return False
    held.append((port, listener))
    return True


ports = []
for position in range(count):
    port = wanted[position] if position < len(wanted) else 0
    tries = 0
    while not (port and hold(port)):
        port = random.randrange(20000, 30000)
        tries += 1
        if tries > 1000:
            sys.exit("no hay puertos libres entre 20000 y 29999")
    ports.append(str(port))
print(" ".join(ports))
PYTHON
}

# --- files -------------------------------------------------------------------------------------

# lock_stack DIR [PART...]: takes the lock of DIR, or of parts of it, for the life of this script, so that two `up`s do
# not meet. Different parts may be started at a time.
lock_stack() {
    local dir=$1
    shift
    mkdir -p "$dir/run" "$dir/log"
    exec 9>"$dir/run/lock"
    if [ "$#" -eq 0 ]; then
        flock -w 180 9 || fail "otro proceso está arrancando o deteniendo $dir"
        return
    fi
    flock -s -w 180 9 || fail "otro proceso está arrancando o deteniendo $dir"
    exec 8>"$dir/run/lock.$*"
    flock -w 180 8 || fail "otro proceso está arrancando $* de $dir"
}

# env_value FILE NAME: the value, or nothing.
env_value() {
    if [ -f "$1" ]; then
        sed -n "s/^$2=//p" "$1" | tail -n 1
    fi
}

# Exports every NAME=VALUE line of a file of ours; values are taken as they stand.
export_env() {
    local line
    while IFS= read -r line; do
        case $line in
            ABASTO_*=*) export "${line?}" ;;
            *) ;;
        esac
    done <"$1"
}

absolute_folder() {
    mkdir -p "$1"
    (cd "$1" && pwd -P)
}
