"""The bootstrap authority: made once, renewed with the same key, and told to those who have to trust it."""

from __future__ import annotations

from pipelinekit.errors import failed, refused
from pipelinekit.model.certificate import AUTHORITY, EXPIRED, FOREIGN, MISSING, UNREADABLE, Pair, Verdict
from pipelinekit.model.release import Target
from pipelinekit.plan import certificates as plans
from pipelinekit.ports import Say
from pipelinekit.steps.certificates.survey import Survey, bootstrap
from pipelinekit.steps.certificates.world import World, foreign


def settle(world: World, say: Say, *, renew: bool) -> tuple[Pair, list[str]]:
    """The bootstrap authority, made where there is none, and renewed where that is due and asked for.

    With the titles of what was made. One that stays is without its key, which `keyed` reads.
    """
    wanted = world.wanted.authority
    target = world.at(wanted.namespace)
    before = bootstrap(world)
    found = before.authority
    if found.state == FOREIGN:
        raise foreign(target, AUTHORITY, world.platform, found.why)
    if found.state == MISSING:
        _refuse_loss(world, target)
        world.secrets.settle(target, plans.labels(world.platform))
    due = found.renewable and (renew or found.state == MISSING)
    if not due:
        _require_fit(world, found)
        return Pair(key="", certificate=before.root), []
    key = "" if found.state == MISSING else _own_key(world, target, before)
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
    return Pair(key="", certificate=held.certificate), []


def keyed(world: World, pair: Pair) -> Pair:
    """The authority with its key: read when something is signed, and not before."""
    target = world.at(world.wanted.authority.namespace)
    return pair if pair.key else Pair(key=world.secrets.key(target, AUTHORITY), certificate=pair.certificate)


def _require_fit(world: World, found: Verdict) -> None:
    """Raise `Refused` where nobody would trust what it signs, and its certificate is none to hand out."""
    if found.state in (UNREADABLE, EXPIRED):
        name = world.target.environment.name
        raise refused(
            "authority-unfit",
            f"{found.title} can sign nothing: {found.why}",
            hint=f"`pipelinekit platform certificates renew --env {name}`: with the same key",
        )


def _own_key(world: World, target: Target, before: Survey) -> str:
    """The authority's key, to be used again: under another it would be an authority that nobody trusts."""
    key = world.secrets.key(target, AUTHORITY)
    if not key or (before.authority.serial and not world.signer.fits(key, before.root)):
        raise failed(
            "authority-unreadable",
            f"{before.authority.title} has no key, or one that its certificate is not for",
            hint="put it back from your copy",
        )
    return key


def _refuse_loss(world: World, target: Target) -> None:
    """Raise `Refused` where an authority is gone that has signed what is there: no client trusts another."""
    for each in world.wanted.secrets:
        held = world.secrets.look(world.at(each.namespace), "Secret", each.name, world.platform)
        if held and not held.owner:
            if world.secrets.look(target, "Secret", AUTHORITY, world.platform):
                # Another run has made it meanwhile, and then this.
                return
            raise refused(
                "authority-lost",
                f"there is no Secret {AUTHORITY} in {target.namespace}, and {each.title} was signed by it",
                hint="put it back from your copy; or, for one that all clients have to learn of:\n"
                f"{world.at(each.namespace).kubectl} delete secret {each.name}, and the same for the others",
            )


def spread(world: World, namespace: str, root: str, say: Say) -> None:
    """Write the authority's certificate into a namespace, where that has not got it."""
    target = world.at(namespace)
    held = world.secrets.look(target, "ConfigMap", AUTHORITY, world.platform)
    if held and held.owner:
        raise foreign(target, AUTHORITY, world.platform, f"it is {held.owner}", kind="configmap")
    if held and held.authority.strip() == root.strip():
        return
    if held is None:
        world.secrets.settle(target, {})
    wanted = plans.bundle(namespace, world.platform, root, held.version if held else "")
    if world.secrets.put(target, wanted):
        say(f"{namespace}: ConfigMap {AUTHORITY} has the authority's certificate")
