"""A folder a backup, made while the controller runs. It has its name only when it is whole."""

import os
import shutil
import time

import copies


def main():
    copies.tidy()
    work = copies.BACKUPS / f".work-{os.environ.get('HOSTNAME', 'backup')}"
    work.mkdir()
    try:
        before = next(reversed(copies.backups()), None)
        found, linked = copies.kept(copies.HOME, work, before)
        if "config.xml" not in found:
            copies.stop("the home has no config.xml: no controller has ever begun there")
        (work / copies.SUMS).write_bytes(copies.listed(found))
        os.sync()
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        if (copies.BACKUPS / stamp).exists():
            copies.stop(f"there is a backup {stamp} already")
        work.rename(copies.BACKUPS / stamp)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(f"backup {stamp}: {len(found)} files, {linked} of them as they were")
    for old in copies.backups()[: -int(os.environ["KEEP"])]:
        shutil.rmtree(old)
        print(f"gone: {old.name}")


if __name__ == "__main__":
    main()
