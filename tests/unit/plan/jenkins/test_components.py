from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.errors import PipelinekitError, Refused, UsageError
from pipelinekit.model.jenkins.jobs import COMPONENTS, Folder, Pipeline
from pipelinekit.model.platform.document import ComponentEntry, Jenkins, Platform
from pipelinekit.plan.jenkins import components
from pipelinekit.plan.jenkins.jobs import guarded_credentials, notices, wanted_jobs
from tests import examples
from tests.unit.generators.jobs.test_components import platform


def pipelines(given: Platform) -> dict[str, Pipeline]:
    jobs = wanted_jobs(given, "seed", {COMPONENTS: "all of them", "platform/vault": "one"})
    return {each.path: each for each in jobs if isinstance(each, Pipeline)}


def test_one_for_all_and_one_for_each_that_is_on_started_by_people() -> None:
    found = pipelines(platform())
    assert set(found) == {"pipelinekit/seed", COMPONENTS, "platform/vault", "platform/keycloak"}
    assert (found[COMPONENTS].script, found["platform/vault"].script) == ("all of them", "one")
    assert {each.cron for each in found.values()} == {""}
    fewer = replace(platform(), components=(ComponentEntry(name="vault"),))
    assert "platform/keycloak" not in pipelines(fewer)


def test_what_can_be_chosen_is_what_the_platform_has() -> None:
    found = pipelines(platform())
    of = {each.name: each for each in found[COMPONENTS].parameters}
    assert of["ENVIRONMENT"].choices == ("dev", "tools", "lab"), "those without a gate"
    assert of["FROM"].choices == ("", "keycloak", "vault")
    assert of["PLAN_ONLY"].tick
    of = {each.name: each for each in found["platform/vault"].parameters}
    assert of["FROM"].tick


def test_they_hold_what_a_rollout_needs_and_the_folder_says_so() -> None:
    held = ("nexus", "kube-nonprod", "kube-prod", "platform-git")
    jobs = wanted_jobs(platform(), "")
    (folder,) = [each for each in jobs if isinstance(each, Folder) and each.path == "platform"]
    assert folder.credentials == held
    assert {each.credentials for each in jobs if each.path.startswith("platform/")} == {held}


def test_what_is_the_folder_s_own_must_not_be_where_applications_reach_it() -> None:
    given = platform(login="nexus-{team}", kube="kube-{team}")
    assert {"nexus-platform", "kube-platform"} <= guarded_credentials(given)


def test_what_keeps_a_platform_from_having_them_is_told() -> None:
    without = replace(platform(), jenkins=Jenkins(url="https://j"))
    assert COMPONENTS not in pipelines(without)
    (told,) = [each for each in notices(without) if "components" in each]
    assert "jenkins.source" in told
    gated = replace(platform(), environments=(examples.environment("production", after="dev"),))
    assert [each for each in notices(gated) if "every environment has a gate" in each]
    for given in (platform(), replace(platform(), components=())):
        assert not [each for each in notices(given) if "components" in each]


def test_where_there_are_none_the_reason_is_the_refusal() -> None:
    with pytest.raises(Refused, match="no component is on"):
        components.require_jobs(replace(platform(), components=()))
    components.require_jobs(platform())


@pytest.mark.parametrize(
    ("only", "start", "path", "told"),
    [
        ((), (), COMPONENTS, {}),
        (("vault",), (), "platform/vault", {}),
        ((), ("vault",), COMPONENTS, {"FROM": "vault"}),
    ],
)
def test_what_a_terminal_asks_for_has_one_job(
    only: tuple[str, ...], start: tuple[str, ...], path: str, told: dict[str, str]
) -> None:
    found = components.start_of(platform(), "dev", only, start)
    assert found == (path, {"ENVIRONMENT": "dev", **told})


@pytest.mark.parametrize(
    ("environment", "only", "kind"),
    [
        ("dev", ("vault", "keycloak"), UsageError),
        ("dev", ("nexus",), UsageError),
        ("dev", ("../../apps",), UsageError),
        ("nowhere", (), UsageError),
        ("production", (), Refused),
    ],
)
def test_what_no_job_can_be_told_is_said_before_one_starts(
    environment: str, only: tuple[str, ...], kind: type[PipelinekitError]
) -> None:
    with pytest.raises(kind):
        components.start_of(platform(), environment, only, ())
