"""An application's folder: its generated files, and what it remembers of the last generation."""

from __future__ import annotations

import errno
import gzip
import io
import os
import tarfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from pipelinekit.adapters.disk import archives, files, links, regular
from pipelinekit.model.tree import File, Tree

LOCK = ".pipelinekit/lock.yaml"
BASE = ".pipelinekit/base.tar.gz"
MOST = 32 * 1024 * 1024
"""Bytes of an archive of generated texts, unpacked; a sound one has a hundredth of that."""
MOST_FILES = 5_000


def glance(root: str, document: str) -> tuple[bytes, bytes]:
    """A folder's document and its lock; `OSError` where one, or the way to the lock, is a link or no file.

    For whoever asks thousands of folders whether anything is to be done there, and then looks properly.
    """
    above = f"{root}/{LOCK.partition('/')[0]}"
    if os.path.islink(above):  # noqa: PTH114 - a text: a fleet asks this for every application
        raise OSError(errno.ELOOP, "is a link", above)
    read = regular.read(f"{root}/{document}", regular.DOCUMENT, follow=False)
    return read, regular.read(f"{root}/{LOCK}", regular.DOCUMENT, follow=False)


class Workspace:
    """The folder `root`; paths are relative to it, with `/`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read_texts(self, paths: Iterable[str]) -> dict[str, str]:
        """The texts of those paths that exist; raises `Refused` for what cannot be a generated file."""
        texts = files.read_texts(self.root, paths)
        self._require_tracked(texts)
        return texts

    def read_bytes(self, path: str) -> bytes:
        """A file of theirs; raises `Refused` for a link to what git does not track, `ToolFailed` for none."""
        self._require_tracked([path])
        return files.read_bytes(self.root / path, regular.DOCUMENT)

    def _require_tracked(self, paths: Iterable[str]) -> None:
        linked = links.links(self.root, paths)
        if linked:
            # Where there is no link, no git is asked, and its door not even loaded.
            from pipelinekit.adapters.source.clone import tracked

            tracked.require_tracked(self.root, linked)

    def read_lock(self) -> str | None:
        """The lock's text, or None when there is none."""
        path = links.require_unlinked(self.root, LOCK)
        try:
            return regular.read(path, regular.DOCUMENT).decode(errors="replace")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise files.disk_error("file-unreadable", self.root / LOCK, error) from error

    def read_base(self) -> Tree | None:
        """What was generated last, or None when that is missing or damaged."""
        path = links.require_unlinked(self.root, BASE)
        try:
            return unpack(regular.read(path, MOST))
        except archives.UNREADABLE:
            return None

    def write(self, write: Mapping[str, File], remove: Iterable[str]) -> None:
        """Write and remove generated files; each is either its old self or its new one."""
        files.write_tree(self.root, {path: (each.text, each.executable) for path, each in write.items()})
        for path in remove:
            files.remove(links.inside(self.root, path))

    def move(self, old: str, new: str) -> None:
        """Give a file another path, in one step; folders are made, and removed when they get empty."""
        files.move(links.inside(self.root, old), links.inside(self.root, new))

    def working_folder(self, name: str) -> Path:
        """`.pipelinekit/<name>/`, made if need be; git ignores it."""
        return files.working_folder(self.root, name)

    def write_lock(self, text: str) -> None:
        """Replace the lock."""
        files.write_atomic(links.require_unlinked(self.root, LOCK), text)

    def write_base(self, base: Tree) -> None:
        """Replace what counts as generated last."""
        files.write_atomic(links.require_unlinked(self.root, BASE), pack(base))


def pack(tree: Tree) -> bytes:
    """A tree as a tar.gz; the same tree gives the same bytes."""
    parts = []
    for path in sorted(tree):
        data = tree[path].text.encode()
        mode = 0o755 if tree[path].executable else 0o644
        parts += [_header(path, len(data), mode), data, bytes(-len(data) % tarfile.BLOCKSIZE)]
    packed = b"".join(parts)
    packed += bytes(2 * tarfile.BLOCKSIZE)
    packed += bytes(-len(packed) % tarfile.RECORDSIZE)
    # The quickest level: a fleet packs hundreds, and the texts shrink to a quarter with any.
    return gzip.compress(packed, compresslevel=1, mtime=0)


def _header(path: str, size: int, mode: int) -> bytes:
    """What tarfile writes before a file's content; by ourselves where the path is short, for it is slow."""
    name = path.encode()
    if len(name) >= tarfile.LENGTH_NAME or not path.isascii():
        info = tarfile.TarInfo(path)
        info.size, info.mode = size, mode
        return info.tobuf(tarfile.PAX_FORMAT)
    head = b"%-100b%07o\0%07o\0%07o\0%011o\0%011o\0" % (name, mode, 0, 0, size, 0)
    head = name.ljust(100, b"\0") + head[100:]
    rest = b"0" + bytes(100) + b"ustar\x0000" + bytes(247)
    checksum = sum(head) + sum(rest) + 8 * ord(" ")
    return b"%b%06o\0 %b" % (head, checksum, rest)


def unpack(data: bytes) -> dict[str, File]:
    """The tree that `pack` made into `data`; `ValueError` and others for whatever it has not made."""
    unpacker = zlib.decompressobj(wbits=31)
    packed = unpacker.decompress(data, MOST)
    if not unpacker.eof or unpacker.unused_data:
        raise ValueError("no archive of ours")
    plain = _plain_members(packed)
    if plain is not None:
        return plain
    tree: dict[str, File] = {}
    with tarfile.open(fileobj=io.BytesIO(packed), mode="r:") as archive:
        for member in archive:
            if len(tree) > MOST_FILES:
                raise ValueError("no archive of ours")
            stream = archive.extractfile(member)
            if stream:
                tree[member.name] = File(stream.read().decode(), bool(member.mode & 0o100))
    return tree


def _plain_members(packed: bytes) -> dict[str, File] | None:
    """The members of an archive that has nothing but files with short names; None for any other."""
    tree: dict[str, File] = {}
    at = 0
    while packed[at : at + 1] not in (b"", b"\0"):
        head = packed[at : at + tarfile.BLOCKSIZE]
        simple = head[156:157] == tarfile.REGTYPE and head[345:346] == b"\0"
        if not simple or not (head[100:107] + head[124:135]).isdigit():
            return None
        name, mode, size = head[:100].rstrip(b"\0").decode(), int(head[100:107], 8), int(head[124:135], 8)
        at += tarfile.BLOCKSIZE
        if len(tree) > MOST_FILES:
            raise ValueError("no archive of ours")
        tree[name] = File(packed[at : at + size].decode(), bool(mode & 0o100))
        at += -(-size // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE
    return tree
