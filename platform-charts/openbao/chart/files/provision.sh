#!/bin/sh
# The first time: initialize. Each time: stores, policies and logins as the values name them.
. /scripts/connect.sh

# 0: initialized, 2: not; all else is no answer. By its own words: `operator init -status` ends with 2 also where there is
# no connection, and a server that is away is not new.
state() {
    case $(
        export BAO_MAX_RETRIES=0
        at "$SERVERS-$1.$SERVERS-internal"
        bao status -format=json 2> /dev/null || true
    ) in
        *'"initialized": true'*) return 0 ;;
        *'"initialized": false'*) return 2 ;;
        *) return 1 ;;
    esac
}

# A server that has lost its volume says that it is not initialized until it has joined the others again: what none of
# them is, is new.
known=no place=0 tries=60
while [ "$place" -lt "$REPLICAS" ]; do
    code=0
    state "$place" || code=$?
    case $code in
        0) known=yes place=$((place + 1)) ;;
        2) place=$((place + 1)) ;;
        *)
            tries=$((tries - 1))
            [ "$known" = no ] || break
            [ "$tries" -gt 0 ] || { echo "$SERVERS-$place does not answer" >&2; exit 1; }
            sleep 2
            ;;
    esac
done

if [ "$known" = no ]; then
    at "$SERVERS-0.$SERVERS-internal"
    # Nobody is given the recovery key, and the root token is revoked below: who may make tokens of the account
    # ADMIN in this namespace administers the server.
    # Whatever it says once it was asked may have initialized it.
    said=$(once bao operator init -recovery-shares=1 -recovery-threshold=1 -format=json)
    BAO_TOKEN=$(printf '%s' "$said" | sed -n 's/.*"root_token": "\([^"]*\)".*/\1/p')
    export BAO_TOKEN
    said=
    # However this ends, nobody keeps that token; without it, what has failed by then is made anew all the same.
    trap 'bao token revoke -self > /dev/null 2>&1 || true' EXIT
    trap 'exit 1' TERM INT
    # A field of it alone, for `patiently` keeps what is said in a file, and the whole answer has the token in it.
    patiently bao read -field=path auth/token/lookup-self
    bao auth enable kubernetes > /dev/null
    echo "initialized"
else
    at_leader
    patiently login admin
    login admin
fi

# OpenBao has it in its configuration; Vault takes it by its API alone.
if [ "$AUDIT" = api ] && ! bao audit list -format=json | grep -q '"stdout/"'; then
    bao audit enable -path=stdout file file_path=stdout > /dev/null
fi

bao write auth/kubernetes/config kubernetes_host=https://kubernetes.default.svc > /dev/null
for each in admin backup; do
    bao policy write "$each" "/scripts/$each.hcl" > /dev/null
    bao write "auth/kubernetes/role/$each" bound_service_account_names="$SERVERS-$each" \
        bound_service_account_namespaces="$NAMESPACE" token_policies="$each" token_ttl=10m > /dev/null
done

while read -r store; do
    bao read "sys/mounts/$store" > /dev/null 2>&1 || bao secrets enable -path="$store" kv-v2
done < /scripts/stores

while IFS='|' read -r name namespaces accounts; do
    bao policy write "role-$name" "/scripts/role-$name.hcl" > /dev/null
    bao write "auth/kubernetes/role/$name" bound_service_account_names="$accounts" \
        bound_service_account_namespaces="$namespaces" token_policies="role-$name" token_ttl=1h > /dev/null
    echo "role $name"
done < /scripts/roles

trap - EXIT
bao token revoke -self > /dev/null
