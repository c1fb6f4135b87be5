"""Languages with a compiler of their own: Rust, .NET."""

from __future__ import annotations

import re
from dataclasses import replace

from pipelinekit.plan.detect.signs import Detected, Texts


def dotnet(texts: Texts) -> Detected | None:
    """A .NET project, or None."""
    projects = sorted(
        (path for path in texts if path.endswith(".csproj")),
        key=lambda path: ("Test" in path, path.count("/"), path),
    )
    if not projects:
        return None
    found = Detected(
        language="dotnet",
        package=projects[0],
        dependencies=tuple(projects),
        evidence=(f"{projects[0]}: .NET",),
    )
    version = re.search(r"<TargetFramework>net(\d+\.\d+)<", texts[projects[0]])
    return replace(found, version=version[1]).because(f"for .NET {version[1]}") if version else found
