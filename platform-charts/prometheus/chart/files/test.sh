#!/bin/sh
# It answers, and asks somebody who answers.
set -eu
tries=60
until promtool query instant "http://$SERVER:9090" 'sum(up) > 0' > /tmp/said 2>&1 && grep -q '=>' /tmp/said; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { cat /tmp/said >&2; exit 1; }
    sleep 2
done
cat /tmp/said
