"""What a Dockerfile copies that some build outside of it has to make first."""

from __future__ import annotations

import posixpath
import re
from fnmatch import fnmatchcase

from pipelinekit.model.repository.container import Container
from pipelinekit.plan.detect.secret import MOST
from pipelinekit.plan.detect.signs import Detected, Texts

_MADE = re.compile(
    r"^(?:[\w.-]+/)*(?:target|build|dist|out|publish|node_modules|\.next|bin/Release)(?:/|$)|\.[jw]ar$"
)
_WRITTEN = re.compile(
    r"\.(?:conf|cnf|ini|sh|ya?ml|json|toml|env|txt|xml|properties|template|tpl|tmpl|j2|crt|pem)$"
)
"""Files that people write, in whatever folder they are."""


def marked(found: Detected, container: Container, texts: Texts) -> Detected:
    """The same; with a doubt where nothing of the sort is seen in the repository.

    Nobody looks into the folders that tools fill, so one that is committed is not seen.
    """
    if container.unsaid:
        name = container.unsaid[0][:60]
        return found.doubting(
            f"Dockerfile copies what the argument {name} says, which has no value: build.args can say it of "
            "a file that is committed; what a build outside makes, a stage of it can make, or ours does: "
            "`pipelinekit generate --take new Dockerfile`"
        )
    for each in container.copies:
        path = posixpath.normpath(each.lstrip("/") or ".")
        if _MADE.search(path) and not _WRITTEN.search(path) and not _is_there(path, texts):
            return found.doubting(
                f"Dockerfile copies {path[:200]}, which a build outside of it makes unless it is committed, "
                "and nothing runs that here: a stage of it can, or ours does: `pipelinekit generate --take "
                f"new Dockerfile`{_lost(found, container)}"
            )
    return found


def _lost(found: Detected, container: Container) -> str:
    """What the Dockerfile says that ours in its place would not know."""
    names = [each for each in container.env if each != "PATH"]
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    said = [f'build.version: "{found.version}"'] if found.version else []
    said += [f"its ENV {' '.join(names[:MOST])}{more} in run.env"] if names else []
    return f", with {' and '.join(said)}" if said else ""


def _is_there(path: str, texts: Texts) -> bool:
    return any(each == path or each.startswith(f"{path}/") or fnmatchcase(each, path) for each in texts)
