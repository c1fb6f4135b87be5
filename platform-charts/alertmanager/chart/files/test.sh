#!/bin/sh
# A server answers, and as many are together as there are.
set -eu
tries=60
until wget -q -O /tmp/said "http://$SERVER:9093/api/v2/status" \
    && [ "$(grep -o '"address":' /tmp/said | wc -l)" -eq "$REPLICAS" ]; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { cat /tmp/said >&2; exit 1; }
    sleep 2
done
cat /tmp/said
