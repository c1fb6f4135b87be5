"""Projects below the top that a program is no part of: what they say is of themselves."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from pipelinekit.plan.detect.signs import Texts

_PROJECT = re.compile(
    r"/(?:package\.json|pyproject\.toml|setup\.py|requirements\.txt|Pipfile|go\.mod|Cargo\.toml|pom\.xml"
    r"|build\.gradle(?:\.kts)?|composer\.json|Gemfile|mix\.exs|[^/]+\.(?:cs|fs)proj)$"
)
"""What makes a folder below the top a project of its own."""


def alone(texts: Texts, words: Iterable[str]) -> Texts:
    """All but those projects; `words` are how the program is started, and so say which of them it is in."""
    folders = {path[: found.start()] for path in texts if (found := _PROJECT.search(path))}
    if not folders:
        return texts
    said = re.findall(r"[\w./-]+", " ".join(words))
    places = {f"{form}/" for each in said for form in (posixpath.normpath(each), each.replace(".", "/"))}
    prefixes = {f"{each}/" for each in folders}
    others = tuple(each for each in prefixes if not any(place.startswith(each) for place in places))
    return {path: text for path, text in texts.items() if not path.startswith(others)}
