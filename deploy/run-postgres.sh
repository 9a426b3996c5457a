#!/bin/bash
# Runs `gatehouse dev` on a PostgreSQL and a Redis of its own, both on the loopback, with their data in DIR/postgres and
# DIR/redis. Ctrl-C stops all three; the data stay. `make run-postgres` calls it; it is for trying, not for production.
#
#   deploy/run-postgres.sh DIR [flags of gatehouse dev]
#
# PG_PORT and REDIS_PORT choose other ports.
set -euo pipefail

base=$(mkdir -p "$1" && cd "$1" && pwd)
shift
pg_port=${PG_PORT:-54329} redis_port=${REDIS_PORT:-63799}
bin=$(dirname "$(ls -d /usr/lib/postgresql/*/bin/initdb | sort -V | tail -1)")
cluster=$base/postgres/cluster url=$base/postgres/url

# PostgreSQL refuses to run as root: then it runs as the user that its package made.
as=()
if [ "$(id -u)" = 0 ]; then
  as=(runuser -u postgres --)
fi

stop() {
  trap - EXIT
  [ -z "${redis:-}" ] || kill "$redis" 2>/dev/null || true
  "${as[@]}" "$bin/pg_ctl" -D "$cluster" -m fast -s stop || true
}

make_cluster() {
  mkdir -p "$base/postgres"
  [ "$(id -u)" != 0 ] || chown postgres: "$base/postgres"
  "${as[@]}" test -x "$base/postgres" || { echo "the user postgres cannot reach $base: choose another place with DATA=DIR" >&2; exit 1; }
  local password secret=$base/postgres/password
  password=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
  (umask 077 && echo "$password" > "$secret" && echo "postgres://gatehouse:$password@127.0.0.1:$pg_port/postgres" > "$url")
  [ "$(id -u)" != 0 ] || chown postgres: "$secret"
  "${as[@]}" "$bin/initdb" -D "$cluster" -U gatehouse --pwfile="$secret" --auth=scram-sha-256 -E UTF8 --locale=C.UTF-8 \
    > "$base/postgres/initdb.log"
  rm "$secret"
}

[ -e "$cluster/PG_VERSION" ] || make_cluster
sed -i "s|@127.0.0.1:[0-9]*/|@127.0.0.1:$pg_port/|" "$url"
trap stop EXIT
"${as[@]}" "$bin/pg_ctl" -D "$cluster" -l "$cluster/log" -s -w start \
  -o "-p $pg_port -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
mkdir -p "$base/redis"
setsid redis-server --bind 127.0.0.1 --port "$redis_port" --dir "$base/redis" --save '' --logfile "$base/redis/log" &
redis=$!

# Ctrl-C reaches dev by the terminal, and everything else here when dev has ended.
trap : INT
trap 'kill -TERM "$house" 2>/dev/null || true' TERM
"$(dirname "$0")/../bin/gatehouse" dev --data "$base/dev" --database-file "$url" --redis "redis://127.0.0.1:$redis_port" "$@" &
house=$!
code=0
while kill -0 "$house" 2>/dev/null; do
  wait "$house" && code=0 || code=$?
done
exit "$code"
