#!/bin/sh
# The administrator is let in, and each bucket that the values name is there.
. /scripts/connect.sh
known minio "$ENDPOINT"
while IFS='|' read -r name _; do
    work stat "minio/$name" > /dev/null
    echo "there is $name"
done < /scripts/buckets
