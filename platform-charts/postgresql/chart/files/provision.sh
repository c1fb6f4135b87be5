#!/bin/sh
# Roles and databases as the values name them: made where they are not there, passwords as the Secrets say.
. /scripts/connect.sh

role() {
    sql --dbname=postgres --set=role="$1" --set=file="$2" --set=rights="$3" << 'SQL'
\set password `head -n 1 :'file'`
SELECT format('CREATE ROLE %I', :'role') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
SELECT format('ALTER ROLE %I LOGIN PASSWORD %L', :'role', :'password') \gexec
SELECT format('ALTER ROLE %I ' || :'rights', :'role') \gexec
SQL
}

while IFS='|' read -r name role place creates extensions; do
    case $creates in
        true) rights='CREATEDB CREATEROLE' ;;
        *) rights='NOCREATEDB NOCREATEROLE' ;;
    esac
    role "$role" "/secrets/databases/$place/password" "$rights"
    sql --dbname=postgres --set=role="$role" --set=name="$name" << 'SQL'
SELECT format('CREATE DATABASE %I OWNER %I', :'name', :'role')
    WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', :'name') \gexec
SELECT format('ALTER DATABASE %I OWNER TO %I', :'name', :'role') \gexec
SQL
    for each in $extensions; do
        sql --dbname="$name" --set=extension="$each" << 'SQL'
SELECT format('CREATE EXTENSION IF NOT EXISTS %I', :'extension') \gexec
SQL
    done
    echo "database $name of role $role"
done < /scripts/databases

if [ "$METRICS" = true ]; then
    sql --dbname=postgres << 'SQL'
SELECT 'CREATE ROLE metrics LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'metrics') \gexec
GRANT pg_monitor TO metrics;
SQL
    echo "role metrics"
fi
