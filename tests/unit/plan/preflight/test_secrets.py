from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pipelinekit.model.ground.preflight import AWAITED, REFUSED, UNCHECKED, Seen
from pipelinekit.plan.preflight import secrets
from pipelinekit.plan.preflight.needs import needs_of
from tests.manifests import deployment, thing, variable


def found(seen: Seen, *objects: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    findings = secrets.findings(needs_of(objects), seen, "STEP", "kubectl")
    return [(each.verdict, each.code, each.problem) for each in findings]


API = deployment(variable("api", "key"))


@pytest.mark.parametrize(
    ("seen", "objects", "expected"),
    [
        ({"secrets": {"api": frozenset(("key",))}}, [], None),
        ({"secrets": {"api": frozenset(("other",))}}, [], (REFUSED, "secret-key-missing")),
        ({"secrets": {"api": frozenset()}, "kept": frozenset(("api",))}, [], (AWAITED, "secret-late")),
        ({"absent": frozenset(("api",))}, [], (REFUSED, "secret-missing")),
        ({"absent": frozenset(("api",)), "kept": frozenset(("api",))}, [], (AWAITED, "secret-late")),
        ({"absent": frozenset(("api",))}, [thing("ExternalSecret", "api")], (AWAITED, "secret-late")),
        ({"absent": frozenset(("api",))}, [thing("Secret", "api", stringData={"key": "x"})], None),
        (
            {"absent": frozenset(("api",))},
            [thing("Secret", "api", stringData={"no": "x"})],
            (AWAITED, "secret-late"),
        ),
        ({"secrets": {"api": None}}, [], (UNCHECKED, "secret")),
        ({}, [], (UNCHECKED, "secret")),
    ],
)
def test_a_secret_is_there_or_will_be_or_stands_in_the_way(
    seen: dict[str, Any], objects: list[dict[str, Any]], expected: tuple[str, str] | None
) -> None:
    said = [each[:2] for each in found(Seen(**seen), API, *objects)]
    assert said == ([expected] if expected else [])


def test_a_secret_that_nobody_makes_is_told_with_the_command_that_does() -> None:
    needs = needs_of([deployment(variable("api", "a"), variable("api", "b"))])
    seen = Seen(absent=frozenset(("api",)))
    (finding,) = dict.fromkeys(secrets.findings(needs, seen, "STEP", "kubectl --namespace shop"))
    assert finding.hint == (
        "nothing in the chart or the namespace makes it: "
        "kubectl --namespace shop create secret generic api --from-file=a=FILE --from-file=b=FILE"
    )


def test_a_missing_key_is_told_with_those_that_are_there() -> None:
    seen = Seen(secrets={"api": frozenset(("b", "a"))})
    (finding,) = secrets.findings(needs_of([API]), seen, "STEP", "kubectl")
    assert (finding.problem, finding.hint) == ("secret api has no key 'key'", "its keys: a, b")


def test_a_pull_secret_is_a_secret_like_any_other() -> None:
    made = deployment(imagePullSecrets=[{"name": "login"}])
    seen = Seen(absent=frozenset(("login",)))
    assert [each[1:] for each in found(seen, made)] == [("secret-missing", "secret login is not there")]
