"""Take components away: what holds data, and what others may use, stays unless a word says otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from pipelinekit.errors import Fault, Refused, refused
from pipelinekit.model.rollout.part import DEPLOYED, UNCHANGED, Object, Outcome, Removal
from pipelinekit.plan.rollout import releases
from pipelinekit.plan.rollout.definitions import KIND, is_kept
from pipelinekit.ports import Say
from pipelinekit.reading.chart.forms import read_formed
from pipelinekit.reading.chart.manifest import read_manifest
from pipelinekit.steps.rollout.deploy import Site
from pipelinekit.steps.rollout.part import Part, Shelf, release_of


def remove(
    part: Part,
    shelf: Shelf,
    site: Site,
    *,
    timeout: int,
    say: Say,
    volumes: bool = False,
    definitions: bool = False,
) -> Outcome:
    """Uninstall a component, then its policies; its volumes, definitions and namespace stay.

    With `volumes` those of its StatefulSets go, with `definitions` those that have no objects any more.
    Raises `Refused` for a volume that would go unasked, for a definition that has objects, and for one that
    the release itself would take along.
    """
    target = releases.target_of(part.component, shelf.platform, shelf.environment)
    state = site.releases.state(target)
    manifest = read_manifest(state.manifest if state else "")
    if faults := _in_release(part, manifest, volumes=volumes):
        raise Refused(*faults)
    acted = site.components.remove(target, timeout=timeout)
    if part.component.policies:
        policies = releases.target_of(part.component, shelf.platform, shelf.environment, releases.POLICIES)
        acted = site.components.remove(policies, timeout=timeout) or acted
    text = ["is removed" if acted else "is not there"]
    stays = []
    # Of one that was removed before, what it would be says how its volumes are called.
    claims = sorted(_claims(manifest or (_wanted(part, shelf, site) if volumes else ())))
    if volumes:
        gone = site.components.drop_volumes(target, claims)
        text += [f"volumes deleted: {', '.join(gone)}"] if gone else []
    elif claims or part.component.data:
        stays.append("its volumes")
    if definitions and part.component.crds:
        site.definitions.undefine(target, part.component.crds)
        text.append(f"definitions deleted: {', '.join(part.component.crds)}")
    else:
        stays += part.component.crds
    if acted and stays:
        text.append(f"{', '.join(stays)} stay")
    say("; ".join(text))
    return Outcome(component=part.name, state=DEPLOYED if acted else UNCHANGED, text="; ".join(text))


def planned(part: Part, shelf: Shelf, site: Site, *, volumes: bool = False) -> Removal:
    """What `remove` would do; a definition that has objects is found when it is to be deleted."""
    component = part.component
    target = releases.target_of(component, shelf.platform, shelf.environment)
    state = site.releases.state(target)
    policies = releases.target_of(component, shelf.platform, shelf.environment, releases.POLICIES)
    beside = site.releases.state(policies) if component.policies and state is None else None
    manifest = read_manifest(state.manifest if state else "")
    faults = _in_release(part, manifest, volumes=volumes)
    return Removal(
        component=part.name,
        namespace=target.namespace,
        there=bool(state or beside),
        volumes=tuple(sorted(_claims(manifest or (_wanted(part, shelf, site) if volumes else ())))),
        definitions=component.crds,
        refusals=tuple(f"{each.problem}: {each.hint}" for each in faults),
    )


def _wanted(part: Part, shelf: Shelf, site: Site) -> tuple[Object, ...]:
    prepared = release_of(part, shelf, publish=False).prepared
    return read_formed(site.components.everything(prepared.archive, prepared.target, prepared.layers))


def _in_release(part: Part, manifest: tuple[Object, ...], *, volumes: bool) -> list[Fault]:
    """What would go with the release, and nobody has asked for."""
    faults: list[Fault] = []
    for check in (_check_definitions, partial(_check_volumes, volumes=volumes)):
        try:
            check(part, manifest)
        except Refused as error:
            faults += error.faults
    return faults


def _check_definitions(part: Part, manifest: tuple[Object, ...]) -> None:
    """Those of bare Helm's releases: no annotation that is set later counts when Helm uninstalls."""
    mine = [str(each["metadata"]["name"]) for each in manifest if each["kind"] == KIND and not is_kept(each)]
    if mine:
        raise refused(
            "definition-in-release",
            f"{part.name} has {', '.join(mine)} in its release: with it every object of that kind would go",
            hint=f"`pipelinekit platform deploy --only {part.name}` first: a release of ours lets go of it",
        )


def _check_volumes(part: Part, manifest: tuple[Object, ...], *, volumes: bool) -> None:
    """A claim of the release itself goes with it: Helm deletes what it has made."""
    mine = [
        f"{each['kind']}/{each['metadata']['name']}"
        for each in manifest
        if each["kind"] == "PersistentVolumeClaim" and not is_kept(each)
    ]
    if mine and not volumes:
        raise refused(
            "volume-in-release",
            f"{part.name} has {', '.join(mine)} in its release, which would go with it",
            hint="annotate them helm.sh/resource-policy: keep in the chart, and deploy; or say --volumes",
        )


def _claims(manifest: tuple[Object, ...]) -> Iterator[str]:
    """How the names of a release's volume claims begin."""
    for each in manifest:
        if each["kind"] == "StatefulSet":
            for claim in each["spec"].get("volumeClaimTemplates") or ():
                yield f"{claim['metadata']['name']}-{each['metadata']['name']}"
