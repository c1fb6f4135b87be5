"""The volume of backups is there, and can be written to.

With a storage class that waits for a pod, this is the pod.
"""

import copies

(copies.BACKUPS / ".written").touch()
print(*sorted(each.name for each in copies.BACKUPS.iterdir()), sep="\n")
