from __future__ import annotations

import pytest

from pipelinekit.errors import failed
from pipelinekit.steps.deploying.outage import REFUSING, Outage


class Looks:
    """Looks a second apart, each with the code of what it fails with, or empty."""

    def __init__(self) -> None:
        self.now = 0.0
        self.outage = Outage(lambda: self.now)

    def final(self, *codes: str) -> list[bool]:
        found = []
        for code in codes:
            self.now += 1
            self.outage.note(failed(code, "no")) if code else self.outage.end()
            found.append(self.outage.is_final())
        return found


@pytest.mark.parametrize(
    ("code", "first"),
    [
        ("cluster-unreachable", None),
        ("cluster-login", REFUSING),
        ("cluster-untrusted", REFUSING),
        ("kubeconfig-missing", REFUSING),
        ("cluster-denied", REFUSING),
        ("not-kubernetes", REFUSING),
        ("cluster-failed", 0),
        ("tool-output", 0),
        ("disk-full", 0),
    ],
)
def test_a_silence_is_given_all_time_a_refusal_some_and_a_real_failure_none(
    code: str, first: float | None
) -> None:
    found = Looks().final(*[code] * 100)
    assert (found.index(True) if any(found) else None) == first


def test_an_answer_or_a_silence_between_refusals_begins_them_anew() -> None:
    refused = ["cluster-denied"] * 9
    assert not any(Looks().final(*refused, "", *refused, "cluster-unreachable", *refused))


def test_once_it_answers_nothing_has_failed() -> None:
    looks = Looks()
    looks.final("cluster-failed", "")
    assert (looks.outage.faults, looks.outage.is_final()) == ((), False)
