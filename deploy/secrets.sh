#!/bin/sh
# Make the secrets of a deployment, once: random, each readable by the one user that needs it. deploy/secrets holds the
# passwords, deploy/keys/secret the keys that everything is encrypted by: keep a copy of it elsewhere, and apart from
# the backups. Run as root. What exists is left alone.
set -eu
umask 077
cd "$(dirname "$0")"
mkdir -p secrets keys backups tls

TIAOJIE=10001  # the image's user
POSTGRES=999   # the user `postgres` of PostgreSQL's image

random() { head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n'; }

keep() { # FILE OWNER: standard input becomes the file, unless there is one
    if [ -e "$1" ]; then
        echo "$1: 已有 / kept"
        return
    fi
    cat > "$1.new"
    chown "$2:$2" "$1.new"
    chmod 400 "$1.new"
    mv "$1.new" "$1"
    echo "$1: 已生成 / made"
}

random | keep secrets/postgres_password $POSTGRES
random | keep secrets/owner_password $POSTGRES
owner=$(cat secrets/owner_password)
printf 'postgresql://tiaojie_owner:%s@postgres:5432/tiaojie\n' "$owner" | keep secrets/database_url $TIAOJIE
printf 'redis://:%s@valkey:6379/0\n' "$(random)" | keep secrets/redis_url $TIAOJIE
chown $TIAOJIE:$TIAOJIE keys backups
head -c 32 /dev/urandom | base64 | keep keys/secret $TIAOJIE
chmod 600 keys/secret # `tiaojie keys` replaces it
