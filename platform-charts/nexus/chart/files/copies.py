"""Backups that are folders of files with their sums: how one is made, found, checked and put back.

Every chart that has this file has it word for word. What is kept of which volume, others say.
"""

import hashlib
import os
import pathlib
import re
import shutil
import sys
import tempfile
import time

BACKUPS = pathlib.Path("/backup")
HERE = os.environ.get("HOSTNAME", "backup")
SUMS = "SHA256SUMS"
_MARK = "\\"
"""Before a line whose name has escapes."""
_ESCAPED = {"\\": r"\\", "\n": r"\n", "\r": r"\r"}
_MEANT = {"n": "\n", "r": "\r"}
_NAME = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_BLOCK = 1024 * 1024
_SECONDS = int(os.environ.get("TIMEOUT", "7200"))


def stop(why):
    """End, and say why."""
    sys.exit(f"not done: {why}")


def backups():
    """Those that are whole, the oldest first."""
    return sorted(each for each in BACKUPS.iterdir() if _NAME.fullmatch(each.name))


def tidy(folder, pattern):
    """Take away what others have left that were killed: none is at work for longer than its time."""
    for each in folder.glob(pattern):
        if each.lstat().st_mtime < time.time() - _SECONDS - 60:
            shutil.rmtree(each, ignore_errors=True)


def files(folder, left=()):
    """Every file but below `left`, by its path from the folder. What is a link or something else is none."""
    for where, folders, names in os.walk(folder):
        if pathlib.Path(where) == folder:
            folders[:] = [each for each in folders if each not in left]
        for name in sorted(names):
            path = pathlib.Path(where, name)
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(folder).as_posix(), path


def same(one, other):
    """Whether two files are taken for one."""
    a, b = one.stat(), other.stat()
    return (a.st_size, a.st_mtime_ns) == (b.st_size, b.st_mtime_ns)


def copied(source, target):
    """Copy a file with its time; the sum of what was read. It has its name only when it is whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with source.open("rb") as reading:
        # By a name that nobody knows beforehand, and that is no longer than a name may be.
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".part-")
        beside = pathlib.Path(name)
        try:
            with os.fdopen(descriptor, "wb") as writing:
                while block := reading.read(_BLOCK):
                    digest.update(block)
                    writing.write(block)
                writing.flush()
                os.fsync(writing.fileno())
            shutil.copystat(source, beside)
            beside.replace(target)
        except BaseException:
            beside.unlink()
            raise
    return digest.hexdigest()


def digest_of(path):
    """The sum of a file."""
    with path.open("rb") as reading:
        return hashlib.file_digest(reading, "sha256").hexdigest()


def sums(backup):
    """The sums that a backup has, by path; none where it has no list."""
    path = backup / SUMS
    lines = os.fsdecode(path.read_bytes()).split("\n") if path.is_file() else []
    return dict(_read(line) for line in lines if line)


def listed(found):
    """The list of sums, as `sha256sum` writes and checks it: any name that a file may have."""
    return os.fsencode("".join(_line(digest, name) for name, digest in sorted(found.items())))


def _line(digest, name):
    said = re.sub(r"[\\\n\r]", lambda each: _ESCAPED[each[0]], name)
    return f"{'' if said == name else _MARK}{digest}  {said}\n"


def _read(line):
    digest, _, name = line.removeprefix(_MARK).partition("  ")
    if line.startswith(_MARK):
        name = re.sub(r"\\(.)", lambda each: _MEANT.get(each[1], each[1]), name)
    return name, digest


def kept(found, work, before):
    """Copy files, by their paths, into a backup; the sums, and how many files are the same as `before`.

    What has not changed since then is linked. A file that goes away meanwhile was a temporary one, or of
    something that was deleted.
    """
    known, made, linked = (sums(before) if before else {}), {}, 0
    for name, path in found:
        if name == SUMS:
            stop(f"a file is called {name!r}, as the list of sums is")
        target = work / name
        try:
            if name in known and (before / name).is_file() and same(path, before / name):
                target.parent.mkdir(parents=True, exist_ok=True)
                os.link(before / name, target)
                made[name], linked = known[name], linked + 1
            else:
                made[name] = copied(path, target)
        except FileNotFoundError:
            if path.exists():
                raise
    return made, linked


def make(fill):
    """Make a backup, which has its name only when it is whole, and let the oldest go.

    `fill` gets its folder and the backup before, or None; it results in what `kept` does.
    """
    tidy(BACKUPS, ".work-*")
    work = BACKUPS / f".work-{HERE}"
    work.mkdir()
    try:
        found, linked = fill(work, next(reversed(backups()), None))
        (work / SUMS).write_bytes(listed(found))
        os.sync()
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        if (BACKUPS / stamp).exists():
            stop(f"there is a backup {stamp} already")
        work.rename(BACKUPS / stamp)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(f"backup {stamp}: {len(found)} files, {linked} of them as they were")
    for old in backups()[: -int(os.environ["KEEP"])]:
        shutil.rmtree(old)
        print(f"gone: {old.name}")


def chosen():
    """The backup that is asked for, or the newest, every file of which is there and is what it was."""
    name, there = os.environ.get("FROM", ""), backups()
    if not there:
        stop("there is no backup")
    found = [each for each in there if not name or each.name == name]
    if not found:
        stop(f"there is no backup {name}; there are: {' '.join(each.name for each in there)}")
    _check(found[-1])
    return found[-1]


def _check(backup):
    known = sums(backup)
    if not known:
        stop(f"{backup.name} has no list of its files")
    for name, digest in known.items():
        path = backup / name
        outside = name.startswith("/") or ".." in name.split("/")
        if outside or not path.is_file() or digest_of(path) != digest:
            stop(f"{backup.name} is damaged: {name}")


def clear(root, target):
    """Have nothing in the way to a file that is written: no link elsewhere, no file where a folder is due."""
    for each in target.relative_to(root).parents[-2::-1]:
        if (root / each).is_symlink() or (root / each).is_file():
            (root / each).unlink()
    if target.is_symlink():
        target.unlink()
    elif target.is_dir():
        shutil.rmtree(target)


def put_back(backup, names, volume, counting):
    """Make what counts of a volume these of a backup's files; how many were written, and how many taken away.

    `counting` results in what counts of a volume, as `files` does.
    """
    written = gone = 0
    for name, path in list(counting(volume)):
        if name not in names:
            path.unlink()
            gone += 1
    for name in names:
        target = volume / name
        clear(volume, target)
        if not (target.is_file() and same(backup / name, target)):
            copied(backup / name, target)
            written += 1
    return written, gone
