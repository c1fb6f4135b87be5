from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.errors import DocumentInvalid
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.platform.gates import Approvals, Bound, Evidence, Freeze, Watch
from pipelinekit.reading.platform.document import read_platform
from tests.documents import unmarked

HEAD = """apiVersion: pipelinekit/v1
kind: Platform
metadata: {name: acme}
images: {registry: "r:5000"}
charts: {repository: "oci://r:5000/charts"}
clusters: [{name: prod}]
people: [{name: a}]
groups: [{name: rm, people: [a]}, {name: sre, people: [a]}]
environments:
"""


def platform(gates: str) -> str:
    return HEAD + "  - {name: a, cluster: prod, namespace: x, " + gates + "}\n"


def faults(marked: str) -> list[str]:
    text, places = unmarked(marked)
    with pytest.raises(DocumentInvalid) as caught:
        read_platform(text)
    assert [f"{each.place.line}:{each.place.column}" for each in caught.value.faults if each.place] == places
    return [each.code for each in caught.value.faults]


def test_all_gates() -> None:
    text = platform(
        "soak: 1h, after: b, "
        "approvals: {count: 2, from: [rm], author: false, requester: false, signed: true}, "
        "freeze: [{from: Fri 16:00, to: Mon 08:00, zone: Europe/Paris}, {from: '18:00', to: '08:00'}, "
        "{from: 12-18T18:00, to: 01-04, reason: year end}], "
        "evidence: [{type: scan, age: 7d}, {type: uat, verdict: accepted}], emergency: {from: [sre]}, "
        "change: 'CHG###', back: true, images: {registry: 'p:5000'}, charts: {repository: 'oci://p:5000/c'}, "
        "verify: {prometheus: 'http://p', queries: [{name: errors, query: up, min: 0, max: 0.5}]}"
    )
    found = read_platform(text + "  - {name: b, cluster: prod, namespace: z}\n").environments[0]
    assert found == Environment(
        name="a",
        cluster="prod",
        namespace="x",
        after="b",
        soak=3600,
        approvals=Approvals(count=2, groups=("rm",), author=False, requester=False, signed=True),
        freeze=(
            Freeze(start="Fri 16:00", end="Mon 08:00", zone="Europe/Paris"),
            Freeze(start="18:00", end="08:00"),
            Freeze(start="12-18T18:00", end="01-04", reason="year end"),
        ),
        evidence=(Evidence(type="scan", age=604_800), Evidence(type="uat", verdict="accepted")),
        emergency=("sre",),
        change="CHG###",
        back=True,
        watch=Watch(prometheus="http://p", bounds=(Bound(name="errors", query="up", lowest=0, highest=0.5),)),
        registry="p:5000",
        charts="oci://p:5000/c",
    )
    assert found.gated


@pytest.mark.parametrize(
    ("gates", "codes"),
    [
        ("freeze: [{from: Fri 16:00, «to: '18:00'}]", ["freeze-kinds"]),
        ("freeze: [{from: '2026-01-01', «to: '01-04'}]", ["freeze-kinds"]),
        ("freeze: [{from: '18:00', «to: '18:00'}]", ["freeze-ends"]),
        # One moment is written in several ways; none of them is a window, or a whole year.
        ("freeze: [{from: '18:00', «to: '18:00:00'}]", ["freeze-ends"]),
        ("freeze: [{from: 'Fri 16:00:00', «to: Fri 16:00}]", ["freeze-ends"]),
        ("freeze: [{from: '12-18T00:00', «to: 12-18}]", ["freeze-ends"]),
        ("freeze: [{from: '2026-12-18', «to: '2026-12-18T00:00'}]", ["freeze-ends"]),
        ("freeze: [{from: '2026-12-18T00:00:00', «to: '2026-12-18T00:00'}]", ["freeze-ends"]),
        ("freeze: [{from: Fri 16:00, «to: Fry 17:00}]", ["bad-pattern"]),
        (
            "freeze: [{from: 02-30, «to: 03-01}]".replace("from", "«from").replace("«to", "to"),
            ["bad-pattern"],
        ),
        ("«automatic: true, evidence: [{type: scan}]", ["automatic-gated"]),
        ("«automatic: true, change: C#", ["automatic-gated"]),
        ("«automatic: true, back: true", ["automatic-gated"]),
        ("emergency: {from: [«ser]}", ["unknown-reference"]),
        (
            "verify: {«prometheus: 'https://u:p@p', queries: [{«name: x, query: up}]}",
            ["secret-in-address", "query-unbound"],
        ),
        (
            "verify: {prometheus: 'https://p', queries: [{name: x, query: up, min: 2, «max: 1}]}",
            ["query-bounds"],
        ),
    ],
)
def test_what_makes_no_sense_is_a_fault_at_its_place(gates: str, codes: list[str]) -> None:
    assert faults(platform(gates)) == codes


@pytest.mark.parametrize(
    ("gate", "gated"),
    [
        ({"evidence": (Evidence(type="scan"),)}, True),
        ({"change": "C#"}, True),
        ({"back": True}, True),
        ({"emergency": ("sre",)}, False),
        ({"watch": Watch(prometheus="http://p")}, False),
    ],
)
def test_what_makes_a_promotion_necessary(gate: dict[str, object], gated: bool) -> None:
    environment = Environment(name="a", cluster="prod", namespace="x")
    assert replace(environment, **gate).gated is gated  # type: ignore[arg-type]
