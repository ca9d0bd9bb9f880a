#!/usr/bin/env bash
# A stack of the real parts on this machine: Kafka (KRaft) and a private PostgreSQL, or two.
#
#   stack.sh up DIR [PART...]  starts what does not run of these, of all: kafka, postgresql; what was killed
#                          recovers and keeps its data
#   stack.sh down DIR      ends the services, then the broker, then PostgreSQL; the data stay
#   stack.sh status DIR    exit 0 while both answer
#   stack.sh fresh DIR     destroy, then up
#   stack.sh destroy DIR   down, then removes DIR with all data
#   stack.sh run -- COMMAND...   a temporary stack around COMMAND, always taken down
#
# DIR/stack.env tells everybody else where it is: ABASTO_BROKERS, ABASTO_DATABASE and more.
#
# ABASTO_STACK_DATABASES=2 makes a new stack of two PostgreSQL servers: postgresql, and postgresql-2, which is `segundo` in
# ABASTO_DATABASES.
# ABASTO_STACK_BROKERS=3 makes a new stack of three brokers, kafka, kafka-2 and kafka-3, that keep each record three times
# and acknowledge what two of them have. ABASTO_STACK_POSTGRESQL_ENV is what env(1) gives PostgreSQL: NAME=VALUE...
# ABASTO_STACK_ACCESS=on makes one whose brokers ask everybody for name and password (SASL PLAIN) and have an authorizer:
# DIR/run/secrets/NAME holds the password of each principal of topics.json, and that of the administrator `admin`.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=deploy/stack/common.sh
source "$root/deploy/stack/common.sh"

heap=${ABASTO_KAFKA_HEAP:-512m}
fsync=${ABASTO_STACK_FSYNC:-on} # off only where losing data in a crash of the machine does not matter
shards=${ABASTO_SHARDS:-4}
brokers=${ABASTO_STACK_BROKERS:-1}   # of a new stack
databases=${ABASTO_STACK_DATABASES:-1} # the same
access=${ABASTO_STACK_ACCESS:-off} # the same
read -r -a postgresql_env <<<"${ABASTO_STACK_POSTGRESQL_ENV:-}"
institutions=(imss issste imss-bienestar ssa)
start_timeout_s=90
declare -A launched=() # kafka, kafka-2, postgresql: by this run

usage() {
    say "uso: stack.sh up DIR [PARTE...]" >&2
    say "     stack.sh down|status|fresh|destroy DIR" >&2
    say "     stack.sh run -- ORDEN..." >&2
    exit 2
}

# --- PostgreSQL --------------------------------------------------------------------------------

postgresql_bin=/usr/lib/postgresql/15/bin

# It refuses root, so then its own user runs it; and no PG* variable of the caller reaches it.
if [ "$(id -u)" -eq 0 ]; then
    as_postgres=(setpriv --reuid postgres --regid postgres --init-groups --reset-env)
else
    as_postgres=(env -i "PATH=$PATH" "HOME=$HOME")
fi

postgresql_outside() {
    printf '/var/tmp/abasto-%s' "$(printf '%s' "$1" | sha256sum | cut -c1-12)"
}

# The folder of the cluster: in DIR, or where its user can go when DIR is closed to it or its path too
# long for a socket. Decided once, for that can change.
postgresql_home() {
    local dir=$1 inside=$1/postgresql
    local outside
    outside=$(postgresql_outside "$dir")
    if [ ! -f "$dir/run/postgresql.place" ]; then
        if [ "${#inside}" -le 80 ] && "${as_postgres[@]}" test -x "$dir"; then
            printf 'inside\n' >"$dir/run/postgresql.place"
        else
            printf 'outside\n' >"$dir/run/postgresql.place"
        fi
    fi
    case $(<"$dir/run/postgresql.place") in
        inside) printf '%s' "$inside" ;;
        *) printf '%s' "$outside" ;;
    esac
}

# A folder outside DIR outlives a DIR that somebody removed, and its database does not fit the new, empty
# broker. It is ours while DIR still says that it lies there, and its id, once it has one, is that of DIR.
postgresql_remove_left_over() {
    local dir=$1 outside
    outside=$(postgresql_outside "$dir")
    if [ ! -e "$outside" ] || { [ -f "$dir/run/postgresql.place" ] && { [ ! -f "$outside/id" ] ||
        [ "$(<"$outside/id")" = "$(<"$dir/run/id")" ]; }; }; then
        return
    fi
    require_own "$outside"
    say "se borra $outside: es de una pila anterior que ya no está en $dir"
    local data
    for data in "$outside"{,/postgresql-2}/data; do
        if [ -d "$data" ]; then
            postgresql_clear_crash "$data"
        fi
    done
    rm -rf "$outside"
}

require_own() {
    if [ "$(stat -c '%F %u' "$1")" != "directory $(id -u)" ]; then
        fail "$1 existe y es de otro usuario"
    fi
}

# own_folder PATH: makes a folder that only PostgreSQL's user may enter.
own_folder() {
    mkdir -p -m 700 "$1"
    if [ "$(id -u)" -eq 0 ]; then
        chown postgres:postgres "$1"
    fi
}

# Makes the cluster where there is none; one whose making was interrupted does not count.
postgresql_create() {
    local home=$1 id=$2
    if [ ! -d "$home" ]; then
        mkdir -m 755 "$home"
    fi
    require_own "$home"
    printf '%s\n' "$id" >"$home/id.new"
    mv "$home/id.new" "$home/id"
    own_folder "$home/socket"
    if [ ! -d "$home/data" ]; then
        rm -rf "$home/data.new"
        own_folder "$home/data.new"
        # The socket's folder is closed to others; whoever comes by network needs the password.
        "${as_postgres[@]}" "$postgresql_bin/initdb" --pgdata "$home/data.new" --username postgres \
            --auth-local trust --auth-host scram-sha-256 --encoding UTF8 --locale C \
            --no-instructions >"$home/initdb.log" 2>&1 ||
            fail "initdb falló: vea $home/initdb.log"
        mv "$home/data.new" "$home/data"
    fi
}

# After a kill -9 of the postmaster its children may live on for a moment, and hold the shared memory.
# They are known by their working folder, which is the data folder.
postgresql_end_orphans() {
    local data=$1 signal_name=$2 process
    for process in /proc/[0-9]*; do
        if [ "$(readlink "$process/cwd" 2>/dev/null)" = "$data" ] &&
            [ "$(readlink "$process/exe" 2>/dev/null)" = "$postgresql_bin/postgres" ]; then
            orphans=$((orphans + 1))
            signal "$signal_name" "${process#/proc/}"
        fi
    done
}

postgresql_clear_crash() {
    local data=$1 tries=0 orphans=1
    while [ "$orphans" -gt 0 ]; do
        orphans=0
        postgresql_end_orphans "$data" "$([ "$tries" -lt 50 ] && say QUIT || say KILL)"
        tries=$((tries + 1))
        if [ "$orphans" -gt 0 ]; then
            sleep 0.1
        fi
        if [ "$tries" -gt 100 ]; then
            fail "procesos de PostgreSQL de $data no se dejan detener"
        fi
    done
    # Its lock files name a pid that may be a zombie, or anybody's, by now.
    rm -f "$data/postmaster.pid" "${data%/data}"/socket/.s.PGSQL.*
}

# postgresql_launch DIR NAME HOME PORT
postgresql_launch() {
    local dir=$1 name=$2 home=$3 port=$4
    postgresql_clear_crash "$home/data"
    : >"$dir/log/$name.log"
    launch "$dir" "$name" "$dir/log/$name.log" \
        "${as_postgres[@]}" env "${postgresql_env[@]}" "$postgresql_bin/postgres" -D "$home/data" \
        -c listen_addresses=127.0.0.1 -c port="$port" \
        -c unix_socket_directories="$home/socket" \
        -c max_connections=300 -c shared_buffers=256MB -c max_wal_size=2GB -c fsync="$fsync" \
        -c max_parallel_workers_per_gather=0 -c jit=off \
        -c timezone=UTC -c log_timezone=UTC -c log_line_prefix='%m [%p] %q%a '
    launched[$name]=1
}

postgresql_sql() {
    "${as_postgres[@]}" "$postgresql_bin/psql" --no-psqlrc --quiet --tuples-only --no-align \
        --set ON_ERROR_STOP=1 --host "$1/socket" --port "$2" --username postgres --dbname postgres
}

postgresql_ready() {
    "${as_postgres[@]}" "$postgresql_bin/pg_isready" --quiet --timeout 2 \
        --host 127.0.0.1 --port "$1" --dbname postgres
}

postgresql_uri() {
    printf 'postgresql://abasto:%s@127.0.0.1:%s/abasto?sslmode=disable&gssencmode=disable' "$1" "$2"
}

# Starts server NAME unless it runs, is not wanted, or was started by this run. Prints nothing; sets `port` to where it is.
postgresql_start() {
    local dir=$1 name=$2 home=$3 known=$4
    shift 4
    port=$known
    if [ -z "${launched[$name]:-}" ] && wanted "$name" "$@" && ! running_pid "$dir" "$name" >/dev/null; then
        read -r port <<<"$(free_ports 1 "${port:-0}")"
        postgresql_create "$home" "$(<"$dir/run/id")"
        postgresql_launch "$dir" "$name" "$home" "$port"
    fi
}

# Waits for it. Returns 1 when it ended and was not launched by this run.
postgresql_await() {
    local dir=$1 name=$2 home=$3 port=$4 password=$5
    await "$dir" "$name" PostgreSQL postgresql_ready "$port" || return 1
    postgresql_prepare "$home" "$port" "$password" ||
        fail "no se pudo preparar la base de datos: vea $dir/log/$name.log"
}

# Makes the role and the database where they are missing.
postgresql_prepare() {
    local home=$1 port=$2 password=$3
    postgresql_sql "$home" "$port" <<SQL
set client_min_messages = warning;
select 'create role abasto login' where not exists (
    select from pg_roles where rolname = 'abasto') \\gexec
alter role abasto password '$password';
select 'create database abasto owner abasto' where not exists (
    select from pg_database where datname = 'abasto') \\gexec
SQL
}

postgresql_down() {
    local dir=$1 name=$2 home=$3
    if running_pid "$dir" "$name" >/dev/null; then
        "${as_postgres[@]}" "$postgresql_bin/pg_ctl" --pgdata "$home/data" --mode fast --wait \
            --timeout 60 --silent stop || say "PostgreSQL no cerró a tiempo: se detiene por la fuerza"
        end_process "$dir" "$name" 5
    fi
    rm -f "$dir/run/$name.pid"
    if [ -d "$home/data" ]; then
        postgresql_clear_crash "$home/data"
    fi
}

# --- Kafka -------------------------------------------------------------------------------------

# The name of broker NUMBER; its folder and its log are called so too.
kafka_name() {
    if [ "$1" -eq 1 ]; then
        printf 'kafka'
    else
        printf 'kafka-%d' "$1"
    fi
}

# Whether the brokers of this stack ask who comes; decided when it is made.
has_access() {
    [ -d "$1/run/secrets" ]
}

# The passwords of everybody, where new brokers are to ask for them.
kafka_create_secrets() {
    local dir=$1 principal
    if [ "$access" != on ]; then
        return
    fi
    (umask 077 && mkdir -p "$dir/run/secrets")
    for principal in broker admin $(python3 "$root/deploy/stack/principals.py"); do
        random_file "$dir/run/secrets/$principal"
    done
}

# SCRAM is not for librdkafka 2.0: brokers from 4.0 on refuse its way of it.
kafka_access_settings() {
    local dir=$1 broker users secret
    local module="org.apache.kafka.common.security.plain.PlainLoginModule required"
    broker=$(<"$dir/run/secrets/broker")
    users="username=\"broker\" password=\"$broker\""
    for secret in "$dir"/run/secrets/*; do
        users="$users user_$(basename "$secret")=\"$(<"$secret")\""
    done
    cat <<ACCESS
listener.security.protocol.map=BROKER:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT
sasl.enabled.mechanisms=PLAIN
sasl.mechanism.inter.broker.protocol=PLAIN
sasl.mechanism.controller.protocol=PLAIN
listener.name.broker.plain.sasl.jaas.config=$module $users;
listener.name.controller.plain.sasl.jaas.config=$module username="broker" password="$broker" user_broker="$broker";
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:broker;User:admin
ACCESS
}

# kafka_settings DIR DATA NUMBER PORTS CONTROLLERS: the ports of all brokers, in their order.
kafka_settings() {
    local dir=$1 data=$2 number=$3 voters='' copies acknowledged position
    local -a all quorum
    read -r -a all <<<"$4"
    read -r -a quorum <<<"$5"
    copies=${#all[@]}
    acknowledged=$((copies / 2 + 1)) # of three, one may be away
    for position in "${!quorum[@]}"; do
        voters+="${voters:+,}$((position + 1))@127.0.0.1:${quorum[position]}"
    done
    cat <<PROPERTIES
process.roles=broker,controller
node.id=$number
controller.quorum.voters=$voters
listeners=BROKER://127.0.0.1:${all[number - 1]},CONTROLLER://127.0.0.1:${quorum[number - 1]}
advertised.listeners=BROKER://127.0.0.1:${all[number - 1]}
listener.security.protocol.map=BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=BROKER
log.dirs=$data
auto.create.topics.enable=false
default.replication.factor=$copies
min.insync.replicas=$acknowledged
offsets.topic.replication.factor=$copies
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=$copies
transaction.state.log.min.isr=$acknowledged
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=$copies
share.coordinator.state.topic.min.isr=$acknowledged
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
num.network.threads=2
num.io.threads=4
log.cleaner.dedupe.buffer.size=16777216
PROPERTIES
    # What is said twice holds as it was said last.
    if has_access "$dir"; then
        kafka_access_settings "$dir"
    fi
}

# Writes the storage of a new broker; one whose making was interrupted does not count.
kafka_create() {
    local dir=$1 jars=$2 number=$3 name
    name=$(kafka_name "$number")
    mkdir -p "$dir/$name"
    if [ -d "$dir/$name/data" ]; then
        return
    fi
    kafka_create_secrets "$dir"
    rm -rf "$dir/$name/data.new"
    (umask 077 && kafka_settings "$dir" "$dir/$name/data.new" "$number" "$4" "$5" >"$dir/$name/format.properties")
    if [ ! -f "$dir/run/cluster" ]; then
        python3 -c 'import base64, uuid
print("A" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")[1:])' >"$dir/run/cluster.new"
        mv "$dir/run/cluster.new" "$dir/run/cluster"
    fi
    CLASSPATH="$jars/*" java -Xmx128m -XX:-UsePerfData \
        -Dorg.slf4j.simpleLogger.defaultLogLevel=warn kafka.tools.StorageTool format \
        --cluster-id "$(<"$dir/run/cluster")" --config "$dir/$name/format.properties" \
        >"$dir/log/$name-format.log" 2>&1 ||
        fail "no se pudo preparar Kafka: vea $dir/log/$name-format.log"
    mv "$dir/$name/data.new" "$dir/$name/data"
}

# The stack lives for minutes, on the cores that the services need: what the compiler leaves undone in that time
# costs less than its work.
kafka_launch() {
    local dir=$1 jars=$2 number=$3 name
    name=$(kafka_name "$number")
    (umask 077 && kafka_settings "$dir" "$dir/$name/data" "$number" "$4" "$5" >"$dir/$name/server.properties")
    : >"$dir/log/$name.log"
    launch "$dir" "$name" "$dir/log/$name.log" env CLASSPATH="$jars/*" \
        java -Xmx"$heap" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData -XX:+ExitOnOutOfMemoryError \
        -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
        -Dorg.slf4j.simpleLogger.showDateTime=true \
        -Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd\'T\'HH:mm:ss.SSSXXX \
        kafka.Kafka "$dir/$name/server.properties"
    launched[$name]=1
}

kafka_ready() {
    local dir=$1 port=$2
    local -a credentials=()
    if has_access "$dir"; then
        credentials=(broker "$dir/run/secrets/broker")
    fi
    python3 "$root/deploy/stack/kafka_ready.py" "$port" "${credentials[@]}"
}

# --- both --------------------------------------------------------------------------------------

# await DIR NAME TITLE CHECK ARGUMENT...: until CHECK holds; says why when NAME ends or time runs out. Returns 1
# when it ended and was not launched by this run: it was on its way down when we looked.
await() {
    local dir=$1 name=$2 title=$3 deadline=$((SECONDS + start_timeout_s))
    shift 3
    until "$@" 2>/dev/null; do
        if ! running_pid "$dir" "$name" >/dev/null; then
            if [ -z "${launched[$name]:-}" ]; then
                return 1
            fi
            tail -n 20 "$dir/log/$name.log" >&2
            fail "$title terminó al arrancar: vea $dir/log/$name.log"
        fi
        if [ "$SECONDS" -ge "$deadline" ]; then
            tail -n 20 "$dir/log/$name.log" >&2
            fail "$title no respondió en $start_timeout_s s: vea $dir/log/$name.log"
        fi
        sleep 0.1
    done
}

# ports_of ADDRESSES: the ports of one, or of several separated by commas.
ports_of() {
    grep -o '127\.0\.0\.1:[0-9]*' <<<"$1" | cut -d: -f2 | xargs || true
}

# addresses_of PORTS
addresses_of() {
    local port addresses=
    for port in $1; do
        addresses+="${addresses:+,}127.0.0.1:$port"
    done
    printf '%s' "$addresses"
}

write_env() {
    local dir=$1 brokers=$2 controllers=$3 database=$4 second=$5
    (
        umask 077
        cat >"$dir/stack.env.$$" <<ENV
ABASTO_STACK=$dir
ABASTO_BROKERS=$brokers
ABASTO_CONTROLLER=$controllers
ABASTO_DATABASE=$database
ABASTO_INSECURE=1
ABASTO_SHARDS=$shards
ABASTO_DROP=$dir/drop
ABASTO_ARCHIVE=$dir/archive
ABASTO_FORMATS_FOLDER=${ABASTO_FORMATS_FOLDER:-$root/services/gateway/formats}
ABASTO_KAFKA_PID=$(running_pid "$dir" kafka)
ABASTO_POSTGRESQL_PID=$(running_pid "$dir" postgresql)
ENV
        if [ -n "$second" ]; then
            printf 'ABASTO_DATABASES=segundo=%s\n' "$second" >>"$dir/stack.env.$$"
        fi
        if has_access "$dir"; then
            printf '%s\n' ABASTO_SASL_USER=admin "ABASTO_SASL_PASSWORD_FILE=$dir/run/secrets/admin" \
                >>"$dir/stack.env.$$"
        fi
    )
    mv "$dir/stack.env.$$" "$dir/stack.env"
}

is_up() {
    local dir=$1 port number=0
    for port in $(ports_of "$(env_value "$dir/stack.env" ABASTO_BROKERS)"); do
        number=$((number + 1))
        running_pid "$dir" "$(kafka_name "$number")" >/dev/null && kafka_ready "$dir" "$port" || return 1
    done
    [ "$number" -gt 0 ] && running_pid "$dir" postgresql >/dev/null &&
        postgresql_ready "$(ports_of "$(env_value "$dir/stack.env" ABASTO_DATABASE)")" || return 1
    port=$(ports_of "$(env_value "$dir/stack.env" ABASTO_DATABASES)")
    [ -z "$port" ] || { running_pid "$dir" postgresql-2 >/dev/null && postgresql_ready "$port"; }
}

# random_file PATH: makes a file with 32 random hexadecimal digits unless it is there.
random_file() {
    if [ ! -f "$1" ]; then
        (umask 077 && od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$1.new")
        mv "$1.new" "$1"
    fi
}

# wanted PART NAME...: whether PART is among the names; no name means all.
wanted() {
    local part=$1 name
    shift
    for name in "$@"; do
        if [ "$name" = "$part" ]; then
            return 0
        fi
    done
    [ "$#" -eq 0 ]
}

# Starts the brokers that do not run, of those wanted. Sets `ports` and `controllers`: those of before, where they
# are still free: clients that wait find them again. With several brokers the others know them, so there they stay.
kafka_start() {
    local dir=$1 jars=$2 number name
    local -a all
    shift 2
    ports=$(ports_of "$(env_value "$dir/stack.env" ABASTO_BROKERS)")
    controllers=$(ports_of "$(env_value "$dir/stack.env" ABASTO_CONTROLLER)")
    read -r -a all <<<"$ports"
    if [ "${#all[@]}" -eq 0 ]; then
        read -r -a all <<<"$(free_ports $((brokers * 2)))"
        ports=${all[*]:0:brokers}
        controllers=${all[*]:brokers}
    elif [ "${#all[@]}" -eq 1 ] && [ -z "${launched[kafka]:-}" ] && ! running_pid "$dir" kafka >/dev/null; then
        read -r ports controllers <<<"$(free_ports 2 "$ports" "$controllers")"
    fi
    read -r -a all <<<"$ports"
    for number in $(seq "${#all[@]}"); do
        name=$(kafka_name "$number")
        if [ -z "${launched[$name]:-}" ] && wanted "$name" "$@" && ! running_pid "$dir" "$name" >/dev/null; then
            kafka_create "$dir" "$jars" "$number" "$ports" "$controllers"
            kafka_launch "$dir" "$jars" "$number" "$ports" "$controllers"
        fi
    done
}

# Starts what does not run of the parts wanted, and waits for them. Returns 1 when one that ran before has ended since.
start_and_await() {
    local dir=$1 jars=$2 home=$3 password=$4 ports= controllers= postgresql second port number=0
    shift 4
    kafka_start "$dir" "$jars" "$@"
    postgresql_start "$dir" postgresql "$home" "$(ports_of "$(env_value "$dir/stack.env" ABASTO_DATABASE)")" "$@"
    postgresql=$port
    second=$(ports_of "$(env_value "$dir/stack.env" ABASTO_DATABASES)")
    if [ -n "$second" ] || { [ ! -f "$dir/stack.env" ] && [ "$databases" -gt 1 ]; }; then
        postgresql_start "$dir" postgresql-2 "$home/postgresql-2" "$second" "$@"
        second=$port
    fi
    # Written before they are ready: when this is interrupted, `up` and `down` find the same ports.
    write_env "$dir" "$(addresses_of "$ports")" "$(addresses_of "$controllers")" \
        "$(postgresql_uri "$password" "$postgresql")" "${second:+$(postgresql_uri "$password" "$second")}"
    if wanted postgresql "$@"; then
        postgresql_await "$dir" postgresql "$home" "$postgresql" "$password" || return 1
    fi
    if [ -n "$second" ] && wanted postgresql-2 "$@"; then
        postgresql_await "$dir" postgresql-2 "$home/postgresql-2" "$second" "$password" || return 1
    fi
    for port in $ports; do
        number=$((number + 1))
        if wanted "$(kafka_name "$number")" "$@"; then
            await "$dir" "$(kafka_name "$number")" Kafka kafka_ready "$dir" "$port" || return 1
        fi
    done
    started="Kafka $(addresses_of "$ports"), PostgreSQL $(addresses_of "$postgresql $second")"
}

stack_up() {
    local dir=$1 jars home password institution started=
    shift
    if is_up "$dir" 2>/dev/null; then
        say "la pila ya está arriba en $dir"
        return
    fi
    for institution in "${institutions[@]}"; do
        mkdir -p "$dir/drop/$institution"
    done
    mkdir -p "$dir/archive"
    chmod 755 "$dir"
    jars=$("$root/deploy/kafka/fetch.sh")
    random_file "$dir/run/id"
    postgresql_remove_left_over "$dir"
    home=$(postgresql_home "$dir")
    random_file "$dir/run/password"
    password=$(<"$dir/run/password")
    # What this run launched may not end, so each part makes it begin again once at most.
    until start_and_await "$dir" "$jars" "$home" "$password" "$@"; do :; done
    say "pila arriba en $dir: $started"
}

stack_down() {
    local dir=$1 file name pid
    end_services "$dir"
    # Together: a broker on its way down waits for a controller, which is another.
    for file in "$dir"/run/kafka*.pid; do
        name=$(basename "$file" .pid)
        if pid=$(running_pid "$dir" "$name"); then
            signal TERM "$pid"
        fi
    done
    for file in "$dir"/run/kafka*.pid; do
        if [ -f "$file" ]; then
            end_process "$dir" "$(basename "$file" .pid)" 30
        fi
    done
    if [ -f "$dir/run/postgresql.place" ]; then
        postgresql_down "$dir" postgresql-2 "$(postgresql_home "$dir")/postgresql-2"
        postgresql_down "$dir" postgresql "$(postgresql_home "$dir")"
    fi
    say "pila detenida en $dir"
}

stack_status() {
    local dir=$1 code=0 pid port name number=0
    for port in $(ports_of "$(env_value "$dir/stack.env" ABASTO_BROKERS)"); do
        number=$((number + 1))
        name=$(kafka_name "$number")
        if pid=$(running_pid "$dir" "$name") && kafka_ready "$dir" "$port"; then
            printf '%-11s arriba    127.0.0.1:%s  proceso %s\n' "$name" "$port" "$pid"
        else
            printf '%-11s detenido\n' "$name"
            code=1
        fi
    done
    name=postgresql
    for port in $(ports_of "$(env_value "$dir/stack.env" ABASTO_DATABASE)") \
        $(ports_of "$(env_value "$dir/stack.env" ABASTO_DATABASES)"); do
        if pid=$(running_pid "$dir" "$name") && postgresql_ready "$port"; then
            printf '%-11s arriba    127.0.0.1:%s  proceso %s\n' "$name" "$port" "$pid"
        else
            printf '%-11s detenido\n' "$name"
            code=1
        fi
        name=postgresql-2
    done
    if [ "$number" -eq 0 ]; then
        say "kafka       detenido"
        code=1
    fi
    return "$code"
}

stack_destroy() {
    local dir=$1 home
    if [ -z "$(ls -A "$dir")" ]; then
        rmdir "$dir"
        return
    fi
    if [ ! -d "$dir/run" ]; then
        fail "$dir no es la carpeta de una pila: no se borra"
    fi
    lock_stack "$dir"
    stack_down "$dir"
    if [ -f "$dir/run/postgresql.place" ]; then
        home=$(postgresql_home "$dir")
        rm -rf "$home"
    fi
    rm -rf "$dir"
}

# --- run -- COMMAND ----------------------------------------------------------------------------

run_dir=
run_pid=

run_cleanup() {
    trap '' INT TERM HUP
    if [ -n "$run_pid" ] && [ -n "$(process_start "$run_pid")" ]; then
        signal TERM "$run_pid"
        wait "$run_pid" || say "la orden se interrumpió"
    fi
    # The output of the command is what counts: of this only what goes wrong is said.
    "$0" destroy "$run_dir" >/dev/null
}

stack_run() {
    local status=0
    run_dir=$(mktemp -d "${TMPDIR:-/tmp}/abasto-stack.XXXXXX")
    trap run_cleanup EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    trap 'exit 129' HUP
    "$0" up "$run_dir" >&2
    export_env "$run_dir/stack.env"
    export ABASTO_TEST_STACK=$run_dir/stack.env
    # In the background, so that a signal to this script is handled while the command runs.
    env --default-signal=INT,QUIT "$@" <&0 &
    run_pid=$!
    wait "$run_pid" || status=$?
    run_pid=
    exit "$status"
}

# --- command line ------------------------------------------------------------------------------

if [ "$#" -lt 2 ]; then
    usage
fi
command=$1
if [ "$command" = run ]; then
    if [ "$2" != -- ] || [ "$#" -lt 3 ]; then
        usage
    fi
    shift 2
    stack_run "$@"
fi
if [ "$#" -ne 2 ] && [ "$command" != up ]; then
    usage
fi
case $command in
    down | destroy | status)
        if [ ! -d "$2" ]; then
            say "no hay pila en $2"
            [ "$command" != status ]
            exit
        fi
        ;;
    up | fresh) ;;
    *) usage ;;
esac
dir=$(absolute_folder "$2")
shift 2
cd / # PostgreSQL's user may not enter where we were called
case $command in
    up)
        lock_stack "$dir" "$@"
        stack_up "$dir" "$@"
        ;;
    down)
        lock_stack "$dir"
        stack_down "$dir"
        ;;
    status) stack_status "$dir" ;;
    destroy) stack_destroy "$dir" ;;
    fresh)
        (stack_destroy "$dir")
        dir=$(absolute_folder "$dir")
        lock_stack "$dir"
        stack_up "$dir"
        ;;
esac
