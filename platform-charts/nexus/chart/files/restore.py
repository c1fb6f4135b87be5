"""The data as it was at a backup, while no server has it. Run again, it begins anew."""

import os
import pathlib
import shutil
import zipfile

import copies
import volume


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
    backup = copies.chosen()
    archive = archive_of(backup) if os.environ.get("EMBEDDED") else None
    names = {name for name, _ in volume.files(backup)}
    written, gone = copies.put_back(backup, names, volume.DATA, volume.files)
    if archive:
        database(archive, volume.DATA)
    os.sync()
    print(f"as it was at {backup.name}: {written} files written, {gone} taken away")


if __name__ == "__main__":
    main()
