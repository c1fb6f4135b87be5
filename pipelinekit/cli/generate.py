"""The verbs of the documents: validate and generate."""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from pipelinekit import __version__
from pipelinekit.adapters import packaged, platformsource
from pipelinekit.adapters.git import MergeFile
from pipelinekit.cli import report
from pipelinekit.cli.options import JSON, PATH, PLATFORM, line
from pipelinekit.cli.wiring import Line, Options
from pipelinekit.errors import DocumentInvalid, Fault, Place, Refused, check_failed
from pipelinekit.generators import GENERATORS
from pipelinekit.merge import Change, Decisions, Outcome
from pipelinekit.model.platform import Platform
from pipelinekit.model.platformlock import PlatformLock
from pipelinekit.reading import across
from pipelinekit.reading.platform import read_platform
from pipelinekit.steps.generate import Generation, apply_generation, plan_generation, remember

QUIET = frozenset((Outcome.IDENTICAL,))
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


@click.command()
@PATH
@PLATFORM
@JSON
def validate(path: str, platform: str, as_json: bool) -> None:
    """Check app.yaml, and platform.yaml where one is named. Exit code 3 lists every fault of both.

    With a platform, what the application says of it is checked as well: its environments, and with the
    platform's lock the applications that it calls and accepts.

    \b
    Example:
      pipelinekit validate --platform ../platform
    """
    faults: list[Fault] = []
    checked: list[str] = []
    described, text, document = None, None, None
    try:
        described = across.describe(Line(Options(path=path)).descriptor, str(Path(path, "app.yaml")))
        checked.append(described.source.origin)
    except DocumentInvalid as error:
        faults += error.faults
    if platform:
        text = platformsource.read_platform_text(platform)
        try:
            document = read_platform(text.content, text.origin)
            checked.append(text.origin)
        except DocumentInvalid as error:
            faults += error.faults
    if described and document and text:
        faults += _across(described, document, text.lock)
    if faults:
        raise DocumentInvalid(*faults)
    if as_json:
        report.as_json({"valid": True, "documents": checked})
    else:
        report.result(f"{' and '.join(checked)} {'is' if len(checked) == 1 else 'are'} valid")


def _across(described: across.Described, platform: Platform, lock: PlatformLock) -> list[Fault]:
    """What is wrong between this application, the platform and the applications of its lock."""
    faults = across.check_environments(described, platform)
    if not lock.applications:
        return faults
    others = [
        across.describe(each.descriptor, each.origin)
        for each in lock.applications
        if each.title != described.title
    ]
    return faults + across.check_flows(described, [described, *others])


@click.command()
@line(
    click.option("--diff", "show_diff", is_flag=True, help="Show what would change, and do nothing."),
    click.option("--check", is_flag=True, help="Exit with 1 when something would change; do nothing."),
    click.option(
        "--take",
        nargs=2,
        multiple=True,
        metavar="new|theirs PATH",
        help="Settle one file: what is generated, or what is on disk.",
    ),
    click.option("--keep", multiple=True, metavar="KIND|PATH", help="Yours for good: never generated again."),
    click.option("--restore", multiple=True, metavar="PATH", help="Bring back a file that you deleted."),
    JSON,
)
def generate(
    here: Line,
    show_diff: bool,
    check: bool,
    take: tuple[tuple[str, str], ...],
    keep: tuple[str, ...],
    restore: tuple[str, ...],
    as_json: bool,
) -> None:
    """Bring the generated files up to date: Jenkinsfile, Dockerfile, chart, Draft pack.

    What you edited is merged. What cannot be merged gets conflict markers, what you wrote before
    pipelinekit came is left alone: both end with exit code 6 and the list of files to settle.

    \b
    Examples:
      pipelinekit generate --diff
      pipelinekit generate --take new Jenkinsfile
      pipelinekit generate --keep dockerfile
    """
    decisions = read_decisions(here, take, keep, restore)
    generation = plan(here, decisions)
    if not (show_diff or check or as_json) and sys.stdin.isatty() and sys.stderr.isatty():
        generation = _ask(here, decisions, generation)
    _say_notices(here, generation)
    if show_diff:
        sys.stdout.writelines(diff(generation.changes))
    if not (show_diff or check):
        apply_generation(generation, here.workspace)
    _report(here, generation, as_json=as_json, written=not (show_diff or check))
    _settle_exit(generation, check=check, show_diff=show_diff)


def plan(here: Line, decisions: Decisions) -> Generation:
    """What generating would do in the application's folder."""
    return plan_generation(
        here.app,
        here.site,
        __version__,
        packaged.templates(),
        here.workspace,
        remember(here.workspace),
        decisions,
        MergeFile(),
    )


def read_decisions(
    here: Line, take: Iterable[tuple[str, str]], keep: Iterable[str], restore: Iterable[str]
) -> Decisions:
    """The user's words about single files; raises `UsageError` for one that makes no sense."""
    chosen: dict[str, set[str]] = {"new": set(), "theirs": set()}
    for side, path in take:
        if side not in chosen:
            raise click.UsageError(f"--take {side}: say 'new' or 'theirs'")
        chosen[side].add(path)
    return Decisions(
        yours=frozenset(path for each in keep for path in _kept(here, each)),
        take_new=frozenset(chosen["new"]),
        take_theirs=frozenset(chosen["theirs"]),
        restore=frozenset(restore),
    )


def _kept(here: Line, word: str) -> Iterable[str]:
    """The paths of a kind (`chart`, `jenkinsfile`, `dockerfile`, `draft`), or the path itself."""
    if word == "chart":
        return [f"charts/{here.app.name}/"]
    if word in GENERATORS:
        return [each.path for each in GENERATORS[word].plan(here.app, here.site)] or [word]
    return [word]


def diff(changes: Iterable[Change]) -> Iterable[str]:
    """What a generation changes, as a unified diff."""
    for change in changes:
        after = "" if change.outcome is Outcome.REMOVE else change.after.text if change.after else None
        if after is None or after == change.before:
            continue
        lines = difflib.unified_diff(
            _LINE.findall(change.before or ""),
            _LINE.findall(after),
            f"a/{change.path}" if change.before is not None else "/dev/null",
            f"b/{change.path}" if change.outcome is not Outcome.REMOVE else "/dev/null",
        )
        for text in lines:
            yield text if text.endswith("\n") else f"{text}\n\\ No newline at end of file\n"


def _ask(here: Line, decisions: Decisions, generation: Generation) -> Generation:
    """Let a person decide about each file that is in the way, and plan again."""
    take_new, yours = set(decisions.take_new), set(decisions.yours)
    for change in generation.unsettled:
        if change.outcome is not Outcome.IN_THE_WAY:
            continue
        report.notice(f"{change.path} is there already and was not generated")
        answer = click.prompt(
            "  keep yours for good, take the new one, or leave it for now?",
            type=click.Choice(["keep", "new", "leave"]),
            default="leave",
            err=True,
        )
        (take_new if answer == "new" else yours if answer == "keep" else set()).add(change.path)
    if take_new == set(decisions.take_new) and yours == set(decisions.yours):
        return generation
    return plan(
        here,
        Decisions(
            yours=frozenset(yours),
            take_new=frozenset(take_new),
            take_theirs=decisions.take_theirs,
            restore=decisions.restore,
        ),
    )


def _say_notices(here: Line, generation: Generation) -> None:
    for each in generation.notices:
        report.notice(each)
    lock = generation.memory.lock
    if lock and lock.tool != __version__:
        report.notice(f"generated by pipelinekit {lock.tool}, this is {__version__}")
    del here


def _report(here: Line, generation: Generation, *, as_json: bool, written: bool) -> None:
    changes = generation.changes
    if as_json:
        report.as_json(
            {
                "written": written,
                "current": generation.current and not generation.unsettled,
                "files": {each.path: str(each.outcome) for each in changes},
            }
        )
        return
    for change in changes:
        if change.outcome not in QUIET:
            report.say(f"{change.outcome:>10}  {change.path}")
    count = len(generation.writes)
    if written:
        name = here.app.name
        report.result(f"{name}: {count} files written" if count else f"{name}: everything is current")


def _settle_exit(generation: Generation, *, check: bool, show_diff: bool) -> None:
    if generation.unsettled:
        raise Refused(*(unsettled_fault(each) for each in generation.unsettled))
    newer = generation.memory.lock and generation.memory.lock.tool != __version__
    if check and not generation.current and not newer and not show_diff:
        raise check_failed(
            "not-current",
            f"{len(generation.writes) or 1} generated file(s) are not current",
            hint="run `pipelinekit generate`; --diff shows what changes",
        )


def unsettled_fault(change: Change) -> Fault:
    """What is left to decide about one file, and how to say it."""
    if change.outcome is Outcome.CONFLICT:
        return Fault(
            "merge-conflict",
            "your edit and the new text change the same lines; both are between markers",
            Place(change.path),
            hint=f"edit it, or `pipelinekit generate --take new {change.path}` (or theirs)",
        )
    return Fault(
        "file-in-the-way",
        "is there already and was not generated; it is left as it is",
        Place(change.path),
        hint=f"`pipelinekit generate --take new {change.path}` replaces it, --keep keeps it for good",
    )
