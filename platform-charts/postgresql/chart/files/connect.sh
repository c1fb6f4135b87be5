# For those that connect: what libpq reads. Passwords go by a file, never as arguments.
set -eu
umask 077

export PGUSER=postgres PGCONNECT_TIMEOUT=10 PGPASSFILE=/tmp/passwords
printf '*:*:*:postgres:%s\n' "$(head -n 1 /secrets/superuser/password | sed 's/[\\:]/\\&/g')" > "$PGPASSFILE"

# A statement that the server logs, because it failed or because the settings say so, would have a password in it.
PGOPTIONS="-c log_min_error_statement=panic -c log_statement=none -c log_min_duration_statement=-1"
export PGOPTIONS="$PGOPTIONS -c log_min_duration_sample=-1 -c log_transaction_sample_rate=0"

# Before each program that connects: a new pod may be shut off for seconds, until its node has the rules of the
# network, and a name may not be found for a moment. No work of an hour ends by that.
reached() {
    tries=60
    until pg_isready --quiet < /dev/null; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { echo "$PGHOST does not answer" >&2; exit 1; }
        sleep 1
    done
}

# Run psql so that it says nothing but faults, and ends at the first.
sql() {
    reached
    psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 "$@"
}

# One at a time: backups and restores have one volume.
alone() {
    exec 9> /backup/.lock
    flock --nonblock 9 || { echo "another backup or restore is at work" >&2; exit 1; }
}

reached
