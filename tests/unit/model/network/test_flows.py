"""What a proof says of itself."""

from __future__ import annotations

from pipelinekit.model.network.flows import CLOSED, Finding, Proof
from pipelinekit.model.network.ports import Ports

CLOSED_ONE = Finding(code=CLOSED, caller="a/b", server="c/d", ports=Ports.one(80), layers=())


def test_a_finding_as_people_read_it() -> None:
    assert str(CLOSED_ONE) == "a/b -> c/d, 80"


def test_a_proof_holds_without_findings_whatever_is_noted() -> None:
    assert Proof(findings=(), notes=(CLOSED_ONE,), flows=1, pods=2).holds
    assert not Proof(findings=(CLOSED_ONE,), notes=(), flows=1, pods=2).holds
