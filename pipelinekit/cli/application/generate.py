"""The verb `generate`: what is made from the documents, kept current around the user's edits."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click

from pipelinekit import __version__
from pipelinekit.adapters.folder import packaged
from pipelinekit.adapters.source.worktree import MergeFile
from pipelinekit.cli.application import kept
from pipelinekit.cli.application.difference import diff
from pipelinekit.cli.options import JSON, line
from pipelinekit.cli.output import report
from pipelinekit.cli.paths import on_disk
from pipelinekit.cli.wiring.line import Line
from pipelinekit.counts import counted
from pipelinekit.errors import Fault, Place, Refused, check_failed, usage
from pipelinekit.generators import GENERATORS
from pipelinekit.merge import Change, Decisions, Outcome
from pipelinekit.steps.generate import (
    Generation,
    apply_generation,
    inputs_digest,
    plan_generation,
    remember,
)

QUIET = frozenset((Outcome.IDENTICAL,))


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
    click.option("--all", "everyone", is_flag=True, help="Every application of the platform."),
    click.option("--only", multiple=True, metavar="TEAM/APP", help="With --all: only these."),
    click.option(
        "--checkouts", default="", type=on_disk, metavar="DIR", help="With --all: folders, not clones."
    ),
    click.option("--commit", is_flag=True, help="With --all: commit what was generated."),
    click.option("--branch", default="", metavar="NAME", help="With --commit: on this branch."),
    click.option("--push", is_flag=True, help="With --commit: push the branch."),
    JSON,
)
def generate(
    here: Line,
    show_diff: bool,
    check: bool,
    take: tuple[tuple[str, str], ...],
    keep: tuple[str, ...],
    restore: tuple[str, ...],
    everyone: bool,
    only: tuple[str, ...],
    checkouts: str,
    commit: bool,
    branch: str,
    push: bool,
    as_json: bool,
) -> None:
    """Bring the generated files up to date: Jenkinsfile, Dockerfile, chart, Draft pack.

    What you edited is merged. What cannot be merged gets conflict markers, what you wrote before
    pipelinekit came is left alone: both end with exit code 6 and the list of files to settle.

    With --all it goes through every application of the platform, at the same time, and reports which are
    current, updated, in conflict or unreachable; without --checkouts or --commit it only looks.

    \b
    Examples:
      pipelinekit generate --diff
      pipelinekit generate --all --platform . --only payments/orders --commit --push
      pipelinekit generate --take new Jenkinsfile
      pipelinekit generate --keep dockerfile
    """
    if everyone:
        from pipelinekit.cli.application import fleet

        options = fleet.FleetOptions(
            platform=here.options.platform,
            only=only,
            base=checkouts,
            branch=branch,
            commit=commit,
            push=push,
            check=check,
            diff=show_diff,
        )
        if take or keep or restore:
            raise click.UsageError("--take, --keep and --restore are about one application: leave --all")
        fleet.run(options, as_json=as_json)
        return
    if only or checkouts or commit or branch or push:
        raise usage(
            "all-options",
            "--only, --checkouts, --commit, --branch and --push go with --all",
            hint="one application is generated in its folder: `git add` and `git commit` after it",
        )
    decisions = read_decisions(here, take, keep, restore)
    generation = plan(here, decisions)
    if not (show_diff or check or as_json) and sys.stdin.isatty() and sys.stderr.isatty():
        generation = _ask(here, decisions, generation)
    _say_notices(generation)
    if show_diff and not as_json:
        for text in diff(generation.changes):
            report.document(text)
    if not (show_diff or check):
        apply_generation(generation, here.workspace)
    shown = "".join(diff(generation.changes)) if show_diff and as_json else None
    _report(here, generation, as_json=as_json, written=not (show_diff or check), shown=shown, quiet=show_diff)
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
        inputs=inputs_digest(
            here.descriptor, here.app.title, here.site, __version__, packaged.templates_digest()
        ),
    )


def read_decisions(
    here: Line, take: Iterable[tuple[str, str]], keep: Iterable[str], restore: Iterable[str]
) -> Decisions:
    """The user's words about single files; raises `UsageError` for one that makes no sense."""
    chosen: dict[str, set[str]] = {"new": set(), "theirs": set()}
    for side, path in take:
        if side not in chosen:
            raise usage(
                "take-side",
                f"--take {side}: say 'new' or 'theirs'",
                hint="new is the file as it is generated now, theirs is the file as it is in the folder",
            )
        chosen[side].add(path)
    chosen["new"] |= kept.beside(here, chosen["new"])
    return Decisions(
        yours=frozenset(path for each in words(keep) for path in _kept(here, each)),
        take_new=frozenset(chosen["new"]),
        take_theirs=frozenset(chosen["theirs"]),
        restore=frozenset(restore),
    )


def words(given: Iterable[str]) -> list[str]:
    """Words of an option that may be repeated, and may have commas between them."""
    return list(dict.fromkeys(word.strip() for each in given for word in each.split(",") if word.strip()))


def _kept(here: Line, word: str) -> Iterable[str]:
    """The paths of a kind (`chart`, `jenkinsfile`, `dockerfile`, `draft`), or the path itself."""
    if word == "chart":
        from pipelinekit.adapters.disk import files

        folder = here.app.chart_folder
        if not files.is_there(here.root / folder / "Chart.yaml"):
            hint = "chart.path in app.yaml names the folder of one that is elsewhere"
            raise usage("chart-missing", f"--keep chart: there is no chart in {folder} to keep", hint=hint)
        return [] if here.app.chart else [f"{folder}/"]
    if word in GENERATORS:
        paths = [each.path for each in GENERATORS[word].plan(here.app, here.site)] or [word]
        return kept.without_dockerfile(here.root, paths) if word == "dockerfile" else paths
    return [word]


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


def _say_notices(generation: Generation) -> None:
    for each in generation.notices:
        report.notice(each)
    lock = generation.memory.lock
    if lock and lock.tool != __version__:
        report.notice(f"generated by pipelinekit {lock.tool}, this is {__version__}")


def _report(
    here: Line, generation: Generation, *, as_json: bool, written: bool, shown: str | None, quiet: bool
) -> None:
    changes = kept.worth_telling(generation.changes, here.root)
    if as_json:
        report.as_json(
            {
                "written": written,
                "current": generation.current and not generation.unsettled,
                "files": {each.path: str(each.outcome) for each in changes},
                **({} if shown is None else {"diff": shown}),
            }
        )
        return
    for change in changes:
        if change.outcome not in QUIET:
            report.say(f"{change.outcome:>10}  {change.path}")
    count = len(generation.writes)
    name = here.app.name
    if written and count:
        report.result(f"{name}: {counted(count, 'file')} written")
    elif (written or generation.current) and not generation.unsettled and not quiet:
        report.result(f"{name}: everything is current")


def _settle_exit(generation: Generation, *, check: bool, show_diff: bool) -> None:
    if generation.unsettled:
        raise Refused(*(unsettled_fault(each) for each in generation.unsettled))
    newer = generation.memory.lock and generation.memory.lock.tool != __version__
    if check and not generation.current and not newer and not show_diff:
        raise check_failed(
            "not-current",
            f"{counted(len(generation.writes) or 1, 'generated file is', 'generated files are')} not current",
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
