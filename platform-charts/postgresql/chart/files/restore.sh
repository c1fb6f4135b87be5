#!/bin/sh
# Everything as it was at a backup: databases of it are dropped and made anew, others stay. Run again, it begins anew.
. /scripts/connect.sh
alone

from=${FROM:-$(ls -1 /backup | grep -E '^[0-9]{8}T[0-9]{6}Z$' | sort | tail -n 1)}
[ -n "$from" ] || { echo "there is no backup" >&2; exit 1; }
[ -d "/backup/$from" ] || { echo "there is no backup $from; there are: $(ls -1 /backup | tr '\n' ' ')" >&2; exit 1; }
cd "/backup/$from"
sha256sum --check --quiet SHA256SUMS
# Whole, and still not to be read: by an older version than made it. Nothing is dropped before that is known.
while IFS='|' read -r oid name; do
    pg_restore --list "$oid.dump" > /dev/null
done < databases

# What is there already is no fault of CREATE ROLE; of all else a fault is one.
reached
grep '^CREATE ROLE ' globals.sql | psql --no-psqlrc --quiet --dbname=postgres 2> /dev/null || true
# The superuser's password is the Secret's, not the backup's.
grep -v -e '^CREATE ROLE ' -e '^ALTER ROLE postgres ' globals.sql | sql --dbname=postgres

while IFS='|' read -r oid name; do
    if [ "$name" = postgres ]; then
        reached
        pg_restore --clean --if-exists --exit-on-error --dbname=postgres "$oid.dump"
    else
        sql --dbname=postgres --set=name="$name" << 'SQL'
SELECT format('DROP DATABASE IF EXISTS %I WITH (FORCE)', :'name') \gexec
SQL
        reached
        pg_restore --create --exit-on-error --dbname=postgres "$oid.dump"
    fi
    echo "restored $name"
done < databases
echo "as it was at $from"
