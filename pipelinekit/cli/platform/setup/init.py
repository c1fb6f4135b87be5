"""The verb `platform init`: a first platform.yaml, from answers that have been tried."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from pipelinekit.adapters import probes
from pipelinekit.adapters.cluster.kubernetes import Kubernetes
from pipelinekit.adapters.disk import files
from pipelinekit.adapters.folder import packaged
from pipelinekit.cli.output import report
from pipelinekit.cli.paths import on_disk
from pipelinekit.cli.platform.setup import questions
from pipelinekit.cli.platform.setup.doctor import ask_all
from pipelinekit.cli.platform.setup.questions import Answered, words
from pipelinekit.cli.wiring.kubeconfigs import kubeconfig
from pipelinekit.counts import counted
from pipelinekit.errors import Fault, ToolFailed, refused, usage
from pipelinekit.generators.platformdoc import FILE, Answers, plan_platform
from pipelinekit.reading.platform.document import read_platform
from pipelinekit.render import render

_SIGNERS = (
    "\n  before the first release: `people` in it, each with a public key, since the ledger takes only"
    "\n  what they sign; and push it to a repository of its own: gates are read from there"
)


@click.command()
@click.option("--name", default="", help="The platform's name.")
@click.option("--registry", default="", metavar="HOST", help="Where images go.")
@click.option("--charts", default="", metavar="URL", help="Where charts go (oci://REGISTRY/charts).")
@click.option("--mirror", default="", metavar="HOST", help="Where base images come from (docker.io).")
@click.option("--jenkins", default="", metavar="URL", help="The controller.")
@click.option(
    "--registry-credentials", default="", metavar="ID", help="The registry's credential in Jenkins."
)
@click.option(
    "--environment",
    "environments",
    multiple=True,
    metavar="NAME=CONTEXT",
    help="An environment and its kube context, in the order of promotion; repeat it.",
)
@click.option(
    "--gates/--no-gates",
    default=None,
    help="Whether a later environment waits for a release that passed the one before.",
)
@click.option("--ledger", default="", metavar="GIT", help="The git repository that records releases.")
@click.option(
    "--to", default=FILE, show_default=True, type=on_disk, metavar="FILE", help="The document to write."
)
@click.option("--untested", is_flag=True, help="Write it although an address or a credential fails.")
@click.option("--again", is_flag=True, help="Forget the answers of a run that wrote nothing.")
def init(
    environments: tuple[str, ...], gates: bool | None, to: str, untested: bool, again: bool, **told: str
) -> None:
    """Write a platform.yaml: ask for what no option says, and test each address and credential.

    Each answer is tried when it is given, and kept in a file beside the document until that is written: a
    run that ended before goes on where it was.

    \b
    Examples:
      pipelinekit platform init
      pipelinekit platform init --untested
      pipelinekit platform init --name acme --registry nexus.example.com:5000 \\
        --environment dev=acme-dev --environment production=acme-prod
    """
    target = Path(to)
    if target.is_dir():
        raise usage("path-blocked", f"--to {target} is a folder", hint=f"--to {target / FILE}")
    if target.exists():
        raise refused(
            "would-overwrite", f"{target} is there already", hint="edit it, or name another with --to"
        )
    answered = Answered(target)
    if again:
        answered.forget()
    elif answered.load():
        report.say(f"going on with the answers in {answered.path}; --again forgets them")
    given = _of_options(environments, gates, told)
    questions.check(given)
    for key, answer in given.items():
        answered.keep(key, answer)
    try:
        lenient = _complete(answered)
    except click.Abort:
        report.say(f"the answers so far are in {answered.path}; run it again to go on from there")
        raise
    text = render([plan_platform(_answers(answered))], packaged.templates())[FILE].text
    document = read_platform(text, str(target))
    findings = ask_all(probes.addresses(document, kubeconfig(dict(os.environ))), quiet=False)
    bad = [each for each in findings if each.state not in {"ok", "notice"}]
    if bad and not (untested or lenient):
        faults = [
            Fault(f"platform-{each.state}", f"{each.subject}: {each.detail}", hint=each.hint) for each in bad
        ]
        hint = (
            f"the answers are kept in {answered.path}: run it again with an option for the one that is wrong"
        )
        last = Fault("not-written", f"{target} is not written", hint=f"{hint},\nor with --untested as it is")
        raise ToolFailed(*faults, last)
    files.write_atomic(target, text)
    answered.forget()
    there = counted(len(document.environments), "environment")
    report.result(
        f"{target}: {there} on {counted(len(document.clusters), 'cluster')}\n"
        f"  next: pipelinekit validate --platform {target}{_SIGNERS if document.ledger else ''}"
    )


def _of_options(environments: tuple[str, ...], gates: bool | None, told: dict[str, str]) -> dict[str, str]:
    """What the command line answers, by question."""
    given = {key: text for key, text in told.items() if text}
    pairs = dict(map(_pair, environments))
    if len(pairs) < len(environments):
        names = [name for name, _ in map(_pair, environments)]
        twice = next(name for name in names if names.count(name) > 1)
        hint = "each has one kube context"
        raise usage("environment-twice", f"--environment names {twice} twice", hint=hint)
    if pairs:
        given["environments"] = " ".join(pairs)
        given |= {f"context {name}": context for name, context in pairs.items()}
    if gates is not None or told["ledger"]:
        given["gates"] = "yes" if gates or told["ledger"] else "no"
    return given


def _complete(answered: Answered) -> bool:
    """Ask for the gaps in a terminal; without one a gap that has no default is an error."""
    if sys.stdin.isatty():
        cluster = Kubernetes(kubeconfig(dict(os.environ)))
        return questions.ask_everything(
            answered,
            lambda context: probes.ask((f"cluster of {context}", lambda: cluster.ping(context))),
            cluster.current_context(),
        )
    options = {"name": "--name", "registry": "--registry", "environments": "--environment"}
    gaps = [option for key, option in options.items() if not answered.given.get(key)]
    if gaps:
        raise usage("answers-missing", f"without a terminal to ask in, give {', '.join(gaps)}")
    return False


def _answers(answered: Answered) -> Answers:
    given = answered.given
    gates = given.get("gates") == "yes"
    if gates and not given.get("ledger"):
        raise usage(
            "ledger-missing",
            "gates need a ledger, which records releases",
            hint="--ledger GIT, or --no-gates",
        )
    return Answers(
        name=given["name"],
        registry=given["registry"],
        charts=given.get("charts", ""),
        mirror=given.get("mirror") or "docker.io",
        registry_credentials=given.get("registry_credentials", ""),
        jenkins=given.get("jenkins", ""),
        ledger=given.get("ledger", "") if gates else "",
        gates=gates,
        environments=[(name, given.get(f"context {name}", "")) for name in words(given["environments"])],
    )


def _pair(text: str) -> tuple[str, str]:
    name, equals, context = text.partition("=")
    if not equals:
        raise usage(
            "environment-form", f"--environment {text}: write NAME=CONTEXT", hint="for example dev=acme-dev"
        )
    return name, context
