#!/bin/bash
# Makes the cluster where the volume is new and runs /docker-entrypoint-initdb.d/*.sh on it, then becomes the server.
set -euo pipefail
export POSTGRES_USER=${POSTGRES_USER:-postgres}

if [ ! -d "$PGDATA" ]; then
    : "${POSTGRES_PASSWORD_FILE:?falta POSTGRES_PASSWORD_FILE}"
    making=$PGDATA.new # one whose making was interrupted does not count
    rm -rf "$making"
    # shellcheck disable=SC2086 # several arguments, as the official image takes them
    initdb --pgdata "$making" --username "$POSTGRES_USER" --pwfile "$POSTGRES_PASSWORD_FILE" \
        --auth-local trust --auth-host scram-sha-256 --no-instructions ${POSTGRES_INITDB_ARGS:-}
    printf 'host all all all scram-sha-256\n' >>"$making/pg_hba.conf"
    pg_ctl --pgdata "$making" --wait --silent -o "-c listen_addresses= -c fsync=off" start
    for script in /docker-entrypoint-initdb.d/*.sh; do
        if [ -f "$script" ]; then
            bash "$script"
        fi
    done
    pg_ctl --pgdata "$making" --wait --silent stop
    sync
    mv "$making" "$PGDATA"
fi
exec "$@" -c listen_addresses='*'
