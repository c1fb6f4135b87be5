from __future__ import annotations

from dataclasses import replace

from pipelinekit.model.jenkins.jobs import DRAFTS, REAP, Folder, Pipeline
from pipelinekit.model.platform.document import Jenkins, Platform
from pipelinekit.plan.jenkins import drafts
from pipelinekit.plan.jenkins.jobs import guarded_credentials, notices, wanted_jobs
from tests.unit.generators.jobs.test_drafts import platform


def found(given: Platform) -> dict[str, Folder | Pipeline]:
    jobs = wanted_jobs(given, "seed", {REAP: "reaps"})
    return {each.path: each for each in jobs if isinstance(each, Folder | Pipeline)}


def test_the_clock_starts_it_in_a_folder_of_its_own() -> None:
    reap = found(platform())[REAP]
    assert isinstance(reap, Pipeline)
    assert (reap.script, reap.cron) == ("reaps", drafts.EVERY)
    assert [each.name for each in reap.parameters] == ["PLAN_ONLY"]
    assert found(platform())[DRAFTS].credentials == reap.credentials == ("kube-draft", "platform-git")


def test_who_does_not_ask_for_it_has_neither() -> None:
    assert not {DRAFTS, REAP} & found(replace(platform(), drafts=None)).keys()


def test_what_keeps_a_platform_from_having_it_is_told() -> None:
    without = replace(platform(), jenkins=Jenkins(url="https://j"))
    assert REAP not in found(without)
    assert [each for each in notices(without) if "looks after developers' namespaces" in each]
    assert not [each for each in notices(platform()) if "developers" in each]


def test_what_reaches_every_developer_s_namespace_must_not_be_where_applications_reach_it() -> None:
    assert "kube-draft" in guarded_credentials(platform())
