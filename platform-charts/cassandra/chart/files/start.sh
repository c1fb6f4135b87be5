#!/bin/sh
# The image's configuration with ours over it, where it can be written, and what only this pod knows: address, seeds, heap.
set -eu
cp -R /etc/cassandra/. /conf/
cp /scripts/logback.xml /scripts/cassandra-rackdc.properties /conf/

# The first pods but this one, as far as they are there: whom it asks who else is a member. A seed takes over nobody's
# rows when it joins, so only the one that founds the cluster is its own.
ordinal=${HOSTNAME##*-}
others() {
    for each in 0 1 2; do
        if [ "$each" != "$ordinal" ] && [ "$each" -lt "$REPLICAS" ]; then
            name="$SERVERS-$each.$SERVERS-internal"
            ! getent hosts "$name" > /dev/null || printf ',%s' "$name"
        fi
    done
}
seeds=$(others)
if [ "$ordinal" = 0 ]; then
    if [ -z "$seeds" ] || [ -d /var/lib/cassandra/data/system ]; then
        seeds=",$POD_IP$seeds"
    fi
else
    tries=60
    while [ -z "$seeds" ]; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { echo "no other server has an address" >&2; exit 1; }
        sleep 2
        seeds=$(others)
    done
fi

{
    cat /scripts/cassandra.yaml
    printf '\nlisten_address: %s\nbroadcast_rpc_address: %s\n' "$POD_IP" "$POD_IP"
    printf 'seed_provider:\n  - class_name: org.apache.cassandra.locator.SimpleSeedProvider\n'
    printf '    parameters: [{seeds: "%s"}]\n' "${seeds#,}"
} > /conf/cassandra.yaml

# Here, and not in the environment, where nodetool would take the heap for its own. What is left is for Java itself,
# and for what Cassandra keeps outside of both.
printf '%s\n' "-Xms$((MEMORY / 2))M" "-Xmx$((MEMORY / 2))M" "-XX:MaxDirectMemorySize=$((MEMORY / 4))M" \
    -XX:+ExitOnOutOfMemoryError -Xlog:gc=warning:stdout >> /conf/jvm-server.options

exec cassandra -f
