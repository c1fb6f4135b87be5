"""The verb `doctor`: are the tools there, do the addresses answer, are the credentials taken?"""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Sequence

import click

from pipelinekit.adapters import probes
from pipelinekit.adapters.probes import Finding
from pipelinekit.cli.options import CONTEXT, JSON, PLATFORM, REGISTRY
from pipelinekit.cli.output import report
from pipelinekit.cli.platform.setup.prepared import preparations
from pipelinekit.cli.wiring.kubeconfigs import kubeconfig
from pipelinekit.counts import counted
from pipelinekit.errors import Fault, ToolFailed, ToolMissing
from pipelinekit.model.platform.document import Platform, local_platform
from pipelinekit.plan.jenkins.jobs import shared_credentials
from pipelinekit.plan.ledger.signers import lacking


@click.command()
@PLATFORM
@REGISTRY
@CONTEXT
@JSON
def doctor(platform: str, registry: str, context: str, as_json: bool) -> None:
    """Check the tools that the verbs use, and every address and credential of the platform.

    Of each environment it says whether its namespaces are prepared (label, quota, default deny, names, pull
    secret, rights), and which command does that; of gates, whether anybody can open them.

    Exit code 4 when a tool is missing, 5 when an address or a credential fails.

    \b
    Example:
      pipelinekit doctor --platform ../platform
    """
    env = kubeconfig(dict(os.environ))
    known = _platform(platform, registry, context)
    questions = [
        *probes.tools(env, known),
        *probes.addresses(known, env),
        *_library(known),
        *preparations(known, env),
        *_signers(known),
    ]
    findings = ask_all(questions, quiet=as_json)
    shared = [Finding("credentials", "notice", each) for each in shared_credentials(known)]
    for each in shared if not as_json else ():
        report.notice(each.detail)
    if as_json:
        report.as_json([dataclasses.asdict(each) for each in (*findings, *shared)])
    bad = [each for each in findings if each.state in {"missing", "failed"}]
    if bad:
        kind = ToolMissing if any(each.state == "missing" for each in bad) else ToolFailed
        raise kind(
            *(Fault(f"doctor-{each.state}", f"{each.subject}: {each.detail}", hint=each.hint) for each in bad)
        )
    if not as_json:
        unseen = sum(each.state == "notice" for each in findings)
        passed = f"all {counted(len(findings) - unseen, 'check')} passed"
        report.result(f"{passed}; {unseen} to look at: see above" if unseen else passed)


def _library(platform: Platform) -> list[probes.Probe]:
    if platform.jenkins is None:
        return []
    from pipelinekit.adapters.jenkins.probes import folders, library
    from pipelinekit.cli.jenkins.controller import login

    return [*library(platform, login()), *folders(platform, login())]


def _signers(platform: Platform) -> list[probes.Probe]:
    def question() -> str:
        told = [f"{problem}: {step}" for problem, step in lacking(platform, int(time.time()))]
        return probes.Unseen("; ".join(told)) if told else "somebody can open each of them"

    return [("gates", question)] if any(each.gated for each in platform.environments) else []


def ask_all(questions: Sequence[probes.Probe], *, quiet: bool) -> list[Finding]:
    """Ask everything, a line each as the answer comes."""
    findings = []
    for probe in questions:
        finding = probes.ask(probe)
        findings.append(finding)
        if not quiet:
            report.say(f"{finding.state:>7}  {finding.subject}: {finding.detail}")
    return findings


def _platform(source: str, registry: str, context: str) -> Platform:
    if not source:
        return local_platform(registry, context=context) if registry else _without_registry(context)
    from pipelinekit.adapters.source.platforms import read_platform_text
    from pipelinekit.reading.platform.document import read_platform

    text = read_platform_text(source)
    return read_platform(text.content, text.origin)


def _without_registry(context: str) -> Platform:
    local = local_platform("", context=context)
    return dataclasses.replace(local, charts=dataclasses.replace(local.charts, repository=""))
