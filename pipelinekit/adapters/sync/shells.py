"""The receivers in pods whose image has no runtime but a shell: the same words in lines and a tar."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from pipelinekit.adapters.sync.streams import Streams, unanswered
from pipelinekit.model.release import Target
from pipelinekit.model.sources import Applied, Compared, Content, Entry, Sending, Tree
from pipelinekit.plan.sync.values import FOLDER, words

BLOCK = 10240
"""Bytes of which every tar is a multiple, so that it can be told where one ends."""
END = b"end"
"""The last line of every answer."""
NEEDED = ("tar", "dd", "sha256sum", "xargs", "sort", "sed", "cut", "tr", "grep", "readlink")
"""The programs that an image has to have beside its shell."""


class ShellReceivers:
    """Those of the cluster that a kubeconfig leads to, with sources in `path`."""

    def __init__(self, env: Mapping[str, str], path: str) -> None:
        text = Path(__file__).with_name("inside").joinpath("receive.sh").read_text()
        self._streams = Streams(env, words("sh", text, path, FOLDER))

    def compare(self, target: Target, pod: str, container: str, tree: Tree) -> Compared:
        """What a pod's folder has otherwise; raises `ToolFailed` where nobody answers."""
        lines = self._ask(target, pod, container, "compare", _archive({"names": _lines(sorted(tree))}, ()))
        if lines[:1] not in (["known"], ["new"]):
            raise unanswered(pod, container, "what it says is no answer")
        there = dict(_entry(each) for each in lines if each[:1] == "=")
        return Compared(
            known=lines[0] == "known",
            lacking=tuple(path for path, entry in tree.items() if there.get(path) != entry),
            extra=tuple(sorted({each[1:] for each in lines if each[:1] == "+"} - tree.keys())),
        )

    def apply(self, target: Target, pod: str, container: str, sending: Sending) -> Applied:
        """Write a batch, whole or not at all; what serves it reads it with each request.

        Raises `ToolFailed` where nobody answers.
        """
        said = "\n".join(self._ask(target, pod, container, "apply", _packed(sending)))
        if said == "lost":
            return Applied(state="lost")
        digest = said.removesuffix("  -")
        if len(digest) != 64 or digest == said:
            raise unanswered(pod, container, "what it says is no answer")
        return Applied(digest=digest, state="running" if sending.again else "")

    def only(self, pods: Collection[str]) -> None:
        """End the ways to other pods than these."""
        self._streams.only(pods)

    def close(self) -> None:
        """End all ways; whoever asks again begins a new one."""
        self._streams.close()

    def _ask(self, target: Target, pod: str, container: str, verb: str, packed: bytes) -> list[str]:
        told = (f"{verb} {len(packed) // BLOCK}\n".encode(), packed)
        *lines, _ = self._streams.ask(target, pod, container, lambda: told, END.__eq__)
        return [each.decode(errors="replace") for each in lines]


def _entry(line: str) -> tuple[str, Entry]:
    marks, _, rest = line[1:].partition(" ")
    what, _, path = rest.partition(" ")
    return path, Entry(marks[:1], marks[1:], what)


def _packed(sending: Sending) -> bytes:
    files: dict[str, bytes] = {"base": sending.base.encode(), "gone": _lines(sending.gone)}
    if sending.tree is not None:
        files["names"] = _lines(sorted(sending.tree))
    puts = list(enumerate(sending.contents.items()))
    files["put"] = _lines([f"{at} {one.entry.kind} {one.entry.mode} {path}" for at, (path, one) in puts])
    return _archive(files, [(str(at), one) for at, (_, one) in puts])


def _archive(files: Mapping[str, bytes], contents: Iterable[tuple[str, Content]]) -> bytes:
    packed = io.BytesIO()
    # The form that every tar reads.
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, data in files.items():
            _add(archive, tarfile.TarInfo(name), data)
        for name, one in contents:
            info = tarfile.TarInfo(name)
            if one.entry.kind == "l":
                info.type, info.linkname = tarfile.SYMTYPE, one.data.decode()
                archive.addfile(info)
            elif one.entry.kind == "f":
                _add(archive, info, one.data)
    return packed.getvalue()


def _add(archive: tarfile.TarFile, info: tarfile.TarInfo, data: bytes) -> None:
    info.size = len(data)
    archive.addfile(info, io.BytesIO(data))


def _lines(texts: Iterable[str]) -> bytes:
    return "".join(f"{each}\n" for each in texts).encode()
