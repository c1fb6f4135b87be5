"""The data as it was at a backup, while no server has it. Run again, it begins anew."""

import os
import pathlib
import shutil
import zipfile

import copies


def chosen(name):
    """The backup of that name, or the newest."""
    there = copies.backups()
    if not there:
        copies.stop("there is no backup")
    found = [each for each in there if not name or each.name == name]
    if not found:
        copies.stop(f"there is no backup {name}; there are: {' '.join(each.name for each in there)}")
    return found[-1]


def check(backup):
    """Stop unless every file is there and is what it was."""
    known = copies.sums(backup)
    if not known:
        copies.stop(f"{backup.name} has no list of its files")
    for name, digest in known.items():
        path = backup / name
        if (
            name.startswith("/")
            or ".." in name.split("/")
            or not path.is_file()
            or copies.digest_of(path) != digest
        ):
            copies.stop(f"{backup.name} is damaged: {name}")


def archive_of(backup):
    """The archive of the database that is in a backup, and has one in it."""
    archives = list((backup / "database").glob("*.zip"))
    if len(archives) != 1:
        copies.stop(
            f"{backup.name} has no database of Nexus' own: where PostgreSQL has it, say so in the values"
        )
    with zipfile.ZipFile(archives[0]) as archive:
        if not any(each.endswith(".db") for each in archive.namelist()):
            copies.stop(f"{archives[0].name} of {backup.name} has no database in it")
    return archives[0]


def database(path, data):
    """The database out of its archive, in place of the one that is there."""
    beside = data / ".db-restored"
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    with zipfile.ZipFile(path) as archive:
        for each in archive.infolist():
            name = pathlib.PurePosixPath(each.filename).name
            if name.endswith(".db"):
                with archive.open(each) as reading, (beside / name).open("wb") as writing:
                    shutil.copyfileobj(reading, writing)
    shutil.rmtree(data / "db", ignore_errors=True)
    beside.rename(data / "db")


def main():
    backup = chosen(os.environ.get("FROM", ""))
    check(backup)
    archive = archive_of(backup) if os.environ.get("EMBEDDED") else None
    written, gone = copies.put_back(backup, copies.DATA)
    if archive:
        database(archive, copies.DATA)
    os.sync()
    print(f"as it was at {backup.name}: {written} files written, {gone} taken away")


if __name__ == "__main__":
    main()
