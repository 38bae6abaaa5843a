#!/bin/sh
# Run by the image once, when the cluster is new: the owner's role, which is no superuser, and its database.
# The three limited roles are made by `tiaojie migrate` as this owner.
set -eu
password=$(cat "${OWNER_PASSWORD_FILE:-/run/secrets/owner_password}")
psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 --set=password="$password" \
    --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
create role tiaojie_owner login nosuperuser nobypassrls createdb createrole password :'password';
create database tiaojie owner tiaojie_owner;
revoke all on database tiaojie from public;
SQL
