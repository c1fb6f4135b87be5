from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipelinekit.model.certificate import (
    DUE,
    EXPIRED,
    FINE,
    FOREIGN,
    KEYLESS,
    LOST,
    MISSING,
    OTHER,
    UNREADABLE,
    UNSERVED,
    UNTRUSTED,
    Facts,
    Held,
    Shown,
    Verdict,
)
from pipelinekit.model.platform.certificates import Authority, Certificate
from pipelinekit.plan import certificates as plans

NOW = 1_000_000
WANTED = Certificate(name="tls", namespace="web", names=("Web", "10.0.0.1"), duration=900, renew_before=300)
HELD = Held(version="1", type=plans.TLS, certificate="x", authority="root\n")
FACTS = Facts(serial="a1", begins=NOW - 10, ends=NOW + 890, names=("10.0.0.1", "web"), depth=0)


def state(held: Held | None = HELD, facts: Facts | None = FACTS, within: int | None = None) -> str:
    return plans.verdict(WANTED, held, facts, "root", NOW, within).state


@pytest.mark.parametrize(
    ("held", "facts", "expected"),
    [
        ({}, {}, FINE),
        ({}, {"ends": NOW + 301}, FINE),
        ({}, {"ends": NOW + 300}, DUE),
        ({}, {"ends": NOW + 1}, DUE),
        ({}, {"ends": NOW}, EXPIRED),
        ({}, {"ends": NOW, "distrust": "no"}, EXPIRED),
        ({}, {"begins": NOW + 5}, UNTRUSTED),
        ({}, {"distrust": "our authority has not signed it"}, UNTRUSTED),
        ({}, {"names": ("web",)}, OTHER),
        ({}, {"names": ("10.0.0.1", "web", "more")}, OTHER),
        ({}, {"depth": 1}, OTHER),
        ({"authority": "another"}, {}, OTHER),
        ({"owner": "somebody else's"}, {}, FOREIGN),
        ({"type": "Opaque"}, {}, FOREIGN),
    ],
)
def test_each_state_has_its_reason(held: dict[str, Any], facts: dict[str, Any], expected: str) -> None:
    found = plans.verdict(WANTED, replace(HELD, **held), replace(FACTS, **facts), "root", NOW)
    assert found.state == expected
    assert bool(found.why) == (expected != FINE)


def test_what_is_not_there_or_no_certificate_is_told() -> None:
    assert state(None, None) == MISSING
    assert state(facts=None) == UNREADABLE
    assert state(replace(HELD, owner="x"), None) == FOREIGN
    assert state(replace(HELD, type="kubernetes.io/dockerconfigjson"), None) == FOREIGN


def test_within_stands_for_how_early_it_is_due() -> None:
    assert state(within=889) == FINE
    assert state(within=890) == DUE


def test_a_key_that_is_not_its_own_comes_before_all_that_the_certificate_says() -> None:
    for facts in (FACTS, replace(FACTS, ends=NOW)):
        found = plans.verdict(WANTED, HELD, facts, "root", NOW, misfit="is empty")
        assert (found.state, found.why, found.renewable) == (KEYLESS, "its tls.key is empty", True)
    lost = plans.authority_verdict(Authority(), HELD, None, NOW, lost="it is gone")
    assert (lost.state, lost.renewable) == (LOST, False)
    theirs = replace(HELD, owner="somebody else's")
    assert plans.authority_verdict(Authority(), theirs, None, NOW, lost="it is gone").state == FOREIGN


def test_the_authority_has_times_of_its_own() -> None:
    wanted = Authority(duration=1000, renew_before=100)

    def of(facts: Facts | None, held: Held | None = HELD) -> str:
        return plans.authority_verdict(wanted, held, facts, NOW).state

    assert of(FACTS) == FINE
    assert of(replace(FACTS, ends=NOW + 100)) == DUE
    assert of(None) == UNREADABLE
    assert of(None, None) == MISSING
    assert of(replace(FACTS, distrust="it is no authority's certificate")) == UNTRUSTED
    assert of(replace(FACTS, distrust="it is no authority's certificate", ends=NOW)) == EXPIRED


def test_of_many_names_the_first_few_are_told() -> None:
    facts = replace(FACTS, names=tuple(f"h{number}.example.com" for number in range(100_000)))
    why = plans.verdict(WANTED, HELD, facts, "root", NOW).why
    assert why.startswith("it is for h0.example.com, h1.example.com, ")
    assert why.endswith(", 99990 more")


GOOD = Verdict(title="web/tls", state=FINE, serial="a1")


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ((Shown(pod="a", serial="a1"), Shown(pod="b", serial="a1")), FINE),
        ((Shown(pod="a", serial="a1"), Shown(pod="b", serial="a2")), UNSERVED),
        ((Shown(pod="a", serial="a1"), Shown(pod="b", why="silent")), UNSERVED),
        ((), UNSERVED),
    ],
)
def test_one_pod_that_shows_another_is_enough(shown: tuple[Shown, ...], expected: str) -> None:
    assert plans.with_shown(GOOD, shown, "nobody").state == expected
    assert plans.with_shown(replace(GOOD, state=DUE), shown, "nobody").state == DUE


def test_a_replacement_names_the_version_that_it_replaces() -> None:
    made = plans.secret("tls", "web", "acme", key="k", certificate="c", authority="r", version="7")
    assert made["metadata"]["resourceVersion"] == "7"
    assert made["type"] == "kubernetes.io/tls"
    assert "resourceVersion" not in plans.bundle("web", "acme", "r")["metadata"]
