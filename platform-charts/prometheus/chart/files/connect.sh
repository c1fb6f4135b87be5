# For those that work on backups. What they have begun has a name of their own: two may be at work.
set -eu
umask 077

# Take away what others have left that were killed: none is at work for longer than its time.
tidy() {
    find "$1" -mindepth 1 -maxdepth 1 -name "$2" -mmin "+$((TIMEOUT / 60 + 1))" -exec rm -rf {} +
}

# Ask the server for something, in the words of a form, and print its answer. A new pod may be shut off for seconds,
# until its node has the rules of the network.
ask() {
    tries=60
    until timeout 300 wget -q -O - --post-data="$2" "http://$SERVER:9090$1" 2> /tmp/said; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { cat /tmp/said >&2; exit 1; }
        sleep 1
    done
}

backups() {
    ls -1 /backup | grep -E '^[0-9]{8}T[0-9]{6}Z$' | sort
}
