"""The verbs of the registries: how full they are, what may go, copies."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import Any

import click

from pipelinekit import names
from pipelinekit.adapters.cluster.pods.workloads import Workloads
from pipelinekit.adapters.disk import momentary
from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.adapters.registry.store import RegistryStore, place_of
from pipelinekit.cli.options import CONTEXT, JSON, PLATFORM, REGISTRY
from pipelinekit.cli.output import report
from pipelinekit.cli.wiring.books import shared_ledger_of
from pipelinekit.cli.wiring.kubeconfigs import kubeconfig
from pipelinekit.cli.wiring.line import charts_at, named_or_local_platform, registry_login
from pipelinekit.counts import counted
from pipelinekit.errors import UsageError, refused, usage
from pipelinekit.model.platform.document import OCI, Platform
from pipelinekit.model.release import ImageRef
from pipelinekit.plan.inputs import image_reference
from pipelinekit.plan.nexus.wanted import COMMUNITY_COMPONENTS
from pipelinekit.ports import ChartRepository
from pipelinekit.steps import retention
from pipelinekit.steps.artefacts import chart
from pipelinekit.steps.artefacts.image import Did

HTTP = ("http://", "https://")


@click.group()
def registry() -> None:
    """Look after what was pushed and published."""


@registry.command("usage")
@PLATFORM
@REGISTRY
@JSON
def show_usage(platform: str, registry: str, as_json: bool) -> None:
    """Show how much there is, against the components that a Nexus Community Edition serves.

    \b
    Example:
      pipelinekit registry usage --platform ../platform
    """
    known = named_or_local_platform(platform, registry)
    store = _store(known)
    counts: dict[str, int] = {}
    for host, repository in store.repositories():
        counts[f"{host}/{repository}"] = len(store.registry.manifests.tags(host, repository))
    total = sum(counts.values())
    if as_json:
        report.as_json({"repositories": counts, "tags": total, "limit": COMMUNITY_COMPONENTS})
        return
    for name, count in sorted(counts.items(), key=lambda item: -item[1]):
        report.result(f"{count:6}  {name}")
    share = 100 * total / COMMUNITY_COMPONENTS
    report.result(
        f"{counted(total, 'tag')} in {counted(len(counts), 'repository')}: {share:.1f} % of the "
        f"{COMMUNITY_COMPONENTS} components of a Nexus Community Edition"
    )


@registry.command()
@PLATFORM
@REGISTRY
@CONTEXT
@click.option("--plan", "plan_only", is_flag=True, help="Show what would go, and delete nothing.")
@click.option("--apply", "apply_it", is_flag=True, help="Delete what the plan shows.")
@click.option("--expect", default="", metavar="ID", help="Refuse unless the plan has this id.")
@JSON
def prune(
    platform: str, registry: str, context: str, plan_only: bool, apply_it: bool, expect: str, as_json: bool
) -> None:
    """Delete images and charts that nothing needs any more.

    What a cluster runs, what reached an environment with a gate, and the last of each branch stay. When one
    cluster or the ledger cannot be asked, nothing goes. A release that loses something is told to the ledger
    first (expired), with a key of a person or of Jenkins' release folder.

    \b
    Examples:
      pipelinekit registry prune --plan --platform ../platform
      pipelinekit registry prune --apply --expect 3f2a91c07b54 --platform ../platform
    """
    if plan_only == apply_it:
        raise usage("prune-mode", "say --plan or --apply", hint="--plan shows what --apply would delete")
    known = named_or_local_platform(platform, registry, context)
    store, clusters = _store(known), Workloads(kubeconfig(dict(os.environ)))
    books = shared_ledger_of(known)
    planned = retention.plan(known, store, clusters, books, int(time.time()))
    if expect and expect != planned.identity:
        raise refused(
            "plan-moved",
            f"the plan is {planned.identity} now, not {expect}",
            hint="look at it again: registry prune --plan",
        )
    if not as_json:
        _show(planned)
    done = None if plan_only else retention.apply(known, planned, store, clusters, books, report.say)
    if as_json:
        report.as_json({**_row(planned), **(_done_row(done) if done else {})})
    elif done:
        report.result(
            f"deleted: {counted(done.manifests, 'manifest')}, {done.referrers} that referred to them, "
            f"{counted(done.tags, 'tag')}; {retention.GARBAGE}"
        )


@registry.command()
@click.argument("source")
@click.argument("target")
@PLATFORM
@click.option(
    "--mount-from", multiple=True, metavar="PATH", help="A repository at the target with the same layers."
)
@JSON
def copy(source: str, target: str, platform: str, mount_from: tuple[str, ...], as_json: bool) -> None:
    """Copy an image or a chart to another registry: byte for byte, with all platforms and signatures.

    A version that is there with another content is never replaced. Charts go to and from Helm repositories
    over http as well.

    \b
    Examples:
      pipelinekit registry copy nexus.example.com:5000/team/orders:1.4.2 prod.example.com/team/orders:1.4.2
      pipelinekit registry copy https://a.example/repository/helm/orders:1.4.2 oci://b.example/charts/orders:1.4.2
    """
    known = named_or_local_platform(platform, "")
    if any(each.startswith(HTTP) for each in (source, target)):
        did = _copy_chart(known, source, target)
        if as_json:
            report.as_json({"acted": did.acted, "sentence": did.sentence})
        else:
            report.result(did.sentence)
        return
    client = OciRegistry(registry_login(known))
    done = client.copy(_reference(source), _reference(target), also=mount_from)
    if as_json:
        report.as_json(
            {
                "digest": done.digest,
                "acted": done.acted,
                "manifests": done.manifests,
                "moved": done.moved,
                "mounted": done.mounted,
                "there": done.there,
                "referrers": done.referrers,
                "requests": client.connection.count,
            }
        )
    elif done.acted:
        report.result(
            f"{target} is {done.digest}: {counted(done.manifests, 'manifest')}, "
            f"{counted(done.moved, 'blob')} moved, {done.mounted} mounted, "
            f"{counted(done.referrers, 'referrer')}"
        )
    else:
        report.result(f"{target} is {done.digest} already")


def _copy_chart(platform: Platform, source: str, target: str) -> Did:
    from pipelinekit.adapters.cluster.charts.helm import Helm

    def placed(text: str) -> tuple[ImageRef, ChartRepository]:
        if text.startswith(HTTP):
            address, _, last = text.rpartition("/")
            name, _, version = last.partition(":")
            if not version or address.endswith("/") or "@" in address:
                raise _unreadable(text)
            return ImageRef(address, name, tag=version), charts_at(platform, address)
        return _reference(text), charts_at(platform, OCI)

    (ref, there), (to, here) = placed(source), placed(target)
    with momentary.folder() as scratch:
        return chart.copy(ref, there, to, here, Path(scratch, "chart.tgz"), Helm({}))


def _reference(text: str) -> ImageRef:
    name = text.removeprefix(OCI)
    ref = image_reference(name)
    # What Docker adds where nothing is said would copy something that nobody has named.
    if names.host_fault(ref.registry, path=False) or "@" in name.removesuffix(f"@{ref.digest}"):
        raise _unreadable(text)
    if not name.startswith(f"{ref.registry}/") or not (ref.digest or name.endswith(f":{ref.tag}")):
        raise _unreadable(text)
    return ref


def _unreadable(text: str) -> UsageError:
    # A password in front of a host is not repeated.
    shown = re.sub(r"^.*@(?!sha256:)", "", text, flags=re.DOTALL)
    return usage(
        "reference-form",
        f"'{shown}' does not name a registry, a path and a tag or digest",
        hint="registry/path:tag, oci://registry/path/chart:version or https://repository/chart:version",
    )


def _store(platform: Platform) -> RegistryStore:
    images, charts = platform.images, platform.charts.repository
    if not images.registry:
        raise usage("registry-unknown", "no registry is known", hint="give --registry or --platform")
    hosts = [images.registry, *(each.registry for each in platform.environments if each.registry)]
    places = [(host, place_of(images.path)) for host in hosts]
    if charts.startswith(OCI):
        host, _, path = charts.removeprefix(OCI).partition("/")
        places.append((host, place_of("/".join(part for part in (path.strip("/"), "{team}/{name}") if part))))
    return RegistryStore(OciRegistry(registry_login(platform)), places)


def _show(planned: retention.PrunePlan) -> None:
    for each in planned.verdicts:
        name = f"{each.stored.repository}:{','.join(each.stored.tags)}"
        if each.stays:
            report.say(f"stays  {name}: {each.reason}")
        else:
            report.result(f"goes   {name} ({each.stored.digest[:19]}): {each.reason}")
    goes = len(planned.goes)
    report.result(f"plan {planned.identity}: {goes} of {len(planned.verdicts)} would go; {retention.GARBAGE}")


def _done_row(done: retention.Pruned) -> dict[str, Any]:
    return {
        "deleted": {"manifests": done.manifests, "referrers": done.referrers, "tags": done.tags},
        "stayedAfterAll": done.stayed,
    }


def _row(planned: retention.PrunePlan) -> dict[str, Any]:
    """A plan for machines."""
    return {
        "plan": planned.identity,
        "goes": [
            {
                "repository": each.stored.repository,
                "digest": each.stored.digest,
                "tags": list(each.stored.tags),
                "reason": each.reason,
            }
            for each in planned.verdicts
            if not each.stays
        ],
        "stays": len(planned.verdicts) - len(planned.goes),
        "note": retention.GARBAGE,
    }
