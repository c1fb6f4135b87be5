"""The fleet: bring the generated files of many applications up to date, one report for all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, ThreadPoolExecutor
from enum import StrEnum

from pipelinekit.counts import counted
from pipelinekit.errors import DocumentInvalid, PipelinekitError, Refused
from pipelinekit.merge import Change, Decisions
from pipelinekit.model.platform.document import Registration
from pipelinekit.model.platform.site import Site
from pipelinekit.ports import Say, TextMerge, Workspace
from pipelinekit.reading.app import FILE, read_app
from pipelinekit.records import dataclass
from pipelinekit.render import Templates
from pipelinekit.steps.generate import apply_generation, inputs_digest, is_current, plan_generation, remember
from pipelinekit.steps.sync import check_identity

PROCESSES_FROM = 50
"""From how many applications on it pays to share the work between processes."""


class State(StrEnum):
    """What came of one application."""

    CURRENT = "current"
    UPDATED = "updated"
    OUTDATED = "outdated"
    """Files would change; nothing was to be written."""
    CONFLICT = "conflict"
    """Files wait for a person: conflict markers, or files that were never generated."""
    INVALID = "invalid"
    UNREACHABLE = "unreachable"
    FAILED = "failed"
    """A tool, the disk or the remote said no; the others went on."""


BAD = frozenset((State.CONFLICT, State.INVALID, State.UNREACHABLE, State.FAILED))
CANNOT_OPEN = frozenset(("checkout-missing", "repository-unreachable"))
"""The codes of faults that mean that we never got to see the application."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One line of the report."""

    title: str
    state: State
    files: tuple[str, ...] = ()
    """What was (or would be) written, or what waits."""
    reason: str = ""
    shown: str = ""
    """What would change, where it was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """What all applications are generated with."""

    version: str
    templates: Templates
    templates_digest: str
    merge: TextMerge


def update(
    registration: Registration,
    workspace: Workspace,
    descriptor: bytes,
    site: Site,
    tool: Tool,
    *,
    write: bool,
    show: Callable[[Sequence[Change]], str] = lambda _: "",
) -> Result:
    """Generate one application; files that nothing changed for are not even looked at.

    What `show` makes of the changes goes into the result.
    """
    title = registration.title
    inputs = inputs_digest(descriptor, title, site, tool.version, tool.templates_digest)
    if is_current(workspace.read_lock() or "", inputs):
        return current(registration)
    try:
        app = read_app(descriptor, f"{title}/{FILE}")
        check_identity(app, registration, f"{title}/{FILE}")
        generation = plan_generation(
            app,
            site,
            tool.version,
            tool.templates,
            workspace,
            remember(workspace),
            Decisions(),
            tool.merge,
            inputs=inputs,
            whole=False,
        )
        if write:
            apply_generation(generation, workspace)
    except DocumentInvalid as error:
        return Result(title=title, state=State.INVALID, reason=str(error.faults[0]))
    except Refused as error:
        return Result(title=title, state=State.CONFLICT, reason=str(error.faults[0]))
    shown = show(generation.changes)
    if generation.unsettled:
        waiting = tuple(each.path for each in generation.unsettled)
        reason = "; ".join(f"{each.path}: {each.outcome}" for each in generation.unsettled)
        return Result(title=title, state=State.CONFLICT, files=waiting, reason=reason, shown=shown)
    changed = tuple(each.path for each in generation.writes)
    if generation.current:
        return Result(title=title, state=State.CURRENT)
    return Result(title=title, state=State.UPDATED if write else State.OUTDATED, files=changed, shown=shown)


def for_all(
    these: Sequence[Registration],
    work: Callable[[Registration], Result],
    say: Say,
    *,
    at_once: int,
    processes: int,
    is_done: Callable[[Registration], bool] = lambda _: False,
) -> tuple[Result, ...]:
    """Do the work for each, several at once, and say each result as it comes; a bad one stops nobody.

    Work that waits for the network is shared between threads; with `processes`, work that computes is shared
    between so many processes, and must be picklable. `is_done` says quickly for which there is none: to begin
    a process costs more than a thousand such answers.
    """
    results = {each.title: current(each) for each in these if is_done(each)}
    rest = [each for each in these if each.title not in results]
    processes = processes if len(rest) >= PROCESSES_FROM else 1
    chunk = max(1, min(64, len(rest) // (4 * processes))) if processes > 1 else 1
    with ProcessPoolExecutor(processes) if processes > 1 else ThreadPoolExecutor(at_once) as pool:
        outcomes = pool.map(work, rest, chunksize=chunk)
        for each in rest:
            try:
                result = next(outcomes)
            except (BrokenExecutor, StopIteration):
                # The system ended one of our processes, which takes the others with it.
                reason = "the process that was to do it was ended: is there memory left?"
                result = Result(title=each.title, state=State.FAILED, reason=reason)
            if result.state is not State.CURRENT:
                reason = f": {result.reason}" if result.reason else f" ({counted(len(result.files), 'file')})"
                say(f"{result.state:>11}  {result.title}{reason}")
            results[each.title] = result
    return tuple(results[each.title] for each in these)


def current(registration: Registration) -> Result:
    """The result of an application that there is nothing to do for."""
    return Result(title=registration.title, state=State.CURRENT)


def failed(title: str, error: PipelinekitError) -> Result:
    """The result of an application that could not be opened, written or committed."""
    fault = error.faults[0]
    state = State.CONFLICT if isinstance(error, Refused) else State.FAILED
    return Result(
        title=title,
        state=State.UNREACHABLE if fault.code in CANNOT_OPEN else state,
        reason="; ".join(part for part in (fault.problem, fault.hint) if part),
    )


def waiting(registration: Registration, branch: str) -> Result:
    """The result of an application whose new files wait on a branch already."""
    return Result(
        title=registration.title, state=State.CURRENT, reason=f"the branch {branch} has it and waits"
    )
