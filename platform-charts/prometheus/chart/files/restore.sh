#!/bin/sh
# The blocks of a backup are put beside those that are there: the server reads them within a minute, and goes on.
. /scripts/connect.sh

from=${FROM:-$(backups | tail -n 1)}
[ -n "$from" ] || { echo "there is no backup" >&2; exit 1; }
[ -d "/backup/$from" ] || { echo "there is no backup $from; there are: $(backups | tr '\n' ' ')" >&2; exit 1; }
cd "/backup/$from"
sha256sum -c SHA256SUMS > /tmp/said 2>&1 || { grep -v ': OK$' /tmp/said >&2; exit 1; }

tidy /data/tsdb '*-restored-*.tmp-for-creation'
for block in */; do
    block=${block%/}
    if [ -d "/data/tsdb/$block" ]; then
        echo "there: $block"
        continue
    fi
    # A block has its name only when it is whole; what has this one the server takes away when it starts.
    work=/data/tsdb/$block-restored-$HOSTNAME.tmp-for-creation
    cp -r "$block" "$work"
    sync
    mv "$work" "/data/tsdb/$block"
    echo "restored $block"
done
echo "what was there at $from"
