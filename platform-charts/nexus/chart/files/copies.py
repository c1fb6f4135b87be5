"""Folders of files that are copied with their sums, for those that work on backups of Nexus."""

import hashlib
import os
import pathlib
import re
import shutil
import sys
import time

BACKUPS, DATA = pathlib.Path("/backup"), pathlib.Path("/nexus-data")
SUMS = "SHA256SUMS"
PARTS = ("blobs", "etc", "keystores")
"""What is copied of the data: the blob stores that are on it, and what the server is known by."""
_BLOCK = 1024 * 1024
_SECONDS = int(os.environ.get("TIMEOUT", "7200"))


def stop(why):
    """End, and say why."""
    sys.exit(f"not done: {why}")


def backups(folder=BACKUPS):
    """Those that are whole, the oldest first."""
    found = [each for each in folder.iterdir() if re.fullmatch(r"[0-9]{8}T[0-9]{6}Z", each.name)]
    return sorted(found, key=lambda each: each.name)


def tidy(folder, pattern):
    """Take away what others have left that were killed: none is at work for longer than its time."""
    for each in folder.glob(pattern):
        if each.lstat().st_mtime < time.time() - _SECONDS - 60:
            shutil.rmtree(each, ignore_errors=True)


def files(folder):
    """Every file below, by its path from there. What is a link or something else is none."""
    for where, _, names in os.walk(folder):
        for name in sorted(names):
            path = pathlib.Path(where, name)
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(folder).as_posix(), path


def same(one, other):
    """Whether two files are taken for one: blobs are written once."""
    a, b = one.stat(), other.stat()
    return (a.st_size, a.st_mtime_ns) == (b.st_size, b.st_mtime_ns)


def copied(source, target):
    """Copy a file with its time; the sum of what was read. It has its name only when it is whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.part")
    digest = hashlib.sha256()
    with source.open("rb") as reading, beside.open("wb") as writing:
        while block := reading.read(_BLOCK):
            digest.update(block)
            writing.write(block)
        writing.flush()
        os.fsync(writing.fileno())
    shutil.copystat(source, beside)
    beside.replace(target)
    return digest.hexdigest()


def digest_of(path):
    """The sum of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as reading:
        while block := reading.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def sums(folder):
    """The sums that a backup has, by path; none where it has no list."""
    path = folder / SUMS
    lines = path.read_text().splitlines() if path.is_file() else []
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def kept(data, work, before):
    """Copy what counts of the data into a backup; the sums, and how many files are the same as `before`.

    What has not changed since then is linked. A file that goes away meanwhile was a temporary one.
    """
    known, found, linked = (sums(before) if before else {}), {}, 0
    for part in PARTS:
        for name, path in files(data / part):
            name, target = f"{part}/{name}", work / part / name
            try:
                if name in known and (before / name).is_file() and same(path, before / name):
                    target.parent.mkdir(parents=True, exist_ok=True)
                    os.link(before / name, target)
                    found[name], linked = known[name], linked + 1
                else:
                    found[name] = copied(path, target)
            except FileNotFoundError:
                if path.exists():
                    raise
    return found, linked


def put_back(backup, data):
    """Make the data what it was at the backup; how many files were written, and how many taken away."""
    written = gone = 0
    for part in PARTS:
        there = dict(files(backup / part))
        for name, path in there.items():
            target = data / part / name
            if not (target.is_file() and same(path, target)):
                copied(path, target)
                written += 1
        for name, path in list(files(data / part)):
            if name not in there:
                path.unlink()
                gone += 1
    return written, gone
