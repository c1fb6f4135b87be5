"""The verbs about what runs: status, history, logs, diff, delete."""

from __future__ import annotations

import json
from dataclasses import replace
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from pipelinekit.adapters.disk import files
from pipelinekit.adapters.folder.shell import FolderShell
from pipelinekit.cli.draft.here import Draft
from pipelinekit.cli.draft.options import draft
from pipelinekit.cli.draft.rise import afterwards, behind, debugging, ground, parity, rising, told
from pipelinekit.cli.draft.sync import synced
from pipelinekit.cli.options import JSON, PLAN
from pipelinekit.cli.output import report
from pipelinekit.errors import ToolFailed, check_failed, usage
from pipelinekit.model.draft import BUILD_ID, Built
from pipelinekit.plan.chartvalues import chart_of
from pipelinekit.plan.moment import moment
from pipelinekit.steps.artefacts.recipe import resolve
from pipelinekit.steps.deploying import deployment
from pipelinekit.steps.innerloop import image, release, tasks

if TYPE_CHECKING:
    from pipelinekit.model.release import ReleaseState, Target


def _tag_now(here: Draft) -> str:
    """The tag of what is in the folder now."""
    shop = rising.workshop(here)
    return image.tag_of(
        resolve(here.plan, "", shop.sources, shop.engine, shop.registry, shop.secrets, lambda _: None)
    )


def _tag_of(values: Any) -> str:
    found = values.get("image") if isinstance(values, dict) else None
    return str(found.get("tag", "")).partition("@")[0] if isinstance(found, dict) else ""


def _is_installed(here: Draft, target: Target, state: ReleaseState) -> bool:
    """Whether a release is of the chart that is in the folder now, with what draft.toml sets over it."""
    with rising.chart_of(here, target) as chart:
        wishes = release.Wishes(
            hosts=rising.hosts_of(here, target),
            sets=rising.sets_of(here),
            develop=debugging.kept(here, chart, state.values),
        )
        same = chart_of(state.values) == chart.digest
        return same and release.is_given(here.plan, target, chart, wishes, state.values)


@click.command()
@draft(JSON)
def status(here: Draft, as_json: bool) -> None:
    """Show what runs of DIR in your namespace, and whether that is what DIR holds now. Exit code 1 when it is
    stale, or not ready. What app.yaml says and the generated files have not yet is said as well.

    \b
    Example:
      pipelinekit draft status
    """
    with here.pinned() as target:
        there = here.places.place(target)
        state = here.helm.state(target) if there else None
        row: dict[str, Any] = {"namespace": target.namespace, "context": target.context}
        row |= {"installed": state is not None, "owner": there.owner if there else ""}
        row |= {"failure": here.home.failure(afterwards.where_of(target))}
        row |= {"behind": behind.told(here)}
        failure = f"; the last `up` failed: {row['failure']}" if row["failure"] else ""
        ahead = f"; {row['behind']}" if row["behind"] else ""
        if state is None or there is None:
            text = f"{target.name} is not in {target.namespace} of {target.context}"
            _report(row, f"{text}{failure}{ahead}", as_json)
            return
        found = deployment.compared(target, state, here.objects).standing
        now, tag = _tag_now(here), _tag_of(state.values)
        row |= {"revision": state.revision, "status": state.status, "tag": tag, "folder": now}
        if synced.is_synced(state):
            same = synced.current(here, target, state)
        else:
            same = tag == now and _is_installed(here, target, state)
        row |= {"stale": not same, "asleep": there.asleep, "ends": moment(there.ends) if there.ends else ""}
        row["ready"] = state.status == deployment.RUNNING and bool(found and found.good)
        ready = "ready" if row["ready"] else "asleep" if there.asleep else "not ready"
        changed = f"the folder is {now[:12]}" if tag != now else "the folder has changed"
        how = f"stale: {changed}" if row["stale"] else "as the folder is"
        text = f"{target.name} {tag[:12]} in {target.namespace}: revision {state.revision}, {ready}, {how}"
        bad = row["stale"] or not row["ready"]
        _report(row, (text + failure if bad else text) + ahead, as_json)
        if bad:
            how = "stale" if row["stale"] else ready
            hint = "`draft logs` has the last `up`" if failure else "`draft up` brings it up to date"
            raise check_failed("not-current", f"what runs of {target.name} is {how}", hint=hint)


def _report(row: dict[str, Any], text: str, as_json: bool) -> None:
    if as_json:
        report.as_json(row)
    else:
        report.result(text)


@click.command()
@draft(
    click.option(
        "--max", "most", default=10, show_default=True, type=click.IntRange(1, 100), help="Revisions."
    ),
    click.option(
        "--output", "-o", type=click.Choice(("table", "json", "yaml")), default="table", help="The form."
    ),
)
def history(here: Draft, most: int, output: str) -> None:
    """Show the revisions of DIR's release, the newest first.

    \b
    Example:
      pipelinekit draft history --max 3
    """
    with here.pinned() as target:
        rows = [
            {
                "revision": each["revision"],
                "updated": str(each["updated"])[:19],
                "status": each["status"],
                "buildID": str((each["values"] or {}).get(BUILD_ID, "")),
                "tag": _tag_of(each["values"]),
            }
            for each in here.releases.revisions(target, most)
        ]
        if output == "json":
            report.as_json(rows)
            return
        for row in rows:
            if output == "yaml":
                words = [
                    f"{'- ' if not at else '  '}{key}: {json.dumps(value)}"
                    for at, (key, value) in enumerate(row.items())
                ]
                report.result("\n".join(words))
            else:
                report.result("  ".join(str(each) for each in row.values()))
        if not rows:
            report.result(f"{target.name} is not in {target.namespace} of {target.context}")


@click.command()
@click.argument("build", default="")
@draft(
    click.option("--tail", is_flag=True, help="Only the end."),
    click.option("--line", "lines", default=20, show_default=True, help="With --tail: how many lines."),
    path="",
)
def logs(here: Draft, build: str, tail: bool, lines: int) -> None:
    """Show what the last `up` has said, or the one of that build; `draft connect` shows the program's log.

    \b
    Example:
      pipelinekit draft logs --tail
    """
    name = here.settings.name or here.app.name
    found = here.home.logs(name)
    chosen = [each for each in found if each.name == build] if build else found[-1:]
    if not chosen:
        known = ", ".join(each.name for each in found[-5:])
        hint = f"known are: {known}" if known else "`pipelinekit draft up` writes one"
        raise usage("log-unknown", f"there is no log of {build or name}", hint=hint)
    text = files.read_bytes(chosen[0]).decode(errors="replace").splitlines()
    for each in text[-lines:] if tail else text:
        report.result(each)


@click.command()
@draft()
def diff(here: Draft) -> None:
    """Show what the pipeline's rendering of these files has otherwise than your copy.

    \b
    Example:
      pipelinekit draft diff
    """
    with here.pinned() as target, rising.chart_of(here, target) as chart:
        images = here.platform.images
        name = f"{images.registry}/{here.plan.image.repository}"
        built = Built(repository=name, tag=_tag_now(here), digest="", built=False, pushed=False)
        peers, state = rising.peers_now(here, target), here.helm.state(target)
        prepared = rising.prepared(here, target, chart, built, peers, state, told.Log())
        text = parity.diff(here, chart, built, prepared)
        report.document(text or "the pipeline would install the same\n")


@click.command()
@click.argument("name", default="")
@draft(
    click.option("--timeout", default=120, show_default=True, type=click.IntRange(1, 7200), help="Seconds."),
    click.option(
        "--keep-namespace", is_flag=True, help="Leave your namespace although nothing is left in it."
    ),
    PLAN,
    path="",
)
def delete(here: Draft, name: str, timeout: int, keep_namespace: bool, plan_only: bool) -> None:
    """Take the application out of your namespace, wait until it is gone, and run the `cleanup` tasks. The
    namespace goes as well when nothing of yours is left in it.

    \b
    Example:
      pipelinekit draft delete
    """
    with here.pinned() as pinned:
        target = replace(pinned, name=name) if name else pinned
        try:
            there, state = ground.whose(here, target)
        except ToolFailed as error:
            if error.faults[0].code != "namespace-going":
                raise
            # Whoever has begun that: nothing of it will be left.
            report.result(f"nothing is left to delete: {error}")
            return
        if plan_only:
            what = "would be deleted" if state else "is not there"
            report.result(f"{target.name} in {target.namespace} of {target.context} {what}")
            return
        gone = bool(there) and here.releases.remove(target, timeout)
        told.ended(here, target, told.Log())
        tasks.run_here("cleanup", here.tasks.cleanup, FolderShell(here.root), report.say)
        where = f"{target.namespace} of {target.context}"
        if there and there.owner and not keep_namespace and not here.releases.names(target):
            left = here.places.left(target)
            if not left:
                here.places.remove(target)
                report.result(f"{target.name} is deleted, and namespace {where}: nothing was left in it")
                return
            report.say(
                f"{', '.join(left)} in it: made by hand, so the namespace stays until its day has come"
            )
            report.say(f"  kubectl --context {quote(target.context)} delete namespace {target.namespace}")
        report.result(f"{target.name} is {'deleted from' if gone else 'not in'} {where}")
