"""Wanted, live and last applied: what has to happen to each job. Nothing is done here."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from pipelinekit.counts import counted
from pipelinekit.errors import Refused, refused, usage
from pipelinekit.model.jenkins.jobconfig import Config, differences, digest_of
from pipelinekit.model.jenkins.jobplan import Action, Change, Found, Wanted
from pipelinekit.model.jenkins.jobs import parent_of
from pipelinekit.records import dataclass

_SOURCE_ID = "sources/data/jenkins.branch.BranchSource/source/id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What a controller has: its items below our folders, and the configurations that had to be read."""

    items: Mapping[str, Found]
    configs: Mapping[str, Config]


def to_read(wanted: Iterable[Wanted], items: Mapping[str, Found], platform: str) -> tuple[str, ...]:
    """The paths whose configurations decide: wanted jobs that are there, and our own that no one wants."""
    names = {each.job.path for each in wanted}
    mine = (path for path, each in items.items() if path not in names and _is_mine(each, platform))
    return (*(path for path in sorted(names) if path in items), *sorted(mine))


def plan_changes(
    wanted: Iterable[Wanted], live: Live, platform: str, *, adopt: Collection[str] = ()
) -> tuple[Change, ...]:
    """One change for each job that is wanted or there; `adopt` names jobs of nobody that become ours."""
    changes: dict[str, Change] = {}
    spelled = {path.lower(): path for path in live.items}
    for each in wanted:
        changes[each.job.path] = _wanted(each, live, platform, adopt, changes, spelled)
    for path in sorted(live.items.keys() - changes.keys()):
        changes[path] = _unwanted(live.items[path], live.configs.get(path), platform)
    return tuple(changes.values())


# --- jobs that should be there --------------------------------------------------------------------


def _wanted(
    each: Wanted,
    live: Live,
    platform: str,
    adopt: Collection[str],
    done: Mapping[str, Change],
    spelled: Mapping[str, str],
) -> Change:
    job = each.job
    change = Change(path=job.path, kind=job.kind, action=Action.CREATE, xml=each.xml, wanted=each.digest)
    folder = done.get(parent_of(job.path))
    if folder and folder.action is Action.REFUSED:
        return replace(change, action=Action.REFUSED, why=f"its folder {folder.path} is not ours to change")
    found = live.items.get(job.path)
    if found is None:
        other = spelled.get(job.path.lower())
        if other:
            why = f"there is '{other}', and Jenkins does not tell upper from lower case"
            return replace(change, action=Action.REFUSED, why=why)
        return change
    config = live.configs[job.path]
    obstacle = _obstacle(each, found, config, platform, adopt)
    change = replace(change, live=digest_of(config))
    if obstacle:
        return replace(change, action=Action.REFUSED, why=obstacle)
    different = differences(each.config, config)
    marker = found.marker
    if not different and marker and not marker.orphaned:
        return replace(change, action=Action.SAME)
    by_hand = marker is None or (digest_of(config) != marker.digest and not marker.orphaned)
    why = "wanted again" if marker and marker.orphaned else "changed by hand" if by_hand else ""
    return replace(change, action=Action.UPDATE, differences=different, by_hand=by_hand, why=why)


def _obstacle(each: Wanted, found: Found, config: Config, platform: str, adopt: Collection[str]) -> str:
    """Why the job that is there must not be changed, or empty."""
    job, marker = each.job, found.marker
    if marker and marker.platform != platform:
        return f"belongs to platform {marker.platform}, and {platform} wants it as well"
    if marker and marker.via:
        return (
            f"comes from a Job DSL seed (an export of platform {marker.platform}),"
            f" and `jobs apply` of {platform} wants it as well: one of them has to go"
        )
    if found.kind != job.kind:
        return f"is there as {found.kind}, and should be a {job.kind}: rename or delete it in Jenkins"
    if marker is None and job.path not in adopt and config.fields.get(_SOURCE_ID) != _source_id(each):
        return f"is there already, and not from pipelinekit: --adopt {job.path} takes it over"
    return ""


def _source_id(each: Wanted) -> str:
    """What our own source is known by, even when somebody has removed the marker."""
    return each.config.fields.get(_SOURCE_ID, "(none)")


# --- jobs that should not -------------------------------------------------------------------------


def _unwanted(found: Found, config: Config | None, platform: str) -> Change:
    change = Change(path=found.path, kind=found.kind, action=Action.FOREIGN)
    if not _is_mine(found, platform) or config is None:
        owner = f"platform {found.marker.platform}'s" if found.marker else "nobody's that we know"
        return replace(change, why=f"{owner}: left alone")
    change = replace(change, live=digest_of(config))
    if found.kind == "folder":
        return replace(
            change, action=Action.KEEP, why="no longer wanted; `jobs prune` removes it when it is empty"
        )
    if found.disabled and found.marker and found.marker.orphaned:
        since = found.marker.orphaned
        return replace(change, action=Action.KEEP, why=f"no longer wanted, disabled since {since}")
    return replace(change, action=Action.DISABLE, why=f"platform {platform} no longer has it")


def _is_mine(found: Found, platform: str) -> bool:
    return found.marker is not None and found.marker.platform == platform and not found.marker.via


# --- pruning --------------------------------------------------------------------------------------


def plan_pruning(
    changes: Iterable[Change], live: Live, *, before: str, with_builds: Collection[str] = ()
) -> tuple[Change, ...]:
    """Of those changes the ones about jobs no longer wanted: disabled first, deleted when disabled on or
    before the day `before` (ISO 8601). `with_builds` are kept for their history.
    """
    pruned = [_pruned(each, live, before, with_builds) for each in changes if _is_orphan(each)]
    gone = {each.path for each in pruned if each.action is Action.DELETE}
    folders = [each for each in pruned if each.kind == "folder"]
    for folder in sorted(folders, key=lambda each: -each.path.count("/")):
        inside = {path for path in live.items if path.startswith(folder.path + "/")}
        if inside <= gone and not live.configs[folder.path].holds_credentials:
            gone.add(folder.path)
    return tuple(
        replace(each, action=Action.DELETE, why="nothing is left in it")
        if each.path in gone and each.kind == "folder"
        else each
        for each in pruned
    )


def _is_orphan(change: Change) -> bool:
    return change.action in (Action.DISABLE, Action.KEEP)


def _pruned(change: Change, live: Live, before: str, with_builds: Collection[str]) -> Change:
    marker = live.items[change.path].marker
    if change.action is Action.DISABLE or change.kind == "folder" or marker is None:
        why = "holds credentials" if live.configs[change.path].holds_credentials else change.why
        return replace(change, why=why)
    if marker.orphaned > before:
        return replace(change, why=f"disabled since {marker.orphaned}: its time is not over")
    if change.path in with_builds:
        return replace(change, why="kept, disabled, for the history of its builds")
    return replace(change, action=Action.DELETE, why=f"disabled since {marker.orphaned}")


def check_deletions(changes: Iterable[Change], jobs: int, limit: str) -> None:
    """Raise `Refused` when more jobs are to go than `limit`: a number, or a share like 10% of `jobs`."""
    match = re.fullmatch(r"([0-9]{1,6})(%?)", limit)
    if match is None:
        raise usage("max-delete", f"--max-delete {limit[:40]!r} is no number", hint="for example 20, or 10%")
    number = int(match[1])
    most = math.ceil(jobs * number / 100) if match[2] else number
    doomed = [each.path for each in changes if each.action is Action.DELETE and each.kind != "folder"]
    if len(doomed) > most:
        raise _too_many(doomed, most, limit)


def _too_many(doomed: list[str], most: int, limit: str) -> Refused:
    shown = ", ".join(doomed[:5]) + (" …" if len(doomed) > 5 else "")
    return refused(
        "too-many-deletions",
        f"{counted(len(doomed), 'job')} would be deleted, {most} are allowed (--max-delete {limit}): {shown}",
        hint=f"if all of them may go: --max-delete {len(doomed)}",
    )


def blocked(change: Change, failed: Iterable[str]) -> Iterator[str]:
    """The folders above a change that could not be made."""
    return (each for each in failed if change.path.startswith(each + "/"))
