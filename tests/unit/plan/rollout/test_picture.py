from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from pipelinekit.model.rollout.component import Call, Component, Flows
from pipelinekit.plan.rollout.order import order_of
from pipelinekit.plan.rollout.picture import as_svg
from tests.hostile.values import ALL

PARTS = [
    Component(
        name="vault", namespace="secrets", flows=Flows(accepts=("applications", "ingress:ui", "anybody:ui"))
    ),
    Component(name="postgresql", needs=("vault",)),
    Component(
        name="keycloak",
        needs=("postgresql", "vault"),
        flows=Flows(
            calls=(Call(component="vault"), Call(component="gone")),
            api_server=True,
            reaches=("internet:443", "internet:80"),
        ),
    ),
]
ORDER = order_of(PARTS)
SPACE = "{http://www.w3.org/2000/svg}"


def lines(picture: ET.Element) -> dict[str, str]:
    """By what a line says: its class."""
    return {
        str(each.findtext(f"{SPACE}title")): str(each.get("class"))
        for each in picture.iter(f"{SPACE}path")
        if each.get("class", "").startswith("line")
    }


def test_a_line_tells_who_calls_whom_and_one_of_dashes_what_only_comes_after() -> None:
    told = lines(ET.fromstring(as_svg(PARTS, ORDER, "acme")))
    assert told == {
        "keycloak calls vault": "line c0",
        "postgresql waits for vault": "line wait",
        "keycloak waits for postgresql": "line wait",
        "calls": "line c0",
        "only comes after": "line wait",
    }


def test_what_another_way_says_as_well_is_left_out() -> None:
    plain = [*PARTS[:2], Component(name="keycloak", needs=("postgresql", "vault"))]
    assert "keycloak waits for vault" not in lines(ET.fromstring(as_svg(plain, ORDER, "acme")))


def test_each_component_is_there_once_with_who_is_beyond_the_platform() -> None:
    picture = ET.fromstring(as_svg(PARTS, ORDER, "acme"))
    boxes = [
        (each.get("x"), each.get("y")) for each in picture.iter(f"{SPACE}rect") if each.get("class") == "part"
    ]
    assert len(set(boxes)) == len(boxes) == 3
    said = [each.text for each in picture.iter(f"{SPACE}text")]
    assert {"secrets", "← anybody, ingress, applicati…", "→ API server, internet"} <= set(said)


def test_nothing_is_outside_of_the_picture() -> None:
    picture = ET.fromstring(as_svg(PARTS, ORDER, "acme"))
    width, height = float(str(picture.get("width"))), float(str(picture.get("height")))
    for each in picture.iter(f"{SPACE}path"):
        numbers = [float(one) for one in re.findall(r"-?[\d.]+", str(each.get("d")))]
        assert all(0 <= one <= max(width, height) for one in numbers)
    for each in picture.iter(f"{SPACE}rect"):
        assert float(each.get("x", 0)) + float(str(each.get("width"))) <= width
        assert float(each.get("y", 0)) + float(str(each.get("height"))) <= height


def test_no_title_and_no_note_gets_out_of_its_place() -> None:
    for text in ALL.values():
        if re.search(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]", text):
            continue  # no text of a document has them
        flows = Flows(calls=(Call(component="vault", offer=text),), reaches=(f"{text}:1",))
        parts = [Component(name="vault", namespace=text), Component(name=f"x{text}", flows=flows)]
        ET.fromstring(as_svg(parts, order_of(parts), text))


def test_a_platform_without_components_is_a_picture_too() -> None:
    ET.fromstring(as_svg([], {}, "acme"))
