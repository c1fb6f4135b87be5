#!/bin/sh
# What the backup has, over what is there; objects that it does not have stay.
. /scripts/connect.sh
[ -n "$TO" ] || { echo "no backup is made here: the values name none, or an endpoint of somebody else" >&2; exit 1; }
known minio "$ENDPOINT"
known backup "$TO"
work ls "backup/$BUCKET/" > /tmp/listed
names < /tmp/listed > /tmp/buckets
[ -s /tmp/buckets ] || { echo "there is no backup in $BUCKET" >&2; exit 1; }
while read -r name; do
    work mb --ignore-existing "minio/$name" > /dev/null
    work cp --recursive "backup/$BUCKET/$name/" "minio/$name/" > /dev/null
    echo "restored $name"
done < /tmp/buckets
