"""The disk: reading what is there, and writing so that a file is either its old self or its new one."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from pipelinekit.adapters.disk import regular
from pipelinekit.adapters.disk.links import LINK_GIT, LINK_OUT, astray, require_unlinked
from pipelinekit.errors import DocumentInvalid, Fault, Place, Refused, ToolFailed, failed, refused, usage
from pipelinekit.model.tree import is_gits

IGNORE_ALL = "*\n"
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
_MOVE = "move it out of the way, or `pipelinekit generate --keep PATH` keeps yours for good"
_IS_FOLDER = "is a folder where a file should be"
LONGEST = 1_000
"""Characters of a path below an application's folder."""


def is_there(path: Path) -> bool:
    """Whether a file is at a path that a document names; nothing is at one that no disk takes.

    A `Path` raises for a name of more than 255 bytes, and for a folder that may not be entered.
    """
    return os.path.isfile(path)  # noqa: PTH113


def read_bytes(path: Path, limit: int = regular.CONTENT) -> bytes:
    """The file's content; `ToolFailed` with the reason when it is no file, too large, or cannot be read."""
    try:
        return regular.read(path, limit)
    except OSError as error:
        raise disk_error("file-unreadable", path, error) from error


def digest(path: Path) -> str:
    """`sha256:` and the hex digest of a file of any size; `ToolFailed` as `read_bytes` does."""
    try:
        with os.fdopen(regular.descriptor(path), "rb") as stream:
            return "sha256:" + hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise disk_error("file-unreadable", path, error) from error


def read_text(path: Path) -> str:
    """The text of a file that a person writes, or a program for them.

    Raises `ToolFailed` as `read_bytes` does, and `DocumentInvalid` for what is not UTF-8.
    """
    try:
        return read_bytes(path, regular.DOCUMENT).decode()
    except UnicodeDecodeError as error:
        problem = f"byte 0x{error.object[error.start]:02x} is not UTF-8"
        fault = Fault("not-utf-8", problem, Place(str(path)), hint="save the file as UTF-8")
        raise DocumentInvalid(fault) from error


def write_atomic(path: Path, content: str | bytes, *, mode: int = 0o644, durable: bool = False) -> None:
    """Replace `path` in one step; folders are made. `durable` also waits until the disk has it.

    Killed at any moment, the old content or the new one is there, never a part; the temporary file
    has a fixed name, so that the next run replaces it. Raises `ToolFailed` with the reason (disk full,
    no permission), and then leaves no temporary file behind.
    """
    _write(os.fspath(path), content, mode, durable=durable)


RIVALS = 5
"""How often a file is written whose temporary one somebody else has moved to its place meanwhile."""


def _write(path: str, content: str | bytes, mode: int, *, durable: bool = False, tries: int = RIVALS) -> None:
    data = content.encode() if isinstance(content, str) else content
    folder, _, name = path.rpartition("/")
    temporary = f"{folder}/.{name}.pipelinekit-tmp" if folder else f".{name}.pipelinekit-tmp"
    try:
        try:
            handle = os.open(temporary, _CREATE, 0o600)
        except FileNotFoundError:
            Path(folder).mkdir(parents=True, exist_ok=True)
            handle = os.open(temporary, _CREATE, 0o600)
        with open(handle, "wb", buffering=0) as stream:  # noqa: PTH123 - it is open already
            _write_all(stream, data)
            os.fchmod(handle, mode)
            if durable:
                os.fsync(handle)
        try:
            os.replace(temporary, path)  # noqa: PTH105 - texts: a fleet writes many
        except FileNotFoundError:
            if not tries:
                raise
            _write(path, content, mode, durable=durable, tries=tries - 1)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108 - a text already
        raise disk_error("file-unwritable", Path(path), error) from error


def _write_all(stream: io.FileIO, data: bytes) -> None:
    """Write all of it; without a buffer a write may be short."""
    rest = memoryview(data)
    while rest:
        rest = rest[stream.write(rest) or 0 :]


def remove(path: Path) -> None:
    """Delete a file, and the folders that this leaves empty."""
    try:
        path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            path.parent.rmdir()
    except OSError as error:
        raise disk_error("file-undeletable", path, error) from error


def move(path: Path, to: Path) -> None:
    """Rename a file; folders are made, and the one that this leaves empty is removed."""
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        path.replace(to)
        with contextlib.suppress(OSError):
            path.parent.rmdir()
    except OSError as error:
        raise disk_error("file-unwritable", to, error) from error


def working_folder(root: Path, name: str) -> Path:
    """`.pipelinekit/<name>/`, made if need be, with a `.gitignore` that keeps it out of git.

    Raises `Refused` where it is a link, or behind one.
    """
    folder = require_unlinked(root, f".pipelinekit/{name}")
    ignore = folder / ".gitignore"
    if not ignore.exists():
        write_atomic(ignore, IGNORE_ALL)
    return folder


def read_texts(root: Path, paths: Iterable[str]) -> dict[str, str]:
    """The texts of those `paths` below `root` that exist, line ends as `\\n`.

    Raises `Refused` for what cannot be a generated file: a folder, a link that leads out of the tree,
    a file that is not UTF-8; all of them at once.
    """
    texts: dict[str, str] = {}
    faults: list[Fault] = []
    seen: dict[str, str | None] = {}
    spellings: dict[str, dict[str, str]] = {}
    for relative in paths:
        path = f"{root}/{relative}"
        try:
            obstacle = _obstacle(root, relative, seen)
            if obstacle is None:
                obstacle = _other_spelling(root, relative, spellings)
                if not obstacle:
                    continue
            if obstacle:
                faults.append(Fault("path-blocked", obstacle, Place(path), hint=_MOVE))
                continue
            texts[relative] = regular.read(path, regular.DOCUMENT).decode().replace("\r\n", "\n")
        except FileNotFoundError:
            continue
        except UnicodeDecodeError:
            faults.append(Fault("not-utf-8", "is not UTF-8 text", Place(path), hint=_MOVE))
        except OSError as error:
            faults.append(Fault("file-unreadable", str(error.strerror), Place(path)))
    if faults:
        raise Refused(*faults)
    return texts


def _content(path: str) -> bytes:
    return regular.read(path)


def _obstacle(root: Path, relative: str, seen: dict[str, str | None]) -> str | None:
    """Why no file can be at `relative` below `root`; empty where one can be, None where nothing is.

    `seen` remembers the answers about the folders above.
    """
    if "\0" in relative or len(relative) > LONGEST:
        return "is no path that a file can have"
    above, _, name = relative.rpartition("/")
    if name == ".." or relative.startswith("/") or "\0" in relative:
        return "leads out of the application's folder"
    if is_gits(relative):
        return "is git's own"
    if above:
        if above not in seen:
            seen[above] = _folder_obstacle(root, above, seen)
        if seen[above] != "":
            return seen[above]
    try:
        mode = os.lstat(f"{root}/{relative}").st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISREG(mode):
        return ""
    path = root / relative
    if stat.S_ISLNK(mode) and (why := astray(root, path)):
        return why
    return _IS_FOLDER if path.is_dir() else ""


def _other_spelling(root: Path, relative: str, spellings: dict[str, dict[str, str]]) -> str:
    """What is wrong when the folder has this file in other letters: on many disks they are one file."""
    above, _, name = relative.rpartition("/")
    if above not in spellings:
        try:
            spellings[above] = {each.casefold(): each for each in os.listdir(f"{root}/{above}")}  # noqa: PTH208
        except OSError:
            spellings[above] = {}
    other = spellings[above].get(name.casefold())
    return f"differs from {other} in upper and lower case only, and that is there" if other else ""


def _folder_obstacle(root: Path, relative: str, seen: dict[str, str | None]) -> str | None:
    above = _obstacle(root, relative, seen)
    if above == _IS_FOLDER:
        return ""
    if above in {LINK_OUT, LINK_GIT}:
        return f"{relative} {above}"
    return above if above != "" else f"{relative} is a file where a folder should be"


def write_tree(root: Path, files: Mapping[str, tuple[str, bool]]) -> None:
    """Write texts (and whether they are executable) below `root`, keeping a file's CRLF line ends.

    Raises `Refused` before anything is written when one of them is there and read-only.
    """
    there = {relative: _mode(f"{root}/{relative}") for relative in files}
    closed = [relative for relative, mode in there.items() if mode is not None and not mode & 0o222]
    if closed:
        hint = "make it writable, or `pipelinekit generate --keep PATH` keeps it for good"
        faults = (
            Fault("file-read-only", "is read-only", Place(f"{root}/{each}"), hint=hint) for each in closed
        )
        raise Refused(*faults)
    for relative, (text, executable) in files.items():
        path = f"{root}/{relative}"
        # A link to another file of theirs stays one.
        path = os.path.realpath(path) if os.path.islink(path) else path  # noqa: PTH114 - a text already
        crlf = there[relative] is not None and _uses_crlf(path)
        content = text.replace("\n", "\r\n") if crlf else text
        # Whoever has made it executable has a reason; an update has none against it.
        _write(path, content, 0o755 if executable or (there[relative] or 0) & 0o100 else 0o644)


def _mode(path: str) -> int | None:
    try:
        return os.stat(path).st_mode  # noqa: PTH116 - a fleet asks for many
    except OSError:
        return None


def _uses_crlf(path: str) -> bool:
    """Whether the file's lines end in `\\r\\n`; a mixed file counts by its first line."""
    with open(path, "rb") as stream:  # noqa: PTH123 - a fleet asks for many
        return stream.readline(regular.DOCUMENT).endswith(b"\r\n")


def require_folder(path: Path, option: str = "--path") -> Path:
    """`path` resolved; `Refused` unless it is a folder. `option` is the one that named it."""
    # Unlike a Path these say no to what this system cannot name or show.
    if os.path.isfile(path):  # noqa: PTH113
        hint = f"{option} names the folder that it is in: {path.parent}"
        raise refused("folder-missing", f"{path} is a file, and no folder", hint=hint)
    if not os.path.isdir(path):  # noqa: PTH112
        raise refused("folder-missing", f"there is no folder {path}", hint=f"check {option}")
    return path.resolve()


def require_file(path: Path, option: str) -> Path:
    """`path`; `UsageError` where nothing is that can be opened. `option` is the one that named it."""
    is_folder = os.path.isdir(path)  # noqa: PTH112
    if is_folder or not os.path.exists(path):  # noqa: PTH110
        what = f"{path} is a folder, and no file" if is_folder else f"there is no file {path}"
        raise usage("file-unknown", what, hint=f"check {option}: paths are read from {Path.cwd()}")
    return path


def disk_error(code: str, path: Path, error: OSError) -> ToolFailed:
    """What the disk said about `path`, as an error with a next step."""
    reason = error.strerror or str(error)
    hints = {
        errno.ENOSPC: "make room on the disk, then run it again",
        errno.EDQUOT: "the disk quota is used up: make room, then run it again",
        errno.EACCES: "check the file's owner and permissions",
        errno.EROFS: "the file system is read-only",
        errno.EISDIR: "a file belongs there: move the folder out of the way",
        errno.ENOTDIR: "a folder on the way to it is a file: move that out of the way, or name another path",
    }
    return failed(code, f"{path}: {reason}", hint=hints.get(error.errno or 0, ""))
