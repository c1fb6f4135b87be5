#!/bin/sh
# A folder a backup: roles, each database, and checksums. It has its name only when it is whole.
. /scripts/connect.sh
alone

rm -rf /backup/.work
mkdir /backup/.work
trap 'rm -rf /backup/.work' EXIT
cd /backup/.work

reached
pg_dumpall --globals-only --file=globals.sql
odd=$(sql --dbname=postgres --command="SELECT count(*) FROM pg_database WHERE datname ~ '[[:cntrl:]|]'")
[ "$odd" = 0 ] || { echo "$odd databases have a name that no file can list: rename them" >&2; exit 1; }
sql --dbname=postgres --command="SELECT oid || '|' || datname FROM pg_database
    WHERE datallowconn AND NOT datistemplate ORDER BY oid" > databases
while IFS='|' read -r oid name; do
    reached
    # By the environment, where no name is taken for more than one.
    PGDATABASE="$name" pg_dump --format=custom --file="$oid.dump"
    pg_restore --list "$oid.dump" > /dev/null
done < databases
sha256sum -- globals.sql databases *.dump > SHA256SUMS
sync

stamp=$(date -u +%Y%m%dT%H%M%SZ)
mv /backup/.work "/backup/$stamp"
echo "backup $stamp: $(wc -l < "/backup/$stamp/databases") databases, $(du -sh "/backup/$stamp" | cut -f 1)"

ls -1 /backup | grep -E '^[0-9]{8}T[0-9]{6}Z$' | sort | head -n "-$KEEP" | while read -r old; do
    rm -rf "/backup/$old"
    echo "gone: $old"
done
