#!/bin/sh
# A snapshot of the integrated storage, as sealed as that is. It has its name only when it is whole.
. /scripts/connect.sh
at_leader
patiently login backup
login backup

# What others have left that were killed.
find /backup -maxdepth 1 -name '.work-*' -mmin +60 -exec rm -f {} +
work=/backup/.work-$HOSTNAME
trap 'rm -f "$work"' EXIT
once bao operator raft snapshot save "$work"
gzip -t < "$work"
sync
stamp=$(date -u +%Y%m%dT%H%M%SZ)
mv "$work" "/backup/$stamp.snap"
echo "backup $stamp: $(wc -c < "/backup/$stamp.snap") bytes"

extra=$(($(newest | wc -l) - KEEP))
[ "$extra" -le 0 ] || newest | head -n "$extra" | while read -r old; do
    rm -f "$old"
    echo "gone: $old"
done
