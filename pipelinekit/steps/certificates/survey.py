"""How the certificates of a cluster stand; nothing is changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipelinekit.errors import ToolFailed
from pipelinekit.model.certificate import AUTHORITY, MISSING, Held, Verdict
from pipelinekit.model.platform.certificates import Certificate, Certificates
from pipelinekit.plan import certificates as plans
from pipelinekit.steps.certificates.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was found: the authority first, then each Secret in the document's order."""

    authority: Verdict
    root: str
    """The authority's certificate; empty where there is none."""
    held: Held | None = None
    verdicts: tuple[Verdict, ...] = ()
    spread: tuple[str, ...] = ()
    """Namespaces whose ConfigMap has to be written."""

    @property
    def all(self) -> tuple[Verdict, ...]:
        """The authority's and the others'."""
        return (self.authority, *self.verdicts)

    def todo(self, *, renew: bool) -> tuple[Verdict, ...]:
        """What would be made: what is missing, and with `renew` what is due."""
        return tuple(each for each in self.all if each.state == MISSING or (renew and each.renewable))


def survey(world: World, only: Sequence[str], within: int | None = None, *, ask: bool = True) -> Survey:
    """How everything stands; with `ask` servers are asked as well."""
    found, now = bootstrap(world, within), world.clock()
    verdicts = [_stands(world, each, found.root, now, within, ask=ask) for each in chosen(world.wanted, only)]
    spread = [each for each in world.wanted.namespaces if _lacks(world, each, found.root)]
    return replace(found, verdicts=tuple(verdicts), spread=tuple(spread))


def bootstrap(world: World, within: int | None = None) -> Survey:
    """How the authority stands, and nothing else."""
    wanted = world.wanted
    own = world.secrets.look(world.at(wanted.authority.namespace), "Secret", AUTHORITY, world.platform)
    root = own.certificate if own and not own.owner else ""
    facts = world.signer.facts(root, root) if root else None
    verdict = plans.authority_verdict(wanted.authority, own, facts, world.clock(), within)
    return Survey(authority=verdict, root=root, held=own)


def chosen(wanted: Certificates, only: Sequence[str]) -> tuple[Certificate, ...]:
    """Those of that name, or of that namespace/name; all where none is named."""
    return tuple(each for each in wanted.secrets if not only or each.name in only or each.title in only)


def _stands(
    world: World, wanted: Certificate, root: str, now: int, within: int | None, *, ask: bool
) -> Verdict:
    """What `look` finds; a port that a Service lacks is said of that certificate, and ends nothing."""
    try:
        return look(world, wanted, root, now, within, ask=ask)
    except ToolFailed as error:
        fault = error.faults[0]
        if fault.code != "service-port":
            raise
        found = look(world, wanted, root, now, within, ask=False)
        return plans.with_shown(found, (), f"{fault.problem} ({fault.hint})")


def look(world: World, wanted: Certificate, root: str, now: int, within: int | None, *, ask: bool) -> Verdict:
    target = world.at(wanted.namespace)
    held = world.secrets.look(target, "Secret", wanted.name, world.platform)
    facts = world.signer.facts(held.certificate, root) if held and held.certificate else None
    found = plans.verdict(wanted, held, facts, root, now, within)
    if ask and wanted.served and found.serial:
        found = plans.with_shown(found, world.servers.shown(target, wanted.served))
    return found


def _lacks(world: World, namespace: str, root: str) -> bool:
    held = world.secrets.look(world.at(namespace), "ConfigMap", AUTHORITY, world.platform)
    return held is None or held.authority.strip() != root.strip()
