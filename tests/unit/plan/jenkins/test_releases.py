from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.errors import Refused
from pipelinekit.model.jenkins.jobs import ADVANCE, PROMOTE, Folder, Pipeline
from pipelinekit.model.platform.document import Platform
from pipelinekit.model.platform.people import LedgerKeys
from pipelinekit.plan.jenkins import releases
from pipelinekit.plan.jenkins.jobs import guarded_credentials, notices, wanted_jobs
from tests.unit.generators.jobs.test_releases import platform


def pipelines(given: Platform) -> dict[str, Pipeline]:
    jobs = wanted_jobs(given, "seed", {PROMOTE: "promotes", ADVANCE: "advances"})
    return {each.path: each for each in jobs if isinstance(each, Pipeline)}


def test_one_is_started_by_people_the_other_by_the_clock() -> None:
    found = pipelines(platform())
    assert (found[PROMOTE].script, found[PROMOTE].cron) == ("promotes", "")
    assert (found[ADVANCE].script, found[ADVANCE].cron) == ("advances", releases.EVERY)
    assert found[ADVANCE].parameters == ()


def test_what_can_be_chosen_is_what_the_platform_has() -> None:
    of = {each.name: each for each in pipelines(platform())[PROMOTE].parameters}
    assert of["APPLICATION"].choices == ("", "payments/orders")
    assert of["ENVIRONMENT"].choices == ("production",), "an environment without a gate is deployed to"
    assert of["VERSION"].choices == ()
    assert of["EMERGENCY"].tick


def test_they_hold_what_a_promotion_needs_and_the_folder_says_so() -> None:
    held = ("nexus", "kube-prod", "ledger-release")
    assert pipelines(platform())[PROMOTE].credentials == held
    (folder,) = [
        each for each in wanted_jobs(platform(), "") if isinstance(each, Folder) and each.path == "release"
    ]
    assert folder.credentials == held
    of_teams = pipelines(platform(login="nexus-{team}"))[ADVANCE].credentials
    assert of_teams[0] == "nexus-payments"


def test_the_release_key_must_not_be_where_applications_reach_it() -> None:
    assert "ledger-release" in guarded_credentials(platform())


def test_what_keeps_a_platform_from_having_them_is_told() -> None:
    without = replace(platform(), ledger_keys=LedgerKeys())
    assert PROMOTE not in pipelines(without)
    (told,) = [each for each in notices(without) if "promote" in each]
    assert "ledger.release names no key" in told
    with pytest.raises(Refused, match="names no key"):
        releases.require_jobs(without)
    assert not [each for each in notices(platform()) if "promote" in each]
