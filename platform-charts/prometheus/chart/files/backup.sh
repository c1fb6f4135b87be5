#!/bin/sh
# A folder a backup: all blocks of a snapshot, and their checksums. It has its name only when it is whole.
. /scripts/connect.sh

tidy /backup '.work-*'
[ ! -d /data/tsdb/snapshots ] || tidy /data/tsdb/snapshots '*'
work=/backup/.work-$HOSTNAME
name=$(ask /api/v1/admin/tsdb/snapshot skip_head=false | sed -n 's/.*"name":"\([0-9A-Za-z-]*\)".*/\1/p')
[ -n "$name" ] || { echo "the server made no snapshot" >&2; exit 1; }
snapshot=/data/tsdb/snapshots/$name
trap 'rm -rf "$work" "$snapshot"' EXIT
blocks=$(ls -1 "$snapshot" | wc -l)
[ "$blocks" -gt 0 ] || { echo "there is no sample yet, and nothing to back up"; exit 0; }

cp -r "$snapshot" "$work"
cd "$work"
find . -type f ! -name SHA256SUMS -exec sha256sum {} + > SHA256SUMS
sync
stamp=$(date -u +%Y%m%dT%H%M%SZ)
[ ! -e "/backup/$stamp" ] || { echo "there is a backup $stamp already" >&2; exit 1; }
mv "$work" "/backup/$stamp"
echo "backup $stamp: $blocks blocks, $(du -sh "/backup/$stamp" | cut -f 1)"

extra=$(($(backups | wc -l) - KEEP))
[ "$extra" -le 0 ] || backups | head -n "$extra" | while read -r old; do
    rm -rf "/backup/$old"
    echo "gone: $old"
done
