"""Plain pages, and a Dockerfile when nothing else is known."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from pipelinekit.plan.detect import foreign
from pipelinekit.plan.detect.signs import Detected, Texts


def static(texts: Texts) -> Detected | None:
    """Plain pages, or None: beside another language they are its documents, or its templates."""
    if foreign.seen(texts):
        return None
    for folder in ("public", "site", "dist", "docs", "www", "."):
        page = posixpath.normpath(f"{folder}/index.html")
        if page in texts:
            return Detected(
                language="static",
                package=folder,
                port=8080,
                health="/healthz",
                evidence=(f"{page}: a static site in {folder}",),
            )
    return None


def dockerfile(texts: Texts) -> Detected | None:
    """A Dockerfile, or None."""
    if "Dockerfile" not in texts:
        return None
    found = Detected(
        language="dockerfile", evidence=("Dockerfile and no language that is known: it stays yours",)
    )
    port = re.search(r"^EXPOSE\s+(\d{1,5})(?!\d)", texts["Dockerfile"], re.MULTILINE | re.IGNORECASE)
    if not port or not 0 < int(port[1]) < 65536:
        return found
    return replace(found, port=int(port[1])).because(f"EXPOSE {port[1]}")
