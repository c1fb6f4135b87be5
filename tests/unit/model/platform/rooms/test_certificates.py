from __future__ import annotations

from dataclasses import replace

from pipelinekit.model.platform.document import Jenkins, Registration
from pipelinekit.model.platform.rooms import certificates as room
from tests.unit.generators.jobs.test_certificates import platform


def test_every_cluster_has_a_turn_whether_its_environments_have_gates_or_not() -> None:
    given = platform()
    found = [each.cluster for each in room.environments(given)]
    assert sorted(found) == sorted({each.cluster for each in given.environments})
    assert [each.name for each in room.environments(given)] == ["dev", "production", "lab", "live"]
    assert "kube-live" in room.credentials(given)


def test_what_it_needs_is_told() -> None:
    assert room.why_none(platform()) == ""
    without = replace(platform(), jenkins=Jenkins(url="https://j"))
    assert "jenkins.source" in room.why_none(without)
    assert room.credentials(without) == ()
    assert not room.has_job(replace(platform(), certificates=None))


def test_an_id_by_team_is_the_folder_s_own_unless_a_team_is_called_so() -> None:
    given = platform()
    assert room.own(given) == {"kube-platform"}
    assert room.own(replace(given, certificates=None)) == frozenset()
    team = Registration(name="a", team="platform", repository="https://g/a.git")
    assert room.own(replace(given, applications=(team,))) == frozenset()
