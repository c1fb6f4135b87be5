"""The verb `run`: the pipeline's stages in a terminal, and what a build of Jenkins would do."""

from __future__ import annotations

import dataclasses
import shlex
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import nullcontext, redirect_stdout

import click

from pipelinekit.cli import loading
from pipelinekit.cli.options import JSON, line
from pipelinekit.cli.output import report
from pipelinekit.cli.wiring import ahead, identity, reaching, revision
from pipelinekit.cli.wiring.line import Line
from pipelinekit.errors import CheckFailed, Refused, refused, usage
from pipelinekit.plan.jenkins.stages import Build, Decision, decide

_MOVED = {"image-moved": "push", "chart-moved": "publish"}
"""What is refused where a rival has published the same version after us, and the verb that settles it."""
_OUTDATED = (
    "generated files are not current, so what app.yaml says now is not all in it: "
    "`pipelinekit generate`, commit, and run it again"
)
"""The stage is a notice, here and in Jenkins: whoever reads the last line alone has to know."""


@click.command()
@line(
    click.option("--branch", default="", metavar="NAME", help="The branch (the one that is checked out)."),
    click.option(
        "--pr", "pull_request", default="", metavar="NUMBER", help="With --explain: a pull request."
    ),
    click.option("--from", "since", default="", metavar="STAGE", help="The first stage to run, by its verb."),
    click.option("--until", default="", metavar="STAGE", help="The last stage to run, by its verb."),
    click.option("--explain", is_flag=True, help="Show what would run and why, and do nothing."),
    JSON,
)
def run(
    here: Line, branch: str, pull_request: str, since: str, until: str, explain: bool, as_json: bool
) -> None:
    """Run the pipeline's stages here, in order, as a build in Jenkins does.

    The stages are those of the generated Jenkinsfile; the first that fails ends the run. --explain shows
    each stage's command and the ids of the credentials that it holds in Jenkins, for any branch. --json has
    the seconds of each stage.

    \b
    Examples:
      pipelinekit run --until build
      pipelinekit run --from push
      pipelinekit run --explain --branch feature/x --pr 7
    """
    with reaching.opened(), ahead.opened() as early:
        # Both wait for other programs and disks, while this thread reads the documents.
        early.begin(revision.EARLY, lambda: revision.look(here.root, early.keep))
        if not explain and since in ("", "generate", "test", "build", "push"):
            loading.begin("pipelinekit.cli.line.image", loading.HTTP, loading.ENGINE)
        _planned(here, branch, pull_request, since, until, early, explain=explain, as_json=as_json)


def _planned(
    here: Line,
    branch: str,
    pull_request: str,
    since: str,
    until: str,
    early: ahead.Ahead,
    *,
    explain: bool,
    as_json: bool,
) -> None:
    build = Build(
        branch=branch or here.revision.branch,
        pull_request=_number(pull_request) or here.revision.pull_request,
        since=since,
        until=until,
    )
    decisions = decide(build, here.app, here.site)
    # What every stage of it would be refused for is said before them.
    identity.check(here.app, here.revision, here.platform)
    if explain:
        _explain(here, build, decisions, as_json)
        return
    if pull_request:
        raise usage("explain-only", "--pr goes with --explain", hint="a terminal builds no pull request")
    if branch and here.revision.branch not in ("", branch):
        raise refused(
            "another-branch",
            f"the work tree is on {here.revision.branch}, not on {branch}",
            hint=f"git switch {shlex.quote(branch)}; --explain answers for any branch",
        )
    early.verbs = frozenset(each.stage.verb for each in decisions if each.runs)
    if "deploy" in early.verbs and "build" not in early.verbs:
        from pipelinekit.cli.line import meanwhile

        # A build that runs comes first: it begins this itself when the engine is at work.
        meanwhile.set_out(here)
    _run(here, decisions, early, as_json)


def _run(here: Line, decisions: Sequence[Decision], early: ahead.Ahead, as_json: bool) -> None:
    done: dict[str, float] = {}
    noticed = _stages(here, decisions, done, as_json)
    # Not known where nobody has looked.
    current = "generate" not in noticed if "generate" in done else None
    skipped = [each.stage.verb for each in decisions if not each.runs]
    if as_json:
        seconds = {verb: round(took, 3) for verb, took in done.items()}
        told = {"recorded": not early.unrecorded, "current": current}
        report.as_json({"ran": list(done), "skipped": skipped, "seconds": seconds, **told})
        return
    sentence = f"{here.app.name}: {', '.join(done)} done" + (
        f"; {', '.join(skipped)} skipped" if skipped else ""
    )
    if early.unrecorded:
        sentence += "; not in the ledger, so it cannot be promoted (the lines above say why)"
    if current is False:
        sentence += "; " + _OUTDATED
    report.result(sentence)


def _stages(here: Line, decisions: Iterable[Decision], done: dict[str, float], as_json: bool) -> list[str]:
    """Run them in order; `done` gets the seconds of each. The verbs whose failure was a notice."""
    noticed = []
    for each in decisions:
        if not each.runs:
            report.say(f"{each.stage.name}: skipped, {each.reason}")
            continue
        report.say(f"{each.stage.name}: pipelinekit {shlex.join(each.command)}")
        began = time.monotonic()
        try:
            # With --json, what the stages say is progress: standard output has the one document.
            with redirect_stdout(sys.stderr) if as_json else nullcontext():
                _done(each, here, done)
        except (CheckFailed, Refused) as error:
            if not each.stage.notice:
                raise
            for fault in error.faults:
                report.notice(str(fault))
            noticed.append(each.stage.verb)
        done[each.stage.verb] = time.monotonic() - began
    return noticed


def _done(decision: Decision, here: Line, done: Iterable[str]) -> None:
    """Do a stage; where somebody came after an earlier one, once more all from that on."""
    try:
        _call([*decision.command, *_options(here)])
    except Refused as error:
        moved, before = _MOVED.get(error.faults[0].code, ""), list(done)
        if moved not in before:
            raise
        for verb in before[before.index(moved) :]:
            report.say(f"{error.faults[0].problem}: pipelinekit {verb}, again")
            _call([verb, *_options(here)])
        _call([*decision.command, *_options(here)])


def _call(arguments: Sequence[str]) -> None:
    """A verb, in this process: its errors come out as they are."""
    from pipelinekit.cli.main import group

    group().main(list(arguments), prog_name="pipelinekit", standalone_mode=False)


def _options(here: Line) -> list[str]:
    """The options that lead each verb to the same application and platform, whatever the environment says."""
    given = dataclasses.asdict(here.options)
    del given["folder_by"]
    # What stands for a platform is refused beside one; what is empty stands against the environment's.
    named = ("path", "platform") if here.options.platform else tuple(given)
    return [f"--{name}={given[name]}" for name in named]


def _explain(here: Line, build: Build, decisions: Sequence[Decision], as_json: bool) -> None:
    if as_json:
        report.as_json(
            {
                "application": here.app.name,
                "branch": build.branch,
                "pullRequest": build.pull_request,
                "stages": [
                    {
                        "stage": each.stage.name,
                        "runs": each.runs,
                        "command": ["pipelinekit", *each.command],
                        "credentials": list(each.credentials),
                        "reason": each.reason,
                    }
                    for each in decisions
                ],
            }
        )
        return
    what = (
        f"pull request {build.pull_request}" if build.pull_request else f"branch {build.branch or '(none)'}"
    )
    report.result(f"{here.app.name}, {what}:")
    for each in decisions:
        held = f"  credentials: {', '.join(each.credentials)}" if each.credentials and each.runs else ""
        what = f"pipelinekit {shlex.join(each.command)}{held}" if each.runs else each.reason
        report.result(f"  {'run ' if each.runs else 'skip'}  {each.stage.name:<16} {what}")


def _number(text: str) -> str:
    if text and not text.isdecimal():
        raise usage("pull-request-number", f"--pr {text[:40]!r} is no number", hint="for example --pr 7")
    return text
