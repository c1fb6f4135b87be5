# For those that call the server: where it is, and a login by the pod's own token. Tokens are never arguments.
set -eu
umask 077
# The network of a new pod opens and shuts for seconds while its node takes the rules in: a call without a connection is
# made again for longer than that.
export HOME=/tmp BAO_CLIENT_TIMEOUT=60s BAO_MAX_RETRIES=6

# Log in with a role.
login() {
    BAO_TOKEN=$(bao write -field=token auth/kubernetes/login role="$1" jwt=@/var/run/secrets/login/token)
    export BAO_TOKEN
}

# Ask one server. Where they go over to TLS one by one, one that has none yet is asked without.
at() {
    export BAO_ADDR="$SCHEME://$1:8200"
    [ "$TLS" = prefer ] || return 0
    case $(bao status 2>&1 || true) in
        *"HTTP response to HTTPS client"*) export BAO_ADDR="http://$1:8200" ;;
    esac
}

# Ask the leader, and no other.
at_leader() {
    at "$SERVERS-active"
}

# What is not asked again by itself: a snapshot, which goes by without that, and what must not be done twice. Where no
# connection came about nothing was begun, and the name of a new pod may be unknown for seconds once more.
once() {
    tries=60
    until BAO_MAX_RETRIES=0 "$@" 2> /tmp/why; do
        tries=$((tries - 1))
        if [ "$tries" -le 0 ] || ! grep -qE '(Get|Put|Post) "[^"]*": dial tcp' /tmp/why; then
            cat /tmp/why >&2
            exit 1
        fi
        sleep 2
    done
}

newest() {
    find /backup -maxdepth 1 -name '[0-9]*Z.snap' | sort
}

# A new pod may be shut off for seconds, until its node has the rules of the network; and a leader has to be chosen.
patiently() {
    tries=60
    until (export BAO_MAX_RETRIES=0 && "$@") > /tmp/said 2>&1; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { cat /tmp/said >&2; exit 1; }
        sleep 2
    done
}
