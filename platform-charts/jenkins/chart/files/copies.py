"""Files that are copied with their sums, for those that work on backups of Jenkins' home."""

import hashlib
import os
import pathlib
import re
import shutil
import sys
import tempfile
import time

BACKUPS, HOME = pathlib.Path("/backup"), pathlib.Path("/var/jenkins_home")
SUMS = "SHA256SUMS"
_MARK = "\\"
"""Before a line whose name has escapes."""
_ESCAPED = {"\\": r"\\", "\n": r"\n", "\r": r"\r"}
_MEANT = {"n": "\n", "r": "\r"}
LEFT = frozenset(
    (".cache", ".java", "caches", "logs", "lost+found", "plugins", "updates", "war", "workspace")
)
"""What is not kept of the home: clones and workspaces are made anew, plugins are in the image."""
_NAME = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_BLOCK = 1024 * 1024
_SECONDS = int(os.environ.get("TIMEOUT", "7200"))


def stop(why):
    """End, and say why."""
    sys.exit(f"not done: {why}")


def backups():
    """Those that are whole, the oldest first."""
    return sorted(each for each in BACKUPS.iterdir() if _NAME.fullmatch(each.name))


def tidy():
    """Take away what others have left that were killed: none is at work for longer than its time."""
    for each in BACKUPS.glob(".work-*"):
        if each.lstat().st_mtime < time.time() - _SECONDS - 60:
            shutil.rmtree(each, ignore_errors=True)


def files(folder):
    """Every file that is kept, by its path from there. What is a link or something else is none.

    Jenkins writes `atomic….tmp` beside a file and gives it the name when it is whole.
    """
    for where, folders, names in os.walk(folder):
        if pathlib.Path(where) == folder:
            folders[:] = [each for each in folders if each not in LEFT]
        for name in sorted(names):
            path = pathlib.Path(where, name)
            if path.is_file() and not path.is_symlink() and not re.fullmatch(r"atomic.*\.tmp", name):
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


def kept(home, work, before):
    """Copy what counts of the home into a backup; the sums, and how many files are the same as `before`.

    What has not changed since then is linked. A file that goes away meanwhile was a temporary one, or of a
    build that was deleted.
    """
    known, found, linked = (sums(before) if before else {}), {}, 0
    for name, path in files(home):
        if name == SUMS:
            stop(f"a file in the home is called {name!r}, as the list of sums is")
        target = work / name
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


def clear(root, target):
    """Have nothing in the way to a file that is written: no link elsewhere, no file where a folder is due."""
    for each in target.relative_to(root).parents[-2::-1]:
        if (root / each).is_symlink() or (root / each).is_file():
            (root / each).unlink()
    if target.is_symlink():
        target.unlink()
    elif target.is_dir():
        shutil.rmtree(target)


def put_back(backup, home):
    """Make the home what it was at the backup; how many files were written, and how many taken away."""
    there = sums(backup)
    written = gone = 0
    for name, path in list(files(home)):
        if name not in there:
            path.unlink()
            gone += 1
    for name in there:
        target = home / name
        clear(home, target)
        if not (target.is_file() and same(backup / name, target)):
            copied(backup / name, target)
            written += 1
    for where, _, _ in os.walk(home, topdown=False):
        folder = pathlib.Path(where)
        if folder != home and folder.relative_to(home).parts[0] not in LEFT and not any(folder.iterdir()):
            folder.rmdir()
    return written, gone
