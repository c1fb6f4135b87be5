"""The disk: reading what is there, and writing so that a file is either its old self or its new one."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

from pipelinekit.errors import Fault, Place, Refused, ToolFailed, failed, refused

IGNORE_ALL = "*\n"
SCAN_LIMIT = 64 * 1024
"""Bytes of a file whose text is read in a scan."""
SCAN_MOST = 20_000
"""Files that a scan looks at."""


def read_bytes(path: Path) -> bytes:
    """The file's content; `ToolFailed` with the reason when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise _disk_error("file-unreadable", path, error) from error


def write_atomic(path: Path, content: str | bytes, *, mode: int = 0o644, durable: bool = False) -> None:
    """Replace `path` in one step; folders are made. `durable` also waits until the disk has it.

    Killed at any moment, the old content or the new one is there, never a part; the temporary file
    has a fixed name, so that the next run replaces it. Raises `ToolFailed` with the reason (disk full,
    no permission), and then leaves no temporary file behind.
    """
    data = content.encode() if isinstance(content, str) else content
    temporary = path.with_name(f".{path.name}.pipelinekit-tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fchmod(stream.fileno(), mode)
            if durable:
                os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise _disk_error("file-unwritable", path, error) from error


def remove(path: Path) -> None:
    """Delete a file, and the folders that this leaves empty."""
    try:
        path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            path.parent.rmdir()
    except OSError as error:
        raise _disk_error("file-undeletable", path, error) from error


def move(path: Path, to: Path) -> None:
    """Rename a file; folders are made, and the one that this leaves empty is removed."""
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        path.replace(to)
        with contextlib.suppress(OSError):
            path.parent.rmdir()
    except OSError as error:
        raise _disk_error("file-unwritable", to, error) from error


def working_folder(root: Path, name: str) -> Path:
    """`.pipelinekit/<name>/`, made if need be, with a `.gitignore` that keeps it out of git."""
    folder = root / ".pipelinekit" / name
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
    for relative in paths:
        path = root / relative
        obstacle = obstacle_at(root, relative)
        if obstacle:
            faults.append(Fault("path-blocked", obstacle, Place(str(path)), hint="move it out of the way"))
            continue
        try:
            texts[relative] = path.read_bytes().decode().replace("\r\n", "\n")
        except FileNotFoundError:
            continue
        except UnicodeDecodeError:
            faults.append(
                Fault("not-utf-8", "is not UTF-8 text", Place(str(path)), hint="move it out of the way")
            )
        except OSError as error:
            faults.append(Fault("file-unreadable", str(error.strerror), Place(str(path))))
    if faults:
        raise Refused(*faults)
    return texts


def scan(
    root: Path, *, wanted: Callable[[str], object], skipped: Collection[str], deepest: int
) -> dict[str, str]:
    """Every file below `root` by its path, with its text where `wanted` says so and it is small enough.

    Folders named in `skipped`, and what lies more than `deepest` folders down, are passed over.
    """
    found: dict[str, str] = {}
    for folder, inside, names in os.walk(root):
        depth = len(Path(folder).relative_to(root).parts)
        inside[:] = sorted(each for each in inside if each not in skipped and depth < deepest)
        for name in sorted(names):
            path = Path(folder, name)
            relative = path.relative_to(root).as_posix()
            is_text = wanted(relative) and path.is_file() and path.stat().st_size <= SCAN_LIMIT
            found[relative] = path.read_bytes().decode(errors="replace") if is_text else ""
            if len(found) > SCAN_MOST:
                return found
    return found


def obstacle_at(root: Path, relative: str) -> str:
    """Why no file can be at `relative` below `root`, or empty."""
    real_root = root.resolve()
    path = root / relative
    for parent in reversed([each for each in path.parents if root in each.parents]):
        if parent.is_symlink() and real_root not in parent.resolve().parents:
            return f"{parent.relative_to(root)} is a link that leads out of the application's folder"
        if parent.exists() and not parent.is_dir():
            return f"{parent.relative_to(root)} is a file where a folder should be"
    if path.is_symlink() and real_root not in path.resolve().parents:
        return "is a link that leads out of the application's folder"
    if path.is_dir():
        return "is a folder where a file should be"
    return ""


def uses_crlf(path: Path) -> bool:
    """Whether the file's lines end in `\\r\\n`; a mixed file counts by its first line."""
    try:
        with path.open("rb") as stream:
            return stream.readline().endswith(b"\r\n")
    except OSError:
        return False


def write_tree(root: Path, files: Mapping[str, tuple[str, bool]]) -> None:
    """Write texts (and whether they are executable) below `root`, keeping a file's CRLF line ends."""
    for relative, (text, executable) in files.items():
        path = root / relative
        content = text.replace("\n", "\r\n") if uses_crlf(path) else text
        write_atomic(path, content, mode=0o755 if executable else 0o644)


def copy_tree(source: Path, to: Path) -> None:
    """Copy a folder; links are followed, so that nothing points back at the original."""
    try:
        shutil.copytree(source, to)
    except shutil.Error as error:
        raise failed("file-unreadable", f"{source}: {error.args[0][0][2]}") from error
    except OSError as error:
        raise _disk_error("file-unreadable", source, error) from error


def require_folder(path: Path) -> Path:
    """`path` resolved; `Refused` unless it is a folder."""
    if not path.is_dir():
        raise refused("folder-missing", f"there is no folder {path}", hint="check --path")
    return path.resolve()


def _disk_error(code: str, path: Path, error: OSError) -> ToolFailed:
    reason = error.strerror or str(error)
    hints = {
        errno.ENOSPC: "make room on the disk, then run it again",
        errno.EDQUOT: "the disk quota is used up: make room, then run it again",
        errno.EACCES: "check the file's owner and permissions",
        errno.EROFS: "the file system is read-only",
    }
    return failed(code, f"{path}: {reason}", hint=hints.get(error.errno or 0, ""))
