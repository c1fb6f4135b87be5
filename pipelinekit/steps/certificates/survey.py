"""How the certificates of a cluster stand; nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace

from pipelinekit.errors import ToolFailed
from pipelinekit.model.certificate import AUTHORITY, FOREIGN, KEY, LOST, MISSING, Held, Verdict
from pipelinekit.model.platform.certificates import Certificate, Certificates
from pipelinekit.plan import certificates as plans
from pipelinekit.records import dataclass
from pipelinekit.steps.certificates.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was found: the authority first, then each Secret in the document's order."""

    authority: Verdict
    root: str
    """The authority's certificate; empty where there is none that can be read."""
    held: Held | None = None
    verdicts: tuple[Verdict, ...] = ()
    spread: tuple[str, ...] = ()
    """Namespaces whose ConfigMap has to be written."""
    taken: Mapping[str, str] = field(default_factory=dict)
    """By namespace, whose the ConfigMap of that name is where it is not ours."""

    @property
    def all(self) -> tuple[Verdict, ...]:
        """The authority's and the others'."""
        return (self.authority, *self.verdicts)

    @property
    def stopped(self) -> bool:
        """Whether nothing can be signed until somebody has seen to the authority."""
        return self.authority.state in (FOREIGN, LOST)

    def todo(self, *, renew: bool) -> tuple[Verdict, ...]:
        """What would be made: what is missing, and with `renew` what is due; nothing without an authority."""
        if self.stopped:
            return ()
        return tuple(each for each in self.all if each.state == MISSING or (renew and each.renewable))


def survey(world: World, only: Sequence[str], within: int | None = None, *, ask: bool = True) -> Survey:
    """How everything stands; with `ask` servers are asked as well."""
    found, now = bootstrap(world, within), world.clock()
    verdicts = [_stands(world, each, found.root, now, within, ask=ask) for each in chosen(world.wanted, only)]
    # Without an authority there is nothing to tell anybody.
    places = () if found.stopped else world.wanted.namespaces
    maps = {
        each: world.secrets.look(world.at(each), "ConfigMap", AUTHORITY, world.platform) for each in places
    }
    lacking = [each for each, held in maps.items() if not tells(held, found.root)]
    taken = {each: held.owner for each in lacking if (held := maps[each]) and held.owner}
    spread = tuple(each for each in lacking if each not in taken)
    return replace(found, verdicts=tuple(verdicts), spread=spread, taken=taken)


def bootstrap(world: World, within: int | None = None) -> Survey:
    """How the authority stands, and nothing else."""
    wanted = world.wanted
    target = world.at(wanted.authority.namespace)
    own, lost = world.secrets.look(target, "Secret", AUTHORITY, world.platform), ""
    orphan = "" if own else _orphan(world)
    if orphan:
        # Another run may have made both meanwhile, the authority first.
        own = world.secrets.look(target, "Secret", AUTHORITY, world.platform)
        lost = "" if own else f"there is no such Secret, and {orphan} was signed by it"
    root = own.certificate if own and not own.owner else ""
    facts = world.signer.facts(root, root) if root else None
    misfit = world.signer.misfit(own.key, root) if own else ""
    lost = lost or (f"its {KEY} {misfit}" if misfit else "")
    verdict = plans.authority_verdict(wanted.authority, own, facts, world.clock(), within, lost=lost)
    return Survey(authority=verdict, root=root if facts else "", held=own)


def _orphan(world: World) -> str:
    """The title of a Secret of ours that is there, or empty."""
    for each in world.wanted.secrets:
        held = world.secrets.look(world.at(each.namespace), "Secret", each.name, world.platform)
        if held and not held.owner:
            return each.title
    return ""


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
    """How one certificate stands; with `ask` its servers are asked, and what they lack may be raised."""
    target = world.at(wanted.namespace)
    _, found = inside(world, wanted, root, now, within)
    if ask and wanted.served and found.serial:
        try:
            shown = world.servers.shown(target, wanted.served)
            found = plans.with_shown(found, shown, f"no pod runs behind Service {wanted.served.service}")
        except ToolFailed as error:
            # One that is still to be deployed: nobody has read anything older.
            if error.faults[0].code != "service-missing":
                raise
            found = plans.with_shown(found, (), error.faults[0].problem)
    return found


def inside(
    world: World, wanted: Certificate, root: str, now: int, within: int | None = None
) -> tuple[Held | None, Verdict]:
    """What is in a Secret, and what is thought of it; no server is asked."""
    held = world.secrets.look(world.at(wanted.namespace), "Secret", wanted.name, world.platform)
    facts = world.signer.facts(held.certificate, root) if held and held.certificate else None
    misfit = world.signer.misfit(held.key, held.certificate) if held and facts else ""
    return held, plans.verdict(wanted, held, facts, root, now, within, misfit=misfit)


def tells(held: Held | None, root: str) -> bool:
    """Whether a ConfigMap has the authority's certificate, whoever has made it."""
    return held is not None and held.authority.strip() == root.strip()
