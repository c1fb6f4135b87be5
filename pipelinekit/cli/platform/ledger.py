"""The verbs of the ledger: what stands in it, whether it holds, which keys count no more."""

from __future__ import annotations

import dataclasses
import re
import time
from collections.abc import Sequence
from typing import Any

import click

from pipelinekit.adapters.source.worktree import without_credentials
from pipelinekit.cli.options import CONTEXT, JSON, PLATFORM, PLATFORM_NAMED, REGISTRY, age
from pipelinekit.cli.output import report
from pipelinekit.cli.release.options import said
from pipelinekit.cli.wiring.books import ledger_of
from pipelinekit.cli.wiring.line import named_or_local_platform, read_platform_at
from pipelinekit.counts import counted
from pipelinekit.errors import check_failed, refused, usage
from pipelinekit.model.ledger import COMPONENT, Entry, application_of, branch_of, component_of
from pipelinekit.model.platform.document import Platform
from pipelinekit.names import nearest
from pipelinekit.plan.ledger.keyring import Keyring
from pipelinekit.plan.ledger.words import sentence
from pipelinekit.plan.moment import moment
from pipelinekit.steps import ledger as steps


@click.group()
def ledger() -> None:
    """Read the ledger of releases, and find out whether it holds."""


@ledger.command("log")
@PLATFORM
@REGISTRY
@click.option(
    "--app",
    "application",
    default="",
    callback=said,
    metavar="[TEAM/]NAME",
    help="Of one application, or component:NAME.",
)
@click.option("--env", "environment", default="", callback=said, metavar="NAME", help="Of one environment.")
@click.option(
    "--since", default="", callback=said, metavar="AGE", help="Not older than that, like 30d or 12h."
)
@JSON
def show_log(
    platform: str, registry: str, application: str, environment: str, since: str, as_json: bool
) -> None:
    """Show what releases went through: failures and refusals as well, oldest first.

    What does not count is shown with its reason. Exit code 1 when a branch cannot be read; the others are
    shown.

    \b
    Examples:
      pipelinekit ledger log --app payments/orders --since 30d
      pipelinekit ledger log --env production --json
    """
    known = named_or_local_platform(platform, registry)
    books = ledger_of(known)
    _require_application(known, books.branches() if application else (), application)
    begin = int(time.time()) - age(since) if since else 0
    unread: list[str] = []
    entries = steps.log(
        books,
        lambda branch, problem: unread.append(f"{branch}: {problem}"),
        application=application,
        environment=environment,
        since=begin,
    )
    if environment and not entries and known.environment(environment) is None:
        names = (each.name for each in known.environments)
        raise usage(
            "environment-unknown",
            f"there is no environment '{environment}'",
            hint=nearest(environment, names),
        )
    if as_json:
        report.as_json([_row(each) for each in entries])
    else:
        for each in entries:
            report.result(_line(each))
        bad = sum(1 for each in entries if not each.counts)
        report.result(f"{counted(len(entries), 'event')}" + (f", {bad} of which do not count" if bad else ""))
    if unread:
        raise check_failed(
            "ledger-unread",
            f"what stands on {counted(len(unread), 'branch')} is not known: {'; '.join(unread)}",
            hint="the rest is shown; ask who pushed there: the server's administrator puts it back",
        )


@ledger.command("verify")
@PLATFORM
@REGISTRY
@CONTEXT
@click.option("--offline", is_flag=True, help="The repository alone: no cluster and no registry is asked.")
@JSON
def verify(platform: str, registry: str, context: str, offline: bool, as_json: bool) -> None:
    """Read every event, and hold it against whatever outside the repository remembers it.

    Form, chain, signatures, revocations, who may say what; the anchors on deployments and in the registry;
    the digests of each release; that the main branch of the platform's repository has the document by which
    each promotion was judged. Exit code 1 when something does not hold or could not be asked. With the
    repository alone (--offline) a branch that was cut at its end looks like one that is shorter.

    \b
    Example:
      pipelinekit ledger verify --platform ../platform
    """
    from pipelinekit.cli.platform.outside import Outside

    known = named_or_local_platform(platform, registry, context)
    registered = [branch_of(each.team, each.name) for each in known.applications]
    outside = Outside(known)
    books = ledger_of(known)
    done = steps.verify(
        books,
        known.name,
        registered,
        [] if offline else [outside.deployed, outside.tagged],
        None if offline else outside.missing,
        books.fsck,
        gated=[each.name for each in known.environments if each.gated],
        documents=None if offline or not known.ledger else lambda: _documents(platform, known),
    )
    if as_json:
        report.as_json({**dataclasses.asdict(done), "holds": not done.findings})
    else:
        for each in done.findings:
            report.result(str(each))
        asked = (
            "nothing outside was asked"
            if offline
            else f"{counted(done.anchors, 'anchor')}, {counted(done.releases, 'release')}"
        )
        report.result(
            f"{counted(done.branches, 'branch')}, {counted(done.events, 'event')}, {asked}: " + _verdict(done)
        )
    if done.findings:
        raise check_failed(
            "ledger-broken",
            f"{counted(len(done.findings), 'thing in the ledger does', 'things in the ledger do')} not hold",
            hint="each line says where; ask who has written there, and what the server's administrator "
            "can put "
            "back; docs/releases.md says what each of them proves",
        )


@ledger.command("revoke")
@click.argument("key", metavar="FINGERPRINT")
@PLATFORM_NAMED
@click.option("--reason", required=True, metavar="TEXT", help="Why: it stands in the ledger.")
@click.option("--all", "everything", is_flag=True, help="What it has written so far counts no more, either.")
@click.option("--plan", "plan_only", is_flag=True, help="Show what would be done, and do nothing.")
def revoke(key: str, platform: str, reason: str, everything: bool, plan_only: bool) -> None:
    """Have a key count no more.

    What it has written until now stays valid unless you say --all: nothing can prove when a key was stolen.

    \b
    Example:
      pipelinekit ledger revoke SHA256:0fIm… --reason "laptop lost" --platform ../platform
    """
    if not re.fullmatch(r"SHA256:[A-Za-z0-9+/]{43}", key):
        raise usage("key-form", f"{key[:80]!r} is no fingerprint", hint="what `ssh-keygen -l -f KEY` prints")
    if not reason.strip():
        raise usage("reason-missing", "say why", hint='--reason "…" stands in the ledger for all who meet it')
    if not platform:
        raise usage("platform-needed", "whose ledger?", hint="--platform, or PIPELINEKIT_PLATFORM")
    known, commit = read_platform_at(platform)
    books, owners = ledger_of(known), Keyring(known).owners
    if key not in owners:
        raise usage(
            "key-unknown",
            f"{key} is no key that the platform lists, and nothing counts that it signs",
            hint=nearest(key, owners) or "people, ledger.release and ledger.pipelines list keys",
        )
    what = f"{key} of {owners[key].principal}"
    so_far = "nothing of it counts" if everything else "what it has written so far stays valid"
    if plan_only:
        report.result(f"would revoke {what}: {so_far}")
        return
    steps.revoke(
        books,
        key,
        reason,
        keep=not everything,
        writer=books.writer(),
        platform=commit,
        unread=lambda branch, why: report.notice(f"of {branch} nothing of it counts: {why}"),
    )
    report.result(f"{what} is revoked: {so_far}")


def _require_application(platform: Platform, branches: Sequence[str], name: str) -> None:
    """Raise `UsageError` for an application that neither platform nor ledger knows; empty is every one."""
    known = {each.title for each in platform.applications}
    known |= {"/".join(each) for each in map(application_of, branches) if each}
    components = {each.name for each in platform.components} | {component_of(each) for each in branches}
    components -= {""}
    component = name.removeprefix(COMPONENT)
    if component in components:
        return
    if component != name:
        hint = nearest(component, components) or "platform.yaml has components; --platform names it"
        raise usage("component-not-on", f"nobody knows a component {component[:100]}", hint=hint)
    if name and not any(name in (each, each.partition("/")[2]) for each in known):
        words = known if "/" in name else {each.partition("/")[2] for each in known}
        raise usage(
            "application-unknown",
            f"nobody knows an application {name[:100]}",
            hint=nearest(name, words) or "platform.yaml registers applications",
        )


def _documents(source: str, platform: Platform) -> frozenset[str]:
    """The commits of the main branch of the platform's repository; raises where it cannot be asked."""
    from pipelinekit.adapters.source.span import Branch
    from pipelinekit.cli.release.platforms import main_branch

    found = main_branch(source, platform)
    if found is None:
        raise refused(
            "platform-apart",
            f"{source} is in no repository that has a remote",
            hint="--platform git+URL names the one whose main branch counts",
        )
    with Branch(found[0], found[1]) as branch:
        commits = branch.commits()
    if commits is None:
        raise refused(
            "platform-unread",
            f"{without_credentials(found[0])} does not answer, or has more commits than are looked at",
            hint="--platform git+URL names the platform's repository; may this account read it?",
        )
    return commits


def _verdict(done: steps.Verified) -> str:
    return (
        f"{counted(len(done.findings), 'thing does', 'things do')} not hold"
        if done.findings
        else "all of it holds"
    )


def _line(entry: Entry) -> str:
    event = entry.event
    who = f"by {entry.writer}" if entry.writer else "by nobody known"
    text = f"{moment(event.at)}  {sentence(event)}, {who}"
    reason = event.reason.strip()
    text += f": {reason.splitlines()[0]}" if reason else ""
    return f"{text}  [does not count: {entry.trouble}]" if entry.trouble else text


def _row(entry: Entry) -> dict[str, Any]:
    return {
        **dataclasses.asdict(entry.event),
        "commit": entry.commit,
        "writer": dataclasses.asdict(entry.writer) if entry.writer else None,
        "seen": entry.seen,
        "trouble": entry.trouble,
    }
