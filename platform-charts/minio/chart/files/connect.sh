# For those that call an endpoint: logins, by what the pod was given. Keys are never arguments.
# The image has a shell and coreutils, and no more: no grep, no sed, no find.
set -eu
umask 077
export HOME=/tmp MC_CONFIG_DIR=/tmp/.mc
mkdir -p /tmp/.mc/certs/CAs
[ ! -f /secrets/tls/ca.crt ] || cat /secrets/tls/ca.crt > /tmp/.mc/certs/CAs/ca.crt

# The two keys of a Secret, as `mc` asks for them.
keys() {
    for each in accessKey secretKey; do
        IFS= read -r line < "/secrets/$1/$each" || [ -n "$line" ] || { echo "$1: its $each is empty" >&2; exit 1; }
        printf '%s\n' "$line"
    done
}

# Call an endpoint by a name, with the keys of the Secret that is mounted under it.
known() {
    keys "$1" > "/tmp/$1"
    patiently logged "$1" "$2"
    rm "/tmp/$1"
}

logged() {
    timeout 30 mc --quiet alias set "$1" "$2" < "/tmp/$1"
}

# A new pod may be shut off for seconds, until its node has the rules of the network; servers may still look for each other.
patiently() {
    tries=60
    until ("$@") > /tmp/said 2>&1; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { cat /tmp/said >&2; exit 1; }
        sleep 2
    done
}

# Have `mc` do what may be done twice, with a file as its input if there is one in `given`. Again where no connection came
# about: a name may not be found for a moment, and no work of an hour ends by that.
work() {
    tries=60
    until mc --quiet "$@" < "${given:-/dev/null}" > /tmp/done 2> /tmp/why; do
        tries=$((tries - 1))
        case $(cat /tmp/why /tmp/done) in
            *"dial tcp"*) [ "$tries" -le 0 ] || { sleep 2; continue; } ;;
        esac
        cat /tmp/done /tmp/why >&2
        exit 1
    done
    cat /tmp/done
}

# The buckets, or the prefixes, in a listing of `mc`: what ends with a slash after date, time, zone and size.
names() {
    while read -r _ _ _ _ name; do
        [ "$name" = "${name%/}" ] || printf '%s\n' "${name%/}"
    done
}
