#!/bin/sh
# Somebody of the cluster logs in.
. /scripts/connect.sh
patiently login backup
login backup
bao token revoke -self > /dev/null
echo "logged in"
