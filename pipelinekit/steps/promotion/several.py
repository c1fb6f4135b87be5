"""Components promoted together: judged together, and brought in the order of what they need."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from pipelinekit.errors import Fault, PipelinekitError, Refused
from pipelinekit.model.ledger import UNREACHABLE, History, branch_of
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.promotion import Request, set_digest
from pipelinekit.model.rollout.component import Component
from pipelinekit.plan.gates.expected import told
from pipelinekit.plan.gates.records import living
from pipelinekit.plan.rollout.order import order_of
from pipelinekit.records import dataclass
from pipelinekit.steps.artefacts.image import Did
from pipelinekit.steps.promotion import promote as promotion
from pipelinekit.steps.promotion.looks.around import Around
from pipelinekit.steps.promotion.promote import Planned
from pipelinekit.steps.rollout.recorded import again

Arounds = Callable[[str], Around]
"""What promoting the component of that name needs of the world: a folder of its own in it."""
NAME = "components"
"""What several of them are called where a set has its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """Components before an environment, those first that others need."""

    environment: Environment
    members: tuple[Planned, ...]
    faults: tuple[Fault, ...] = ()
    """Why not all of it may, beside each one's own gates."""

    @property
    def digest(self) -> str:
        """What is approved: the plan of the one, or of several a digest over all of their plans."""
        plans = [each.survey.plan for each in self.members]
        if len(plans) == 1:
            return plans[0].digest
        return set_digest(NAME, self.environment.name, [(x.name, x.version, x.digest) for x in plans])

    @property
    def missing(self) -> tuple[Planned, ...]:
        """Those that are not there yet."""
        return tuple(each for each in self.members if not each.there)

    @property
    def closed(self) -> bool:
        """Whether anything is in the way of any of them."""
        return bool(self.faults) or any(each.closed for each in self.missing)


def plan(
    arounds: Arounds, chosen: Iterable[tuple[str, str]], environment: Environment, request: Request
) -> Several:
    """What promoting components would do and whether it may; `chosen` are names, each with a version or none.

    Changes nothing. Raises with all at once that is missing of them; where something else failed, as that; at
    once where the ledger does not answer.
    """
    planned, faults, ended = list[Planned](), list[Fault](), list[type[PipelinekitError]]()
    chosen = tuple(chosen)
    # Of several the expected digest is over all of their plans, and none's own.
    asked = replace(request, expect="") if len(chosen) > 1 else request
    for name, version in chosen:
        try:
            planned.append(promotion.plan(arounds(name), "", name, version, environment, asked))
        except PipelinekitError as error:
            if error.faults[0].code == UNREACHABLE:
                # Whoever waits for it once need not wait for each component.
                raise
            faults += (_of_component(name, environment, each) for each in error.faults)
            ended.append(type(error))
    if faults:
        # A cluster that does not answer is no refusal, whatever the ledger lacks beside it.
        raise min(ended, key=lambda each: issubclass(each, Refused))(*faults)
    found = {each.survey.release.name: (each, _component(arounds, each)) for each in planned}
    order = order_of(component for _, component in found.values())
    needs = _needs(arounds, {name: found[name][1] for name in order}, environment)
    several = Several(
        environment=environment, members=tuple(found[name][0] for name in order), faults=tuple(needs)
    )
    if len(order) > 1 and request.expect not in ("", several.digest):
        return replace(several, faults=(*several.faults, _unexpected(several, request.expect)))
    return several


def promote(
    arounds: Arounds, chosen: Iterable[tuple[str, str]], environment: Environment, request: Request
) -> tuple[Several, tuple[Did, ...]]:
    """Promote components, those first that others need; nothing of what runs there already.

    Raises `Refused` with every closed gate of all of them before anything begins, which the ledger has then;
    stops at the first that fails. Run again, it goes on.
    """
    found = plan(arounds, chosen, environment, request)
    faults = list(found.faults)
    for each in found.missing:
        try:
            promotion.require(arounds(each.survey.release.name), each)
        except Refused as error:
            faults += error.faults
    if faults:
        raise Refused(*faults)
    did: list[Did] = []
    for each in found.members:
        release = each.survey.release
        asked = replace(request, expect=each.survey.plan.digest) if request.expect else request
        did += promotion.promote(
            arounds(release.name), "", release.name, release.version, environment, asked
        )[1]
    return found, tuple(did)


def answer(arounds: Arounds, found: Several, reason: str, *, refuse: bool = False) -> dict[str, History]:
    """Sign the plan of each component that is still to come, or with `refuse` a no to it; its branch then."""
    named = {each.survey.release.name: each for each in found.missing}
    return {
        name: promotion.answer(arounds(name), each, reason, refuse=refuse) for name, each in named.items()
    }


def _of_component(name: str, environment: Environment, fault: Fault) -> Fault:
    """A fault with the component that it is of."""
    hint = fault.hint
    if fault.code == "release-unknown" and environment.after:
        hint = (
            f"`pipelinekit platform deploy --env {environment.after} --only {name}` records it; then its "
            f"tests: `pipelinekit platform verify --env {environment.after} --only {name}`"
        )
    return replace(fault, problem=f"{name}: {fault.problem}", hint=hint)


def _unexpected(found: Several, expect: str) -> Fault:
    """That they are another plan than the expected one: nobody has answered one over several."""
    return Fault(
        "gate-plan",
        told(found.digest, expect, ()),
        hint="look at it again: `platform promote … --plan`, whose last line names the digest",
    )


def _component(arounds: Arounds, planned: Planned) -> Component:
    release = planned.survey.release
    return again(release, arounds(release.name).platform, planned.survey.environment).component


def _needs(arounds: Arounds, chosen: Mapping[str, Component], environment: Environment) -> Iterator[Fault]:
    """What a component needs is there already, or comes with it."""
    for name, component in chosen.items():
        for need in component.needs:
            if need in chosen:
                continue
            history = arounds(name).ledger.history(branch_of("", need))
            if living(history, environment.name) is None:
                yield Fault(
                    "need-not-promoted",
                    f"{name} needs {need}, which was never promoted to {environment.name}",
                    hint=f"promote it with it: `pipelinekit platform promote {need} {name} --to "
                    f"{environment.name}`",
                )
