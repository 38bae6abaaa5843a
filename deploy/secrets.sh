#!/bin/sh
# Make the secrets of a deployment, once, in deploy/secrets: random, each readable by the one user that needs it.
# Run as root. What exists is left alone. Keep a copy of tiaojie_secret elsewhere: without it the data can't be read.
set -eu
umask 077
cd "$(dirname "$0")"
mkdir -p secrets tls
cd secrets

TIAOJIE=10001  # the image's user
POSTGRES=999   # the user `postgres` of PostgreSQL's image

random() { head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n'; }

keep() { # NAME OWNER: standard input becomes the file, unless there is one
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

random | keep postgres_password $POSTGRES
random | keep owner_password $POSTGRES
printf 'postgresql://tiaojie_owner:%s@postgres:5432/tiaojie\n' "$(cat owner_password)" | keep database_url $TIAOJIE
printf 'redis://:%s@valkey:6379/0\n' "$(random)" | keep redis_url $TIAOJIE
head -c 32 /dev/urandom | base64 | keep tiaojie_secret $TIAOJIE
