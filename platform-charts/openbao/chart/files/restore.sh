#!/bin/sh
# Everything as it was at a backup, what came later is gone.
. /scripts/connect.sh
file=/backup/$FROM.snap
[ -n "$FROM" ] || file=$(newest | tail -n 1)
[ -n "$file" ] || { echo "there is no backup" >&2; exit 1; }
[ -f "$file" ] || { echo "there is no backup $FROM; there are: $(newest | tr '\n' ' ')" >&2; exit 1; }
gzip -t < "$file"
at_leader
patiently login admin
login admin
once bao operator raft snapshot restore -force "$file"
echo "as it was at $(basename "$file" .snap)"
