#!/bin/sh
# The password comes from the address that the application uses, over standard input: no process list shows it.
set -eu
url=$(cat "${REDIS_URL_FILE:-/run/secrets/redis_url}")
password=${url#redis://:}
exec valkey-server - <<CONF
requirepass ${password%%@*}
bind * -::*
save ""
appendonly no
maxmemory 256mb
maxmemory-policy noeviction
dir /data
CONF
