from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from pipelinekit.model.component import Component
from pipelinekit.plan.rollout.drawing import as_dot, as_svg, as_text
from pipelinekit.plan.rollout.order import order_of
from tests.hostile.values import ALL

ORDER = order_of(
    [
        Component(name="vault"),
        Component(name="postgresql", needs=("vault",)),
        Component(name="keycloak", needs=("postgresql", "vault")),
    ]
)
SPACE = "{http://www.w3.org/2000/svg}"


def test_as_text() -> None:
    assert as_text(ORDER) == (
        "1  vault",
        "2  postgresql  after vault",
        "3  keycloak  after postgresql, vault",
    )


def test_as_dot() -> None:
    assert '"vault" -> "postgresql";' in as_dot(ORDER, "acme")


def test_a_picture_has_each_component_once_and_no_edge_that_goes_without_saying() -> None:
    picture = ET.fromstring(as_svg(ORDER, "acme", {"vault": "namespace secrets"}))
    assert [each.text for each in picture.iter(f"{SPACE}title")] == list(ORDER)
    edges = [each for each in picture.iter(f"{SPACE}path") if each.get("class") == "edge"]
    assert len(edges) == 2
    boxes = [(each.get("x"), each.get("y")) for each in picture.iter(f"{SPACE}rect")]
    assert len(set(boxes)) == 3


def test_no_title_and_no_note_gets_out_of_its_place() -> None:
    for text in ALL.values():
        if re.search(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]", text):
            continue  # no text of a document has them
        ET.fromstring(as_svg(ORDER, text, {"vault": text}))
