from __future__ import annotations

from pipelinekit.model.rollout.component import Call, Component, Flows
from pipelinekit.plan.rollout.drawing import as_dot, as_text, calls_of
from pipelinekit.plan.rollout.order import order_of

CALLS = Flows(calls=(Call(component="postgresql", offer="sql"), Call(component="gone")))
PARTS = [
    Component(name="vault"),
    Component(name="postgresql", needs=("vault",)),
    Component(name="keycloak", needs=("postgresql", "vault"), flows=CALLS),
]
ORDER = order_of(PARTS)
WHO = calls_of(PARTS, ORDER)


def test_as_text() -> None:
    assert as_text(ORDER, WHO) == (
        "1  vault",
        "2  postgresql  after vault",
        "3  keycloak  after postgresql, vault  calls postgresql:sql",
    )


def test_as_dot() -> None:
    said = as_dot(ORDER, WHO, "acme")
    assert '"vault" -> "postgresql";' in said
    assert '"keycloak" -> "postgresql" [style=dashed' in said
