"""Keyspaces as they were at a backup: those of it are dropped and made anew, others stay.

Run again after it was interrupted, it begins anew.
"""

from __future__ import annotations

import os
from pathlib import Path

from provision import provisioned
from servers import BACKUPS, Fault, admin, alone, backups, cql, digest, names, patiently, reached, rows, told


def chosen() -> Path:
    """The folder of the backup that is asked for."""
    there = [each.name for each in backups()]
    name = os.environ["FROM"] or (there[-1] if there else "")
    if not name:
        raise SystemExit("there is no backup")
    if name not in there:
        raise SystemExit(f"there is no backup {name}; there are: {' '.join(there)}")
    return BACKUPS / name


def checked(folder: Path) -> None:
    """Nothing is dropped before each file is known to be what was written, by no newer server."""
    for line in (folder / "SHA256SUMS").read_text().splitlines():
        wanted, name = line.split("  ")
        if digest(folder / name) != wanted:
            raise SystemExit(f"{folder.name}/{name} is damaged: restore another backup (`restore.from`)")
    ((version,),) = rows(patiently(lambda: cql("SELECT release_version FROM system.local;", admin())))
    theirs = (folder / "version").read_text()
    if int(theirs.split(".")[0]) > int(version.split(".")[0]):
        raise SystemExit(f"the backup is Cassandra {theirs}'s, and {version} cannot read it")


def restored(folder: Path) -> None:
    """Have what a backup has."""
    keyspaces = (folder / "keyspaces").read_text().splitlines()
    for each in keyspaces:
        cql(f'DROP KEYSPACE IF EXISTS "{each}";', admin())
    cql((folder / "schema.cql").read_text(), admin())
    # Every server gets what each had: whoever keeps a row now, and however many there are, has it then.
    for name in names():
        for archive in sorted(folder.glob("server-*.tar")):
            with archive.open("rb") as content:
                told(name, "import", content, archive.stat().st_size)
    # With a keyspace go the permissions in it.
    provisioned()
    print(f"as it was at {folder.name}: {' '.join(keyspaces)}")


if __name__ == "__main__":
    with alone():
        folder = chosen()
        try:
            reached()
            checked(folder)
            restored(folder)
        except Fault as fault:
            raise SystemExit(str(fault)) from None
