"""Languages with a compiler of their own: Rust, .NET."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from pipelinekit.plan.detect.signs import Detected, Texts, search, with_port


def rust(texts: Texts) -> Detected | None:
    """A Cargo package or workspace, or None."""
    if "Cargo.toml" not in texts:
        return None
    found = Detected(language="rust", evidence=("Cargo.toml: Rust",))
    manifests = {"Cargo.toml": texts["Cargo.toml"]}
    if "[workspace]" in texts["Cargo.toml"]:
        members = sorted(path for path in texts if path.endswith("/Cargo.toml"))
        manifests = {
            path: texts[path] for path in members if f"{posixpath.dirname(path)}/src/main.rs" in texts
        }
        found = replace(found, dependencies=()).because(
            f"a workspace of {len(members)}: its members are built together"
        )
    for path, text in manifests.items():
        name = re.search(r"^[ \t]*name[ \t]*=[ \t]*\"([^\"]+)\"", text, re.MULTILINE)
        if name:
            found = replace(found, package=name[1]).because(f"{path}: the program {name[1]}")
            break
    return with_port(found, search(texts, r"\.rs$", r"\"(?:[\d.]+)?:(\d{2,5})\"|\],\s*(\d{2,5})\)"))


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
