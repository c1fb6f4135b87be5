"""Make and renew what a cluster lacks: each step is whole by itself, and another run goes on from any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipelinekit.errors import PipelinekitError, Refused, ToolFailed, failed, refused
from pipelinekit.model.certificate import FOREIGN, MISSING, Pair
from pipelinekit.model.platform.certificates import Certificate
from pipelinekit.plan import certificates as plans
from pipelinekit.plan.moment import moment, spoken
from pipelinekit.ports import Say
from pipelinekit.steps.certificates import authority, served
from pipelinekit.steps.certificates.intermediate import Intermediate
from pipelinekit.steps.certificates.survey import chosen, inside
from pipelinekit.steps.certificates.world import World, foreign


def work(
    world: World, only: Sequence[str], say: Say, *, renew: bool, seconds: int
) -> tuple[tuple[str, ...], tuple[PipelinekitError, ...]]:
    """Make what is missing, with `renew` also what is due, and see that servers show it.

    The titles of what was made, and why the rest was not. Whatever moment this ends at, another run goes on.
    """
    pair, made = authority.settle(world, say, renew=renew)
    errors: list[PipelinekitError] = []
    for namespace in world.wanted.namespaces:
        try:
            authority.spread(world, namespace, pair.certificate, say)
        except PipelinekitError as error:
            errors.append(error)
    between = Intermediate(world)
    for each in chosen(world.wanted, only):
        try:
            if _one(world, each, pair, between, say, renew=renew):
                made.append(each.title)
            if renew:
                served.see(world, each, pair.certificate, say, seconds)
        except PipelinekitError as error:
            errors.append(_placed(each, error))
    return tuple(made), tuple(errors)


def together(errors: Sequence[PipelinekitError]) -> PipelinekitError:
    """All of them as one: what a cluster or a server refused comes before what we refuse."""
    faults = tuple(fault for each in errors for fault in each.faults)
    kind = Refused if all(isinstance(each, Refused) for each in errors) else ToolFailed
    return kind(*faults)


def _one(
    world: World,
    wanted: Certificate,
    pair: Pair,
    between: Intermediate,
    say: Say,
    *,
    renew: bool,
) -> bool:
    """Whether a certificate was made."""
    target, now = world.at(wanted.namespace), world.clock()
    held, found = inside(world, wanted, pair.certificate, now)
    if found.state == FOREIGN:
        raise foreign(target, wanted.name, world.platform, found.why)
    if not (found.state == MISSING or (renew and found.renewable)):
        return False
    key, request = world.signer.request(wanted.names)
    if wanted.issuer == "openbao":
        chain = between.sign(pair, wanted, request, say)
    else:
        chain = world.signer.sign(pair, request, wanted.names, now, wanted.duration)
    _require_good(world, wanted, key, chain, pair.certificate, now)
    new = plans.secret(
        wanted.name,
        wanted.namespace,
        world.platform,
        key=key,
        certificate=chain,
        authority=pair.certificate,
        version=held.version if held else "",
    )
    if not world.secrets.put(target, new):
        say(f"{wanted.title}: somebody else was first, and theirs stays")
        return False
    made = world.signer.facts(chain, pair.certificate)
    until = f", good until {moment(made.ends)}" if made else ""
    say(f"{wanted.title}: {'made' if held is None else f'renewed, for {found.why}'}{until}")
    return True


def _require_good(world: World, wanted: Certificate, key: str, chain: str, root: str, now: int) -> None:
    """Raise unless what was signed is what was asked for, and will not be due at once."""
    facts = world.signer.facts(chain, root)
    why = "what was signed is no certificate" if facts is None else facts.distrust
    if facts and not why and plans.normal(facts.names) != plans.normal(wanted.names):
        why = f"it was signed for {plans.told(facts.names)}"
    if facts and not why and world.signer.misfit(key, chain):
        why = "it was signed for another key"
    if why or facts is None:
        hint = "the store's role and authority decide: `bao read` shows both"
        raise failed("certificate-odd", f"{wanted.issuer} gave what was not asked for: {why}", hint=hint)
    if facts.ends - now <= wanted.renew_before:
        given = spoken(max(0, facts.ends - now))
        raise refused(
            "certificate-short",
            f"{wanted.issuer} signs for {given}, and it is renewed {spoken(wanted.renew_before)}"
            " before its end: it would be due at once",
            hint="make renewBefore shorter, or what the issuer allows longer",
        )


def _placed(wanted: Certificate, error: PipelinekitError) -> PipelinekitError:
    """The error, which says of which certificate it is."""
    faults = (
        each if wanted.name in each.problem else replace(each, problem=f"{wanted.title}: {each.problem}")
        for each in error.faults
    )
    return type(error)(*faults)
