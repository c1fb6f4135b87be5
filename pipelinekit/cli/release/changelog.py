"""The verb `changelog`: what would change in an environment, commit by commit."""

from __future__ import annotations

import dataclasses

import click

from pipelinekit.cli.output import report
from pipelinekit.cli.release.desk import Desk
from pipelinekit.cli.release.options import APPLICATION, TO, desk, named
from pipelinekit.counts import counted
from pipelinekit.errors import refused
from pipelinekit.plan.gates.records import living, release_of, releases
from pipelinekit.plan.promotion import choose
from pipelinekit.plan.versions.version import is_later
from pipelinekit.steps.promotion.books import read


@click.command()
@desk(APPLICATION, TO)
def changelog(here: Desk, application: str, environment: str, as_json: bool) -> None:
    """Show the releases and the commits that a promotion would bring: since what is in the environment.

    The commits come from the repository that platform.yaml registers; whose each is, its signature says.

    \b
    Examples:
      pipelinekit changelog orders --to production
      pipelinekit changelog orders@1.4.2 --to production --json
    """
    team, name, version = named(application)
    team, name = here.application(team, name)
    where = here.environment(environment)
    history, _ = read(here.ledger, team, name)
    release = choose(history, where, version)
    there = living(history, environment)
    old = release_of(history, there.event.version) if there else None
    below = old.version if old else ""
    if old and is_later(old.version, release.version):
        raise refused(
            "changelog-back",
            f"{environment} has {old.version}, which is later than {release.version}",
            hint="a way back brings no commits: `pipelinekit rollback --plan` shows it",
        )
    with here.commits(release) as commits:
        found = commits.written(release, old.commit if old else "")
    if found is None:
        raise refused(
            "commits-unknown",
            f"the commits of {name} cannot be told",
            hint="platform.yaml registers its repository; it must answer and have both commits",
        )
    between = [
        each.version
        for each in releases(history)
        if not is_later(each.version, release.version) and (not below or is_later(each.version, below))
    ]
    if as_json:
        rows = [dataclasses.asdict(each) for each in found]
        report.as_json({"from": below, "to": release.version, "releases": between, "commits": rows})
        return
    for each in found:
        report.result(f"{each.commit[:10]}  {each.subject}  ({each.person or 'not signed by anybody known'})")
    since = f"since {below}" if below else "since the beginning"
    report.result(
        f"{name} {release.version} would bring {counted(len(found), 'commit')} to {environment}, {since}"
    )
