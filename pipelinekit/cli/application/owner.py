"""Whose a new application is: the team that is named, that the platform has for it, or a supposed one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipelinekit.names import nearest
from pipelinekit.reading.app import FILE

if TYPE_CHECKING:
    from pipelinekit.model.platform.document import Platform

SUPPOSED = "apps"
_SAY = f"--team NAME, or in {FILE} metadata.team"


def owner(name: str, team: str | None, platform: str, folder: Path) -> tuple[str, str]:
    """The team, and what is to be told of it: that nobody has said it, or that the platform does not know it.

    Nothing is told where `folder` has a descriptor: that says whose it is.
    """
    remark = "" if team else f"its team is {SUPPOSED}, for none was named: {_SAY}"
    if platform:
        known = _read(platform)
        registered = _registered(known).get(name)
        if team is None and registered:
            team = registered
            remark = f"its team is {team}, which platform {known.name} registers it with"
        elif team is not None and known.teams and team not in known.teams:
            remark = f"platform {known.name} knows no team {team}: {nearest(team, known.teams)}"
    return team or SUPPOSED, _unless_described(remark, folder)


def owners(team: str | None, platform: str, folder: Path) -> tuple[str, Mapping[str, str], str]:
    """The same where names are still to be found, with the teams of those that are registered."""
    if team is not None or not platform:
        whose, remark = owner("", team, platform, folder)
        return whose, {}, remark
    known = _read(platform)
    remark = f"the team is the one that platform {known.name} registers a name with, else {SUPPOSED}: {_SAY}"
    return SUPPOSED, _registered(known), _unless_described(remark, folder)


def _read(platform: str) -> Platform:
    from pipelinekit.cli.wiring.line import read_platform_at

    return read_platform_at(platform)[0]


def _registered(platform: Platform) -> Mapping[str, str]:
    """The team of each name that is registered for one team alone."""
    teams: dict[str, set[str]] = {}
    for each in platform.applications:
        teams.setdefault(each.name, set()).add(each.team)
    return {name: next(iter(these)) for name, these in teams.items() if len(these) == 1}


def _unless_described(remark: str, folder: Path) -> str:
    # A path that is too long for a name is nothing that is there.
    return "" if os.path.exists(folder / FILE) else remark  # noqa: PTH110
