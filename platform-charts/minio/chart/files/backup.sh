#!/bin/sh
# What is in each bucket, copied to another endpoint. What was removed here stays there: a server that has lost its
# volumes would else empty its own backup.
. /scripts/connect.sh
[ -n "$TO" ] || { echo "no backup is made here: the values name none, or an endpoint of somebody else"; exit 0; }
known minio "$ENDPOINT"
known backup "$TO"
work ls minio > /tmp/listed
names < /tmp/listed > /tmp/buckets
count=0
while read -r name; do
    work mirror --overwrite "minio/$name" "backup/$BUCKET/$name" > /dev/null
    count=$((count + 1))
done < /tmp/buckets
echo "backup: $count buckets"
