"""A workspace of uv: which members can run, and what of it one needs."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pipelinekit.plan.detect.folders import below, naming
from pipelinekit.plan.detect.python.program import program
from pipelinekit.plan.detect.python.project import INSTALL, Project, at, installable
from pipelinekit.plan.detect.signs import Choice, Detected, Texts
from pipelinekit.plan.detect.tables import toml_of

Members = Mapping[str, Mapping[str, Any]]
"""Folder to what its pyproject.toml says."""
_FOLDER = re.compile(r"[A-Za-z0-9._@+/-]+")
NO_PROGRAM = "no program was found"
"""How the doubt begins of who looked and found nothing that runs."""


def members(texts: Texts) -> Members:
    """The members that the top names; none where it is no workspace."""
    said = at(toml_of(texts.get("pyproject.toml", "")), "tool", "uv", "workspace")
    if not isinstance(said, dict) or "uv.lock" not in texts:
        return {}
    wanted, unwanted = naming(_listed(said.get("members"))), naming(_listed(said.get("exclude")))
    folders = sorted(posixpath.dirname(each) for each in texts if each.endswith("/pyproject.toml"))
    return {
        folder: toml_of(texts[f"{folder}/pyproject.toml"])
        for folder in folders
        if _FOLDER.fullmatch(folder) and wanted(folder) and not unwanted(folder)
    }


def _listed(said: Any) -> list[str]:
    return [each for each in said if isinstance(each, str)] if isinstance(said, list) else []


def able(texts: Texts, those: Members, found: Detected) -> tuple[Choice, ...]:
    """The members in which something runs."""
    looked = ((each, member(texts, those, each, found)) for each in those)
    return tuple(
        Choice(
            name=posixpath.basename(each),
            package=each,
            why=f"{each}: port {said.port or 'none'}; {said.evidence[-1]}",
            option="--service",
        )
        for each, said in looked
        if not any(doubt.startswith(NO_PROGRAM) for doubt in said.doubts)
    )


def member(texts: Texts, those: Members, folder: str, found: Detected) -> Detected:
    """One member, built from the top with those that it takes; `found` is what the top shows."""
    inside = below(texts, folder)
    names = inside.get("pyproject.toml", "")
    is_package = installable(texts, those[folder], folder)
    found = replace(found, commands=installs(texts, those, folder) or None)
    said = program(inside, Project(files=(), names=names, installed=is_package), found)
    command = said.command
    if said.package and not command:
        command = ("python", "-m", said.package)
    if command and not is_package:
        command = ("sh", "-c", f"cd {folder} && exec {shlex.join(command)}")
    said = replace(said, command=command, package="")
    return said.because(f"{folder}: the member of uv's workspace that runs")


def taken(texts: Texts, those: Members, folder: str) -> tuple[str, ...]:
    """The members that one takes, however far, itself last; `folder` is empty for the top's own project."""
    by_name = {_plain(at(one, "project", "name")): each for each, one in those.items()}
    found = {folder: None}
    waiting = [folder]
    for each in waiting:
        for name in _named(those[each] if each else toml_of(texts.get("pyproject.toml", ""))):
            place = by_name.get(name, folder)
            if place not in found:
                found[place] = None
                waiting.append(place)
    return tuple(reversed(found))


def installs(texts: Texts, those: Members, folder: str) -> tuple[str, ...]:
    """The command line that installs the members which one takes, itself included; `folder` as above."""
    packages = [
        each for each in taken(texts, those, folder) if each and installable(texts, those[each], each)
    ]
    return (f"{INSTALL} --no-deps {' '.join(f'./{each}' for each in packages)}",) if packages else ()


def _named(data: Mapping[str, Any]) -> Iterator[str]:
    for each in _listed(at(data, "project", "dependencies")):
        found = re.match(r"\s*([\w.-]+)", each)
        if found:
            yield _plain(found[1])


def _plain(name: Any) -> str:
    return re.sub(r"[-_.]+", "-", name).lower() if isinstance(name, str) else ""
