#!/bin/sh
# Buckets, policies and users as the values name them: made where they are not there, rights and keys made right.
. /scripts/connect.sh
known minio "$ENDPOINT"
[ "$EXTERNAL" = true ] || patiently timeout 30 mc --quiet ready minio

while IFS='|' read -r name versioned; do
    work mb --ignore-existing "minio/$name"
    [ "$versioned" != true ] || work version enable "minio/$name"
done < /scripts/buckets

while read -r name; do
    work admin policy create minio "$name" "/scripts/policy-$name.json"
done < /scripts/policies

# A user's rights are one policy of its own, which is written anew: what the values took away is away.
while IFS='|' read -r place name; do
    keys "users/$place" > /tmp/user
    IFS= read -r said < /tmp/user
    [ "$said" = "$name" ] || { echo "the Secret of user $name has another accessKey: $said" >&2; exit 1; }
    (given=/tmp/user && work admin user add minio)
    rm /tmp/user
    work admin policy create minio "user-$name" "/scripts/user-$name.json"
    work admin policy attach minio "user-$name" --user "$name"
done < /scripts/users
