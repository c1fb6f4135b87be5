#!/bin/sh
# The volume of backups is there, and can be written to. With a storage class that waits for a pod, this is the pod.
set -eu
touch /backup/.written
ls -1 /backup
