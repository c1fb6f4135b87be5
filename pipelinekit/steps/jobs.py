"""Jobs: read what a controller has, plan, and do exactly what was planned."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from pipelinekit.errors import Fault, PipelinekitError, Refused, ToolFailed, refused
from pipelinekit.model.jenkins.jobconfig import Config, differences, digest_of
from pipelinekit.model.jenkins.jobplan import Action, Change, Found, JobPlan, Wanted
from pipelinekit.model.jenkins.jobs import Job
from pipelinekit.model.jenkins.marker import JOB_DSL, Marker, with_marker
from pipelinekit.model.platform.document import Platform
from pipelinekit.plan.jenkins.jobchanges import Live, blocked, plan_changes, to_read
from pipelinekit.plan.jenkins.jobs import provenance
from pipelinekit.ports import Jobs, Say
from pipelinekit.reading.configxml import disabled, is_as_posted, lay_over, read_config
from pipelinekit.records import dataclass
from pipelinekit.steps.jobtexts import prepare

AT_ONCE = 8
"""How many requests are under way at the same time, unless said."""


def descriptions(jobs: Iterable[Job], platform: str) -> tuple[tuple[Job, str], ...]:
    """Each job with its description for a Job DSL seed; the marker says that it comes from there."""
    return tuple(
        (
            each.job,
            with_marker(
                f"{each.job.text}\n{provenance(platform)}",
                Marker(platform=platform, digest=each.digest, via=JOB_DSL),
            ),
        )
        for each in prepare(jobs, platform, via=JOB_DSL)
    )


# --- planning -------------------------------------------------------------------------------------


def survey(
    wanted: Sequence[Wanted],
    jobs: Jobs,
    platform: str,
    at_once: int = AT_ONCE,
    *,
    maybe: Collection[str] = (),
) -> Live:
    """What the controller has in our folders, with the configurations that decide.

    `maybe` are folders that not every platform has: what is there counts where the folder is ours.
    """
    roots = {each.job.path.partition("/")[0] for each in wanted}
    items = jobs.items(sorted(roots | {*maybe}))
    for root in {*maybe} - roots:
        marker = items[root].marker if root in items else None
        if marker is None or marker.platform != platform:
            items = {path: each for path, each in items.items() if path.partition("/")[0] != root}
    paths = to_read(wanted, items, platform)
    texts = jobs.configs(paths, at_once)
    gone = [path for path, text in texts.items() if text is None]
    if gone:
        raise refused("jenkins-moves", f"{gone[0]} went away while it was read", hint="run it again")
    known = {each.job.path: each for each in wanted}
    configs = {path: _known(path, text, known.get(path)) for path, text in texts.items() if text is not None}
    return Live(items=items, configs=configs)


def _known(path: str, text: str, wanted: Wanted | None) -> Config:
    """What a text says; one that is as it was posted says what that says, and is not read again."""
    return wanted.config if wanted and is_as_posted(text, wanted.xml) else _read(path, text)


def _read(path: str, text: str) -> Config:
    try:
        return read_config(text)
    except ValueError as error:
        raise ToolFailed(Fault("config-unreadable", f"{path}: Jenkins' config.xml is {error}")) from error


def plan_jobs(
    platform: Platform,
    commit: str,
    wanted: Sequence[Wanted],
    live: Live,
    *,
    adopt: Collection[str] = (),
) -> JobPlan:
    """What has to happen to each job."""
    url = platform.jenkins.url if platform.jenkins else ""
    changes = plan_changes(wanted, live, platform.name, adopt=adopt)
    return JobPlan(platform=platform.name, commit=commit, url=url, changes=changes)


# --- doing ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of one change: `error` when it failed, `already` when it had been done before."""

    change: Change
    error: PipelinekitError | None = None
    already: bool = False


def apply(plan: JobPlan, jobs: Jobs, *, today: str, say: Say, at_once: int = AT_ONCE) -> tuple[Done, ...]:
    """Do what a plan says, folders before what is in them; one that fails stops nothing but what is below it.

    Raises `Refused` before anything is done when a job is not as it was planned for, unless it is as
    the plan wants it: that was this plan, killed on its way.
    """
    moved, already = _moved_on(plan, jobs, at_once)
    if moved:
        raise Refused(*moved)
    results: list[Done] = [Done(change=each, already=True) for each in plan.deeds if each.path in already]
    todo = [each for each in plan.deeds if each.path not in already]
    for wave in _waves(todo):
        failed = [each.change.path for each in results if each.error]
        ready = [each for each in wave if not any(blocked(each, failed))]
        results += [_blocked(each, failed) for each in wave if each not in ready]
        with ThreadPoolExecutor(at_once) as pool:
            results += pool.map(lambda each: _do(each, plan.platform, jobs, today, say), ready)
    return tuple(results)


def _waves(changes: Iterable[Change]) -> list[list[Change]]:
    """What may be done at the same time: folders level by level, then all else, deletions from below."""
    making = [each for each in changes if each.action is not Action.DELETE]
    removing = [each for each in changes if each.action is Action.DELETE]
    waves: dict[tuple[int, int], list[Change]] = {}
    for each in making:
        level = each.path.count("/") if each.kind == "folder" and each.action is not Action.DISABLE else 99
        waves.setdefault((0, level), []).append(each)
    for each in removing:
        waves.setdefault((1, -each.path.count("/")), []).append(each)
    return [waves[key] for key in sorted(waves)]


def _do(change: Change, platform: str, jobs: Jobs, today: str, say: Say) -> Done:
    try:
        if change.action is Action.DELETE:
            jobs.delete(change.path)
        elif change.action is Action.CREATE:
            jobs.post(change.path, change.xml, create=True)
        else:
            jobs.post(change.path, _text_for(change, platform, jobs, today), create=False)
    except PipelinekitError as error:
        say(f"{'failed':>8}  {change.path}: {error.faults[0].problem}")
        return Done(change=change, error=error)
    say(f"{_PAST[change.action]:>8}  {change.path}")
    return Done(change=change)


_PAST = {
    Action.CREATE: "created",
    Action.UPDATE: "updated",
    Action.DISABLE: "disabled",
    Action.DELETE: "deleted",
}


def _text_for(change: Change, platform: str, jobs: Jobs, today: str) -> str:
    """The text to post over what is there now, which keeps everything that is not ours."""
    live = jobs.config(change.path)
    if live is None:
        raise refused("jenkins-moves", f"{change.path} went away", hint="plan again")
    try:
        if change.action is Action.DISABLE:
            return disabled(live, Marker(platform=platform, digest=change.live, orphaned=today))
        return lay_over(live, change.xml)
    except ValueError as error:
        raise refused(
            "would-lose-secrets",
            f"{change.path}: {error}, so posting it would destroy them",
            hint="the account needs Job/Configure there, not Job/ExtendedRead alone",
        ) from error


def _moved_on(plan: JobPlan, jobs: Jobs, at_once: int) -> tuple[list[Fault], set[str]]:
    """The jobs that are not as planned, and those that are as wanted already."""
    items = jobs.items(sorted({each.path.partition("/")[0] for each in plan.deeds}) or [])
    there = [each for each in plan.deeds if each.path in items]
    paths = [each.path for each in there]
    texts = jobs.configs(paths, at_once)
    faults: list[Fault] = []
    already: set[str] = set()
    for each in plan.deeds:
        text = texts.get(each.path)
        state = _state(each, _read(each.path, text) if text is not None else None, items.get(each.path))
        if state == "done":
            already.add(each.path)
        elif state:
            problem = f"{each.path} {state} since this was planned"
            faults.append(Fault("jenkins-moved-on", problem, hint="plan again: `pipelinekit jobs plan`"))
    return faults, already


def _state(change: Change, config: Config | None, found: Found | None) -> str:
    """Empty when a job is as planned for, `done` when it is as wanted already, else what happened to it."""
    digest = digest_of(config) if config else ""
    if change.action is Action.DELETE:
        return "done" if config is None else "" if digest == change.live else "was changed"
    if change.action is Action.DISABLE:
        off = found is not None and found.disabled and found.marker is not None and found.marker.orphaned
        return "done" if off or config is None else "" if digest == change.live else "was changed"
    if config and digest == change.wanted and _is_ours(found) and not _differs(change, config):
        return "done"
    if digest == change.live:
        return ""
    return "was made" if not change.live else "went away" if config is None else "was changed"


def _is_ours(found: Found | None) -> bool:
    return found is not None and found.marker is not None and not found.marker.orphaned


def _differs(change: Change, config: Config) -> bool:
    # A digest leaves properties out, for others write some: ours, parameters and a timer, are looked at here.
    return bool(differences(_read(change.path, change.xml), config))


def _blocked(change: Change, failed: Iterable[str]) -> Done:
    folder = next(blocked(change, failed))
    error = ToolFailed(Fault("folder-failed", f"{change.path} is not tried: its folder {folder} failed"))
    return Done(change=change, error=error)


def failures(results: Iterable[Done]) -> list[Fault]:
    """What went wrong, a job each."""
    return [
        replace(fault, problem=f"{each.change.path}: {fault.problem}")
        if each.change.path not in fault.problem
        else fault
        for each in results
        if each.error
        for fault in each.error.faults
    ]
