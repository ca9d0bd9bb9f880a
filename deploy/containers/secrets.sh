#!/usr/bin/env bash
# secrets.sh [DIR]: makes the secrets of compose.yaml that are missing, in deploy/secrets or DIR. The folder is
# closed; the files in it are not, for the users in the containers read them under numbers of their own.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
folder=${1:-$root/deploy/secrets}

# random_text NAME: keeps what is there, for the database knows it already.
random_text() {
    if [ ! -s "$folder/$1" ]; then
        od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$folder/$1.new"
        mv "$folder/$1.new" "$folder/$1"
    fi
}

mkdir -p "$folder"
chmod 700 "$folder"
random_text postgresql
random_text database-password
if [ ! -s "$folder/database" ]; then
    printf 'postgresql://abasto:%s@postgresql:5432/abasto?sslmode=disable&gssencmode=disable\n' \
        "$(<"$folder/database-password")" >"$folder/database"
fi
chmod 444 "$folder"/postgresql "$folder"/database "$folder"/database-password
