"""Gradle's catalogue of versions: which plugin a build means by `alias(libs.plugins.…)`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelinekit.plan.detect.signs import Texts
from pipelinekit.plan.detect.tables import toml_of

FILE = "gradle/libs.versions.toml"
_ALIAS = re.compile(r"\balias\s*\(\s*libs\.plugins\.([\w.]+)\s*\)(?!\s*apply\s*\(?\s*false)")


def plugins(texts: Texts, build: str) -> Iterator[str]:
    """The ids of the plugins that a build file applies by their aliases."""
    aliases = set(_ALIAS.findall(build))
    listed = toml_of(texts.get(FILE, "")).get("plugins") if aliases else None
    for name, said in listed.items() if isinstance(listed, dict) else ():
        if re.sub(r"[-_]", ".", name) in aliases:
            one = said.get("id") if isinstance(said, dict) else said
            yield one if isinstance(one, str) else ""
