from __future__ import annotations

from dataclasses import replace

from pipelinekit.model.jenkins.jobs import CERTIFICATES, Folder, Pipeline
from pipelinekit.model.platform.document import Jenkins, Platform
from pipelinekit.plan.jenkins import certificates
from pipelinekit.plan.jenkins.jobs import guarded_credentials, notices, wanted_jobs
from tests.unit.generators.jobs.test_certificates import platform


def found(given: Platform) -> dict[str, Folder | Pipeline]:
    jobs = wanted_jobs(given, "seed", {CERTIFICATES: "renews"})
    return {each.path: each for each in jobs if isinstance(each, Folder | Pipeline)}


def test_the_clock_starts_it_in_the_folder_of_the_platform() -> None:
    job = found(platform())[CERTIFICATES]
    assert isinstance(job, Pipeline)
    assert (job.script, job.cron) == ("renews", certificates.EVERY)
    assert [each.name for each in job.parameters] == ["PLAN_ONLY"]
    assert job.credentials == ("kube-platform", "kube-prod", "kube-live", "platform-git")
    assert set(job.credentials) <= set(found(platform())["platform"].credentials)


def test_who_names_none_has_no_job() -> None:
    assert CERTIFICATES not in found(replace(platform(), certificates=None))


def test_what_keeps_a_platform_from_having_it_is_told() -> None:
    without = replace(platform(), jenkins=Jenkins(url="https://j"))
    assert CERTIFICATES not in found(without)
    assert [each for each in notices(without) if "renews certificates" in each]
    assert not [each for each in notices(platform()) if "certificates" in each]


def test_what_reaches_every_key_must_not_be_where_applications_reach_it() -> None:
    given = replace(platform(), components=())
    assert {"kube-platform", "kube-prod", "kube-live"} <= guarded_credentials(given)
