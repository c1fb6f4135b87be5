"""A folder a backup: the schema, and of each server an archive of its tables.

It has its name only when it is whole.
"""

from __future__ import annotations

import os
import re
import shutil
import tarfile
import time
from pathlib import Path

from keeper import END
from servers import BACKUPS, Fault, admin, alone, asked, backups, cql, digest, names, patiently, reached, rows

WORK = BACKUPS / ".work"


def schema() -> tuple[str, list[str], str]:
    """The statements that make all keyspaces but the servers' own, the names of these, and the version."""
    login = admin()
    ((version,),) = rows(patiently(lambda: cql("SELECT release_version FROM system.local;", login)))
    listed = rows(cql("SELECT keyspace_name FROM system_schema.keyspaces;", login))
    keyspaces = sorted(name for (name,) in listed if not re.match(r"system(_|$)", name))
    statements = cql("DESCRIBE SCHEMA;", login)
    for each in keyspaces:
        # A restore drops them before it runs this. Statements follow each other with or without a new line.
        if not re.search(rf'(^|;)\s*CREATE KEYSPACE "?{each}"? WITH ', statements):
            raise SystemExit(f"the schema that the servers describe has no {each}: {statements[:200]}")
    return statements, keyspaces, version


def fetched(name: str, place: int) -> int:
    """Write a server's archive; how many tables' files are in it."""
    file = WORK / f"server-{place}.tar"
    with asked(name, "snapshot") as answer, file.open("wb") as copy:
        shutil.copyfileobj(answer, copy, 1 << 20)
    try:
        with tarfile.open(file) as archive:
            found = archive.getnames()
    except tarfile.TarError:
        found = []
    if found[-1:] != [END]:
        raise SystemExit(f"{name}: its archive has no end: the log of its container `keeper` says why")
    return sum(each.endswith("-Data.db") for each in found)


def made() -> Path:
    """A whole backup."""
    WORK.mkdir()
    before, keyspaces, version = schema()
    count = sum(fetched(name, place) for place, name in enumerate(names()))
    statements, _, _ = schema()
    if statements != before:
        raise SystemExit("the schema changed meanwhile: run it again")
    (WORK / "schema.cql").write_text(statements)
    (WORK / "keyspaces").write_text("".join(f"{each}\n" for each in keyspaces))
    (WORK / "version").write_text(version)
    sums = "".join(f"{digest(each)}  {each.name}\n" for each in sorted(WORK.iterdir()))
    (WORK / "SHA256SUMS").write_text(sums)
    os.sync()
    stamp = BACKUPS / time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    WORK.rename(stamp)
    size = sum(each.stat().st_size for each in stamp.iterdir())
    print(f"backup {stamp.name}: {len(keyspaces)} keyspaces, {count} tables' files, {size} bytes")
    return stamp


if __name__ == "__main__":
    with alone():
        shutil.rmtree(WORK, ignore_errors=True)
        try:
            reached()
            made()
        except Fault as fault:
            raise SystemExit(str(fault)) from None
        finally:
            shutil.rmtree(WORK, ignore_errors=True)
        for old in backups()[: -int(os.environ["KEEP"])]:
            shutil.rmtree(old)
            print(f"gone: {old.name}")
