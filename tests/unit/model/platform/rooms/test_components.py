from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.model.platform.document import Jenkins, Registration
from pipelinekit.model.platform.rooms import components
from tests import examples
from tests.unit.generators.jobs.test_components import platform


@pytest.mark.parametrize(
    ("lacks", "why"),
    [
        ({}, ""),
        ({"jenkins": None}, "jenkins.source"),
        ({"jenkins": Jenkins(url="https://j")}, "jenkins.source"),
        ({"environments": (examples.environment("production", after="dev"),)}, "has a gate"),
    ],
)
def test_what_they_need_is_told(lacks: dict[str, object], why: str) -> None:
    given = replace(platform(), **lacks)  # type: ignore[arg-type]
    assert why in components.why_none(given)
    assert components.has_jobs(given) is not bool(why)


def test_those_that_are_off_have_none() -> None:
    assert components.names(platform()) == ("vault", "keycloak")
    assert not components.has_jobs(replace(platform(), components=()))


def test_only_environments_without_a_gate_are_reached() -> None:
    assert dict(components.kubeconfigs(platform())) == {"dev": "kube-nonprod", "tools": "kube-prod"}


def test_they_hold_logins_kubeconfigs_and_the_repository_s() -> None:
    assert components.credentials(platform()) == ("nexus", "kube-nonprod", "kube-prod", "platform-git")
    assert components.credentials(replace(platform(), components=())) == ()


def test_an_id_by_team_is_the_folder_s_own_unless_a_team_is_called_so() -> None:
    given = platform(login="nexus-{team}", kube="kube-{team}")
    assert components.own(given) == {"nexus-platform", "kube-platform"}
    assert components.own(platform()) == frozenset()
    team = Registration(name="a", team="platform", repository="https://g/a.git")
    assert components.own(replace(given, applications=(team,))) == frozenset()
