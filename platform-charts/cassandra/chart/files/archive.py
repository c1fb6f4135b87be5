"""The volume of backups is there, and can be written to.

With a storage class that waits for a pod, this is the pod.
"""

from servers import BACKUPS, alone

with alone():
    print(*sorted(each.name for each in BACKUPS.iterdir()), sep="\n")
