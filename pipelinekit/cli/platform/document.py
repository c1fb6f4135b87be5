"""The verbs of the platform's document."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from pipelinekit import names
from pipelinekit.adapters import files, probes
from pipelinekit.adapters.cluster.kubernetes import Kubernetes
from pipelinekit.adapters.folder import packaged
from pipelinekit.adapters.source import platforms
from pipelinekit.cli import bug, report
from pipelinekit.cli.options import JSON, PLATFORM
from pipelinekit.cli.platform import rollout, standing
from pipelinekit.cli.platform.doctor import ask_all
from pipelinekit.cli.wiring import kubeconfig
from pipelinekit.errors import DocumentInvalid, Fault, ToolFailed, refused, usage
from pipelinekit.generators.platformdoc import FILE, Answers, plan_platform
from pipelinekit.model.platform import Platform
from pipelinekit.reading import across
from pipelinekit.reading.platform import read_platform, read_platform_with_places
from pipelinekit.reading.source import Source
from pipelinekit.render import render
from pipelinekit.steps.sync import Synced


@click.group()
def platform() -> None:
    """Work on the platform's own document, and on the components that it names."""


for each in (*standing.VERBS, *rollout.VERBS):
    platform.add_command(each)


@platform.command()
@click.option("--name", default="", help="The platform's name.")
@click.option("--registry", default="", metavar="HOST", help="Where images go.")
@click.option("--charts", default="", metavar="URL", help="Where charts go (oci://REGISTRY/charts).")
@click.option("--mirror", default="", metavar="HOST", help="Where base images come from (docker.io).")
@click.option(
    "--registry-credentials", default="", metavar="ID", help="The registry's credential in Jenkins."
)
@click.option("--jenkins", default="", metavar="URL", help="The controller.")
@click.option("--ledger", default="", metavar="GIT", help="The git repository of the release ledger.")
@click.option(
    "--environment",
    "environments",
    multiple=True,
    metavar="NAME=CONTEXT",
    help="An environment and its kube context, in the order of promotion; repeat it.",
)
@click.option("--to", default=FILE, show_default=True, metavar="FILE", help="The document to write.")
@click.option("--untested", is_flag=True, help="Write it although an address or a credential fails.")
def init(
    name: str,
    registry: str,
    charts: str,
    mirror: str,
    registry_credentials: str,
    jenkins: str,
    ledger: str,
    environments: tuple[str, ...],
    to: str,
    untested: bool,
) -> None:
    """Write a platform.yaml: ask for what no option says, and test each address and credential.

    \b
    Examples:
      pipelinekit platform init
      pipelinekit platform init --name acme --registry nexus.example.com:5000 \\
        --environment dev=acme-dev --environment production=acme-prod
    """
    target = Path(to)
    if target.exists():
        raise refused(
            "would-overwrite", f"{target} is there already", hint="edit it, or name another with --to"
        )
    answers = _asked(
        Answers(
            name=name,
            registry=registry,
            charts=charts,
            mirror=mirror,
            registry_credentials=registry_credentials,
            jenkins=jenkins,
            ledger=ledger,
            environments=[_pair(each) for each in environments],
        )
    )
    text = render([plan_platform(answers)], packaged.templates())[FILE].text
    document = read_platform(text, str(target))
    findings = ask_all(probes.addresses(document, kubeconfig(dict(os.environ))), quiet=False)
    bad = [each for each in findings if each.state != "ok"]
    if bad and not untested:
        faults = [
            Fault(f"platform-{each.state}", f"{each.subject}: {each.detail}", hint=each.hint) for each in bad
        ]
        last = Fault("not-written", f"{target} is not written", hint="--untested writes it all the same")
        raise ToolFailed(*faults, last)
    files.write_atomic(target, text)
    report.result(
        f"{target}: {len(document.environments)} environments on {len(document.clusters)} cluster(s)\n"
        f"  next: pipelinekit validate --platform {target}"
    )


@platform.command()
@PLATFORM
@JSON
def sync(platform: str, as_json: bool) -> None:
    """Read each registered application's descriptor into platform.lock.yaml, beside platform.yaml.

    Repositories are asked at the same time; one that fails keeps its entry, is reported, and makes the exit
    code 5 (3 when its descriptor is invalid, or two applications meet in one place). Commit the lock: seed,
    fleet and checks read it.

    \b
    Example:
      pipelinekit platform sync --platform .
    """
    from pipelinekit.adapters.source.repositories import RemoteRepositories
    from pipelinekit.reading.platformlock import FILE as LOCK
    from pipelinekit.render.platformlock import platform_lock_text
    from pipelinekit.steps import sync as steps

    document, source, path = _local(platform)
    lock_path = path.parent / LOCK
    lock = platforms.read_lock(lock_path)
    say = report.say if not as_json else (lambda _: None)
    results = steps.sync(document, lock, RemoteRepositories(), say, bug.as_failure)
    after = steps.next_lock(results)
    if after != lock or not lock_path.exists():
        files.write_atomic(lock_path, platform_lock_text(after))
    flows = steps.check(document, after)
    for fault in flows:
        report.notice(str(fault))
    meetings = across.check_meetings(document, source)
    _report_sync(results, after != lock, flows, meetings, as_json=as_json)


def _report_sync(
    results: Sequence[Synced],
    changed: bool,
    flows: Sequence[Fault],
    meetings: Sequence[Fault],
    *,
    as_json: bool,
) -> None:
    if as_json:
        report.as_json(
            {
                "changed": changed,
                "applications": {each.title: each.state for each in results},
                "reasons": {each.title: str(each.error) for each in results if each.error},
                "notices": [str(each) for each in flows],
                "meetings": [str(each) for each in meetings],
            }
        )
    failed = [each.error for each in results if each.error]
    if failed or meetings:
        kind = ToolFailed if any(isinstance(each, ToolFailed) for each in failed) else DocumentInvalid
        raise kind(*meetings, *(fault for each in failed for fault in each.faults))
    if not as_json:
        report.result(f"{len(results)} applications are locked" + ("" if changed else ", nothing changed"))


def _local(source: str) -> tuple[Platform, Source, Path]:
    """The platform's document, the places of its parts, and its file, which has to be on this disk."""
    path = Path(source or ".")
    path = path / FILE if path.is_dir() else path
    text = platforms.read_platform_text(str(path))
    return *read_platform_with_places(text.content, text.origin), path


def _pair(text: str) -> tuple[str, str]:
    name, equals, context = text.partition("=")
    if not equals:
        raise usage(
            "environment-form", f"--environment {text}: write NAME=CONTEXT", hint="for example dev=acme-dev"
        )
    return name, context


def _asked(given: Answers) -> Answers:
    """The answers, with the gaps asked for in a terminal; without one a gap is an error."""
    if given.name and given.registry and given.environments:
        return given if given.mirror else _with_defaults(given)
    if not sys.stdin.isatty():
        gaps = [
            option
            for option, value in (
                ("--name", given.name),
                ("--registry", given.registry),
                ("--environment", given.environments),
            )
            if not value
        ]
        raise usage("answers-missing", f"without a terminal to ask in, give {', '.join(gaps)}")
    context = Kubernetes(kubeconfig(dict(os.environ))).current_context()
    name = given.name or _ask("The platform's name", names.label_from(Path.cwd().name) or "platform")
    registry = given.registry or _ask("The image registry, host or host:port", "")
    environments = list(given.environments)
    if not environments:
        listed = _ask("Environments, in the order of promotion", "dev staging production").split()
        environments = [(each, _ask(f"Kube context of {each}", context)) for each in listed]
    return Answers(
        name=name,
        registry=registry,
        charts=given.charts or _ask("The chart repository", f"oci://{registry}/charts"),
        mirror=given.mirror or _ask("Where base images come from", "docker.io"),
        registry_credentials=given.registry_credentials
        or _ask("The registry's credential id in Jenkins", "nexus"),
        jenkins=given.jenkins or _ask("Jenkins' address (empty for none)", "", empty=True),
        ledger=given.ledger or _ask("The ledger's git repository (empty for none)", "", empty=True),
        environments=environments,
    )


def _with_defaults(given: Answers) -> Answers:
    from dataclasses import replace

    return replace(given, mirror="docker.io")


def _ask(question: str, default: str, *, empty: bool = False) -> str:
    answer: str = click.prompt(
        question, default=default or ("" if empty else None), show_default=bool(default), err=True
    )
    return answer.strip()
