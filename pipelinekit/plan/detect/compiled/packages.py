"""Go: which packages of its modules a program is made of."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping

from pipelinekit.plan.detect.signs import Texts

_MODULE = re.compile(r"^module\s+\"?([^\s\"]+)", re.MULTILINE)


def reached(
    texts: Texts, modules: Iterable[str], sources: Mapping[str, str], program: str
) -> frozenset[str] | None:
    """The folders of the packages that the one in the folder `program` imports, itself included, however far.

    None where no module has a name, so that nobody can tell.
    """
    names = {said[1]: folder for folder in modules if (said := _MODULE.search(_file(texts, folder)))}
    if not names:
        return None
    imported = re.compile(rf"\"({'|'.join(map(re.escape, sorted(names, reverse=True)))})(?:/([^\"\s]*))?\"")
    inside: dict[str, list[str]] = {}
    for path in sources:
        inside.setdefault(posixpath.dirname(path), []).append(path)
    found = {program}
    waiting = [program]
    while waiting:
        for path in inside.get(waiting.pop(), ()):
            for name, rest in imported.findall(sources[path]):
                folder = posixpath.join(names[name], rest).rstrip("/")
                if folder not in found:
                    found.add(folder)
                    waiting.append(folder)
    return frozenset(found)


def _file(texts: Texts, folder: str) -> str:
    return texts.get(posixpath.join(folder, "go.mod"), "")
