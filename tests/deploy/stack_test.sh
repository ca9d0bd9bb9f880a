#!/usr/bin/env bash
# stack_test.sh: stack.sh with a database outside its folder, with a folder that was removed, with a broker on its way down.
set -euo pipefail
stack=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/deploy/stack/stack.sh
folder=$(mktemp -d "${TMPDIR:-/tmp}/abasto-stack-test.XXXXXX")
# Too long for a socket: the database goes to a folder outside.
dir=$folder/$(printf 'long-name-%.0s' 1 2 3 4 5 6 7 8)
outside=
dying=
export ABASTO_STACK_FSYNC=off

cleanup() {
    if [ -n "$dying" ]; then
        kill "$dying" 2>/dev/null || true
    fi
    if [ -d "$dir" ]; then
        "$stack" destroy "$dir" >/dev/null
    fi
    rm -rf "$folder"
}
trap cleanup EXIT
trap 'exit 143' TERM

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

sql() {
    psql --no-psqlrc --tuples-only --no-align --quiet --command "$1" \
        --dbname "$(sed -n 's/^ABASTO_DATABASE=//p' "$dir/stack.env")"
}

tables() {
    sql "select count(*) from pg_tables where tablename = 'kept'"
}

"$stack" up "$dir" >/dev/null
outside=/var/tmp/abasto-$(printf '%s' "$(cd "$dir" && pwd -P)" | sha256sum | cut -c1-12)
[ -d "$outside/data" ] || fail "the database is not in $outside"
sql 'create table kept(id int)'

# A broker that is on its way down when `up` looks: a process that runs, does not answer, and ends.
read -r broker _ <"$dir/run/kafka.pid"
kill -KILL "$broker"
sleep 3 &
dying=$!
start=$(sed 's/.*) //' "/proc/$dying/stat" | cut -d' ' -f20)
printf '%s %s %s %s\n' "$dying" "$start" "$(</proc/sys/kernel/random/boot_id)" "$(cd "$dir" && pwd -P)" \
    >"$dir/run/kafka.pid"
"$stack" up "$dir" >/dev/null
"$stack" status "$dir" >/dev/null || fail 'the broker that was going down was not started again'
[ "$(tables)" = 1 ] || fail 'the data did not stay'

"$stack" down "$dir" >/dev/null
"$stack" up "$dir" >/dev/null
[ "$(tables)" = 1 ] || fail 'down and up lost the data'

# The folder is removed while its database runs: what is outside belongs to nobody, process included.
read -r orphan _ <"$dir/run/postgresql.pid"
read -r broker _ <"$dir/run/kafka.pid"
kill -KILL "$broker"
rm -rf "$dir"
"$stack" up "$dir" >/dev/null
[ "$(tables)" = 0 ] || fail 'a new stack met the database of the one before'
[ ! -e "/proc/$orphan" ] || [ "$(sed 's/.*) \(.\).*/\1/' "/proc/$orphan/stat")" = Z ] ||
    fail 'the database of the stack before still runs'

"$stack" destroy "$dir" >/dev/null
[ ! -e "$outside" ] || fail "destroy left $outside"
printf 'stack: ok\n'
