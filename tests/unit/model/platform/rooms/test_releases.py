from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.model.platform.document import Jenkins
from pipelinekit.model.platform.people import LedgerKeys
from pipelinekit.model.platform.rooms import releases
from tests import examples
from tests.unit.generators.jobs.test_releases import platform


@pytest.mark.parametrize(
    ("lacks", "why"),
    [
        ({}, ""),
        ({"jenkins": None}, "jenkins.source"),
        ({"jenkins": Jenkins(url="https://j")}, "jenkins.source"),
        ({"ledger": ""}, "no ledger"),
        ({"ledger_keys": LedgerKeys(release_credentials="x")}, "names no key"),
        ({"ledger_keys": replace(platform().ledger_keys, release_credentials="")}, "the credential"),
    ],
)
def test_what_they_need_is_told(lacks: dict[str, object], why: str) -> None:
    given = replace(platform(), **lacks)  # type: ignore[arg-type]
    assert why in releases.why_none(given)
    assert releases.has_jobs(given) is not bool(why)


def test_without_an_environment_to_promote_to_there_are_none() -> None:
    assert not releases.has_jobs(replace(platform(), environments=(examples.DEV,)))


def test_as_many_questions_as_the_environment_with_most_approvals_may_need() -> None:
    assert [releases.questions(platform(count=each)) for each in (0, 1, 3)] == [0, 1, 3]
    assert releases.questions(platform(signed=True)) == 0


def test_only_clusters_that_are_promoted_to_are_reached() -> None:
    assert releases.kubeconfigs(platform()) == ("kube-prod",)
