"""Kubernetes' NetworkPolicy as a value, with its defaults filled in."""

from __future__ import annotations

from collections.abc import Mapping

from pipelinekit.model.network.ports import Ports
from pipelinekit.records import dataclass

INGRESS, EGRESS = "Ingress", "Egress"


@dataclass(frozen=True, slots=True)
class Selector:
    """Labels that have to be there: each of `equal`, and each of `terms` (key, operator, values)."""

    equal: tuple[tuple[str, str], ...] = ()
    terms: tuple[tuple[str, str, tuple[str, ...]], ...] = ()

    def selects(self, labels: Mapping[str, str]) -> bool:
        """Whether something with these labels is meant; an empty selector means everything."""
        return all(labels.get(key) == value for key, value in self.equal) and all(
            _holds(labels.get(key), operator, values) for key, operator, values in self.terms
        )


def _holds(value: str | None, operator: str, values: tuple[str, ...]) -> bool:
    if operator == "In":
        return value in values
    if operator == "NotIn":
        return value not in values
    return (value is not None) == (operator == "Exists")


@dataclass(frozen=True, slots=True)
class Peer:
    """Who is meant: addresses, or pods by their own labels and by those of their namespace.

    Without `namespaces` they are those of the policy's own namespace.
    """

    cidr: str = ""
    excepted: tuple[str, ...] = ()
    namespaces: Selector | None = None
    pods: Selector | None = None


@dataclass(frozen=True, slots=True)
class RulePorts:
    """Ports of a rule: those with numbers, and names (name, protocol), which the called pod has to have."""

    numbered: Ports
    named: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One alternative. `peers` None: everybody; `ports` None: every port."""

    peers: tuple[Peer, ...] | None
    ports: RulePorts | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkPolicy:
    """One object. `ways` are those that it isolates its pods in; `origin` says where it is written."""

    name: str
    namespace: str
    pods: Selector
    ways: frozenset[str]
    ingress: tuple[Rule, ...] = ()
    egress: tuple[Rule, ...] = ()
    hook: str = ""
    """`before` or `test` for one that comes with a hook; empty for one that comes with its release."""
    lasts: bool = True
    """Whether it is still there when hooks are done."""
    release: str = ""
    origin: str = ""

    def rules(self, way: str) -> tuple[Rule, ...]:
        """Those of one way."""
        return self.ingress if way == INGRESS else self.egress
