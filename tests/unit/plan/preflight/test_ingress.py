from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.model.ground.preflight import REFUSED, UNCHECKED, Seen
from pipelinekit.plan.preflight import ingress
from pipelinekit.plan.preflight.needs import needs_of


def made(name: str = "", **annotations: str) -> dict[str, Any]:
    """An Ingress of that class."""
    metadata = {"name": "orders", "annotations": annotations}
    return {"kind": "Ingress", "metadata": metadata, "spec": {"ingressClassName": name} if name else {}}


@pytest.mark.parametrize(
    ("name", "classes", "told"),
    [
        ("nginx", {"nginx"}, []),
        ("nope", {"", "nginx"}, [(REFUSED, "there is no ingress class nope", "known: nginx")]),
        ("nope", set(), [(REFUSED, "there is no ingress class nope", "known: none")]),
        ("", {"", "nginx"}, []),
        (
            "",
            {"nginx"},
            [
                (
                    UNCHECKED,
                    "who serves the chart's Ingress, which names no class: none is the default",
                    "known: nginx",
                )
            ],
        ),
        ("nginx", None, [(UNCHECKED, "ingress class nginx: classes may not be listed", "")]),
        ("", None, [(UNCHECKED, "a default ingress class: classes may not be listed", "")]),
    ],
)
def test_an_ingress_has_a_class_that_is_there(
    name: str, classes: set[str] | None, told: list[tuple[str, str, str]]
) -> None:
    seen = Seen(ingresses=None if classes is None else frozenset(classes))
    found = ingress.findings(needs_of([made(name)]), seen)
    assert [(each.verdict, each.problem, each.hint) for each in found] == told


def test_a_class_of_the_older_kind_needs_no_object() -> None:
    old = made(**{"kubernetes.io/ingress.class": "nginx"})
    assert ingress.served_by([old, {"kind": "Service", "metadata": {"name": "orders"}}]) == ()
