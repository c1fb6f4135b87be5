"""Flows that are declared, and what a proof finds about them."""

from __future__ import annotations

from pipelinekit.model.network.ends import End
from pipelinekit.model.network.ports import Ports
from pipelinekit.records import dataclass

CLOSED, OPEN, UNDECIDED, UNCLEAR = "flow-closed", "flow-open", "flow-undecided", "flow-unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A declared flow, from every pod of `caller` (an owner) to one server.

    One that is not `needed` may be open and may be closed: the caller decides whether it calls at all.
    """

    caller: str
    server: End
    ports: Ports
    why: str
    """The words that declare it, and whose they are."""
    needed: bool = True
    role: str = ""
    """What the caller is to all others: whoever is in a namespace with that role may call as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is not as declared: a flow that is closed, one that is open, or one that nobody can decide.

    `layers` say which of them closes or opens it, by which object; `hint` says what to change.
    """

    code: str
    caller: str
    server: str
    ports: Ports
    layers: tuple[str, ...]
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.caller} -> {self.server}, {self.ports}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """All of it. `flows` counts the declared pairs of ends, `pairs` those that were looked at beside them."""

    findings: tuple[Finding, ...]
    notes: tuple[Finding, ...]
    """What pod policies do not decide."""
    flows: int
    pods: int

    @property
    def holds(self) -> bool:
        """Whether everything that is declared is open, and nothing else."""
        return not self.findings
