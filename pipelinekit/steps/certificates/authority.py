"""The bootstrap authority: made once, renewed with the same key, and told to those who have to trust it."""

from __future__ import annotations

from pipelinekit.errors import PipelinekitError, Refused, failed, refused
from pipelinekit.model.certificate import (
    AUTHORITY,
    EXPIRED,
    FOREIGN,
    MISSING,
    UNREADABLE,
    UNTRUSTED,
    Pair,
    Verdict,
)
from pipelinekit.plan import certificates as plans
from pipelinekit.ports import Say
from pipelinekit.steps.certificates.survey import Survey, bootstrap, tells
from pipelinekit.steps.certificates.world import World, foreign


def settle(world: World, say: Say, *, renew: bool) -> tuple[Pair, list[str]]:
    """The bootstrap authority, made where there is none, and renewed where that is due and asked for.

    With the titles of what was made. Raises `PipelinekitError` where nothing can be signed.
    """
    wanted = world.wanted.authority
    target = world.at(wanted.namespace)
    before = bootstrap(world)
    found = before.authority
    if before.stopped:
        raise stop(world, before)
    if found.state == MISSING:
        world.secrets.settle(target, plans.labels(world.platform))
    due = found.renewable and (renew or found.state == MISSING)
    if not due:
        _require_fit(world, found)
        return Pair(key=before.held.key if before.held else "", certificate=before.root), []
    key = before.held.key if before.held else ""
    cluster = world.target.environment.cluster
    pair = world.signer.authority(f"{world.platform} {cluster}", world.clock(), wanted.duration, key)
    version = before.held.version if before.held else ""
    own = plans.secret(
        AUTHORITY,
        wanted.namespace,
        world.platform,
        key=pair.key,
        certificate=pair.certificate,
        authority=pair.certificate,
        version=version,
    )
    if world.secrets.put(target, own):
        say(f"{found.title}: {'renewed, with the same key' if key else 'made'}")
        return pair, [found.title]
    # Somebody was first: theirs counts.
    held = world.secrets.look(target, "Secret", AUTHORITY, world.platform)
    if held is None or held.owner:
        raise foreign(target, AUTHORITY, world.platform, held.owner if held else "gone again")
    return Pair(key=held.key, certificate=held.certificate), []


def stop(world: World, found: Survey) -> PipelinekitError:
    """Why nothing can be signed, for a survey that has stopped, and what helps."""
    target = world.at(world.wanted.authority.namespace)
    if found.authority.state == FOREIGN:
        return foreign(target, AUTHORITY, world.platform, found.authority.why)
    hint = (
        f"put Secret {AUTHORITY} back from the copy that you keep:\n"
        f"{target.kubectl} apply --server-side --force-conflicts --filename COPY\n"
        "or, for another one, which all clients have to learn of:\n" + "\n".join(_away(world)) + "\n"
        f"`pipelinekit platform certificates renew --env {world.target.environment.name}`"
    )
    problem = f"{found.authority.title} can sign nothing: {found.authority.why}"
    return (
        failed("authority-unreadable", problem, hint=hint)
        if found.held
        else refused("authority-lost", problem, hint=hint)
    )


def _away(world: World) -> list[str]:
    """The commands that delete the authority's Secret, and all that it has signed; nobody else's."""
    own = [(world.wanted.authority.namespace, AUTHORITY)]
    every = [*own, *((each.namespace, each.name) for each in world.wanted.secrets)]
    names: dict[str, list[str]] = {}
    for place, name in every:
        held = world.secrets.look(world.at(place), "Secret", name, world.platform)
        if held and not held.owner:
            names.setdefault(place, []).append(name)
    return [f"{world.at(place).kubectl} delete secret {' '.join(each)}" for place, each in names.items()]


def _require_fit(world: World, found: Verdict) -> None:
    """Raise `Refused` where nobody would trust what it signs, and its certificate is none to hand out."""
    if found.state in (UNREADABLE, EXPIRED, UNTRUSTED):
        name = world.target.environment.name
        raise refused(
            "authority-unfit",
            f"{found.title} can sign nothing: {found.why}",
            hint=f"`pipelinekit platform certificates renew --env {name}`: with the same key",
        )


def taken(world: World, namespace: str, owner: str) -> Refused:
    """That somebody else has the ConfigMap of a namespace."""
    return foreign(world.at(namespace), AUTHORITY, world.platform, f"it is {owner}", kind="configmap")


def spread(world: World, namespace: str, root: str, say: Say) -> None:
    """Write the authority's certificate into a namespace, where that has not got it."""
    target = world.at(namespace)
    held = world.secrets.look(target, "ConfigMap", AUTHORITY, world.platform)
    if tells(held, root):
        return
    if held and held.owner:
        raise taken(world, namespace, held.owner)
    if held is None:
        world.secrets.settle(target, {})
    wanted = plans.bundle(namespace, world.platform, root, held.version if held else "")
    if world.secrets.put(target, wanted):
        say(f"{namespace}: ConfigMap {AUTHORITY} has the authority's certificate")
