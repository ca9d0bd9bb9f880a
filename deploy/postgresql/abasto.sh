#!/bin/bash
# Run once, by the entry point of the official image or of ours, on a new cluster: the role that the services
# are, which owns its database and is no superuser.
set -euo pipefail
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\set password `cat /run/secrets/database-password`
create role abasto login password :'password';
create database abasto owner abasto;
SQL
