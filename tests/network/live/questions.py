"""Questions to a network, and the answers that a proof gives to them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from pipelinekit.model.network.ends import End, Pod
from pipelinekit.model.network.ports import Ports
from pipelinekit.plan.network.proof import Prover
from pipelinekit.plan.network.rendered.assembly import STRANGER


@dataclass(frozen=True, kw_only=True)
class Question:
    """May `caller` reach `server` there? Asked at `host` and `at`, which a Service may translate."""

    caller: Pod
    server: End
    port: int
    protocol: str
    host: str
    at: int

    @property
    def ports(self) -> Ports:
        """The port as a set."""
        return Ports.one(self.port, self.protocol)

    def __str__(self) -> str:
        asked = "" if self.at == self.port else f" by Service port {self.at}"
        return f"{self.caller.name} -> {self.server.name} {self.port}/{self.protocol}{asked}"


@dataclass(frozen=True)
class Sorted:
    """Questions by what is declared of them: what has to be open, what may be, and what nobody names.

    What may be has ways between two ends that nobody declares anything of among it, too.
    """

    needed: Sequence[Question]
    allowed: Sequence[Question]
    undeclared: Sequence[Question]

    @classmethod
    def of(cls, questions: Sequence[Question], prover: Prover) -> Sorted:
        """Each at its place."""
        must: dict[tuple[str, str], Ports] = {}
        for flow in prover.flows:
            if flow.needed:
                key = (flow.caller, flow.server.name)
                must[key] = must.get(key, Ports()) | flow.ports
        needed, allowed, undeclared = [], [], []
        for each in questions:
            declared = prover.declared(each.caller, each.server)
            own = must.get((each.caller.owner, each.server.name), Ports())
            if each.ports & (own & declared):
                needed.append(each)
            elif each.ports & declared or not _judged(each):
                allowed.append(each)
            else:
                undeclared.append(each)
        return cls(needed, allowed, undeclared)


def _judged(question: Question) -> bool:
    """Whether a proof speaks of these ends: a stranger's way in is closed by its own namespace, not by us."""
    server = question.server
    if isinstance(server, Pod) and server.owner.startswith("("):
        stranger = server.owner == STRANGER and server.namespace != "(elsewhere)"
        return not (stranger or question.caller.owner.startswith("("))
    return isinstance(server, Pod) or not question.caller.owner.startswith("(")


def proven(prover: Prover, question: Question) -> bool | None:
    """What the proof says; None: it cannot say it surely. Ends are the prover's own of the same names."""
    named = {each.name: each for each in prover.cluster.pods}
    caller, server = (named.get(each.name, each) for each in (question.caller, question.server))
    opened = prover.layers.opened(caller, server)
    if not question.ports - opened.sure:
        return True
    return None if question.ports & opened.possible else False


def drawn(questions: Sequence[Question], keep: int, seed: int) -> list[Question]:
    """So many of them, the same ones for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - a sample
    return chance.sample(questions, min(keep, len(questions)))
