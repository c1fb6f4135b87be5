"""What a Go program takes beside its sources: C code, files that it reads, assets that it embeds."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from pipelinekit.plan.detect.signs import Detected, Texts
from pipelinekit.plan.detect.sought import Sought

CGO_BASE = "library/golang:{}-bookworm"
CGO_RUNTIME = "library/debian:bookworm-slim"

_CGO = Sought(
    ('"C"', r"(?m:^import)\s+\"C\""),
    ("mattn/go-sqlite3", r"\"github\.com/mattn/go-sqlite3\""),
    ("driver/sqlite", r"\"gorm\.io/driver/sqlite\""),
    ("confluent-kafka-go", r"\"github\.com/confluentinc/confluent-kafka-go[^\"]*\""),
    ("h2non/bimg", r"\"github\.com/h2non/bimg\""),
    ("godror/godror", r"\"github\.com/godror/godror\""),
)
_READS = re.compile(
    r"(?:ParseGlob|ParseFiles|LoadHTML(?:Glob|Files)|http\.Dir|os\.DirFS|os\.Open|ReadFile|ReadDir|html\.New"
    r"|ServeFile\(\w+, *\w+,|\.Static(?:File|FS)?\(\s*\"[^\"]*\",|AddConfigPath|SetConfigFile)"
    r"\(?\s*\"(?:\./)?([\w][^\"]*)\""
    r"|\"file://(?:\./)?([\w][\w./-]*)\""
)
_SAYS = (
    *(
        "ParseGlob",
        "ParseFiles",
        "LoadHTML",
        "http.Dir",
        "os.DirFS",
        "os.Open",
        "ReadFile",
        "ReadDir",
        "html.New",
    ),
    *("ServeFile(", ".Static", "AddConfigPath", "SetConfigFile", "file://"),
)
"""Words, one of which is in whatever `_READS` matches."""
_EMBEDS = re.compile(r"^//go:embed[ \t]+([^\n]+)", re.MULTILINE)


def beside(found: Detected, texts: Texts, sources: Texts, said: Sequence[str], version: str) -> Detected:
    """The same with C code, files that are read, and assets that another build makes.

    `said` are the texts of its own sources; `version` is the one that it is built with.
    """
    cgo = next((match for text in said if (match := _CGO.search(text))), None)
    if cgo:
        found = replace(found, base=CGO_BASE.format(version), runtime=CGO_RUNTIME).because(
            f"{cgo[0].strip()}: C code, so it is built and run on one Debian"
        )
    folders = _folders(texts)
    reads = sorted(
        {
            path
            for text in said
            if any(word in text for word in _SAYS)
            for match in _READS.finditer(text)
            if (path := _existing(texts, folders, match[1] or match[2]))
        }
    )
    reads = [each for each in reads if not any(each.startswith(f"{other}/") for other in reads)]
    if reads:
        found = replace(found, files=tuple(reads)).because(f"{', '.join(reads)}: read while it runs")
    real = sorted(each for each in texts if not each.endswith(("/.gitkeep", "/.keep")))
    missing = [
        (path, absent)
        for path, text in sources.items()
        if "//go:embed" in text
        for match in _EMBEDS.finditer(text)
        for pattern in match[1].split()
        if (absent := _missing(real, posixpath.dirname(path), pattern.strip('"`').removeprefix("all:")))
    ]
    # One is enough to look at: what builds it mostly builds the others as well.
    for path, absent in missing[:1]:
        more = f", and {len(missing) - 1} more" if len(missing) > 1 else ""
        found = found.doubting(f"{path} embeds {absent}{more}, which was not seen: what builds it first?")
    return found


def _folders(texts: Texts) -> set[str]:
    found: set[str] = set()
    for path in texts:
        folder = posixpath.dirname(path)
        while folder and folder not in found:
            found.add(folder)
            folder = posixpath.dirname(folder)
    return found


def _existing(texts: Texts, folders: set[str], path: str) -> str:
    """The file or folder of the repository that a path in the source means; empty for none."""
    stem = re.split(r"[*?\[%]", path, maxsplit=1)[0]
    if stem != path:
        stem = posixpath.dirname(stem)
    stem = posixpath.normpath(stem) if stem else ""
    if not re.fullmatch(r"(?!.*\.\.)[A-Za-z0-9_@+-][A-Za-z0-9._@+/-]*", stem) or stem.endswith(".go"):
        return ""
    return stem if stem in texts or stem in folders else ""


def _missing(real: list[str], folder: str, pattern: str) -> str:
    """What a pattern embeds, where none of the sorted paths is it or below it."""
    stem = re.split(r"[*?\[]", posixpath.join(folder, pattern), maxsplit=1)[0].rstrip("/")
    at = bisect_left(real, stem)
    return "" if at < len(real) and real[at].startswith(stem) else posixpath.join(folder, pattern)
