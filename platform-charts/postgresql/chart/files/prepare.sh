#!/bin/sh
# Before each start: an empty volume becomes a cluster, and the superuser's password the Secret's.
set -eu
umask 077

server=$(postgres --version | sed 's/^[^0-9]*\([0-9]*\).*/\1/')
if [ -s "$PGDATA/PG_VERSION" ]; then
    there=$(cat "$PGDATA/PG_VERSION")
    if [ "$there" != "$server" ]; then
        echo "the data is PostgreSQL $there's, the image has $server, which cannot read it:" \
            "go back to $there, or on by backup and restore as the README says" >&2
        exit 1
    fi
elif [ -e "$PGDATA" ]; then
    echo "$PGDATA is there and is no cluster of PostgreSQL: look at the volume" >&2
    exit 1
else
    # Under its name only when it is whole.
    rm -rf "$PGDATA.new"
    initdb --pgdata="$PGDATA.new" --username=postgres --pwfile=/secrets/superuser/password \
        --auth=scram-sha-256 --data-checksums --encoding=UTF8 --locale=C.UTF-8
    mv "$PGDATA.new" "$PGDATA"
fi

password=$(head -n 1 /secrets/superuser/password | sed "s/'/''/g")
printf "ALTER ROLE postgres PASSWORD '%s'\n" "$password" |
    postgres --single -D "$PGDATA" -c password_encryption=scram-sha-256 \
        -c log_min_error_statement=panic postgres > /dev/null
