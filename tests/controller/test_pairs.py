"""Every recorded configuration, applied by us: the plan right after is empty, in either text of Jenkins."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from pipelinekit.adapters.jenkins.controller import Client
from pipelinekit.adapters.jenkins.jobs import JenkinsJobs
from pipelinekit.model.jenkins.jobconfig import digest_of
from pipelinekit.model.jenkins.jobplan import Action, JobPlan, Wanted
from pipelinekit.model.jenkins.jobs import Folder, Job, Multibranch, Pipeline
from pipelinekit.model.jenkins.marker import Marker, with_marker
from pipelinekit.reading.configxml import read_config
from pipelinekit.steps import jobs as steps
from tests.controller import forms
from tests.controller.conftest import save_all
from tests.controller.recorded import RECORDINGS
from tests.controller.server import Controller
from tests.unit.generators.test_configxml import FOLDER, GITHUB, SEED
from tests.unit.plan.jenkins.test_jobs import platform

CASES = sorted(each.name for each in (RECORDINGS / "jobs").iterdir() if each.is_dir())
DROPPED_AT_A_SAVE = "posted-with-unknown-elements"
"""What Jenkins does not know it keeps until it saves the job: then the loss is told, again and again."""


def _job(root: str) -> Job:
    of: dict[str, Folder | Multibranch | Pipeline] = {forms.FOLDER: FOLDER, forms.MULTIBRANCH: GITHUB}
    return replace(of.get(root, SEED), path="case")


def _wanted(text: str) -> Wanted:
    """A recorded text as a job of ours: the same, with our mark in its description."""
    config = read_config(text)
    digest = digest_of(config)
    root = ET.fromstring(text.encode())
    description = root.find("description")
    if description is None:
        description = ET.SubElement(root, "description")
    description.text = with_marker(description.text or "", Marker(platform="acme", digest=digest))
    # Python writes a carriage return as it is, and XML's reader takes that for a line feed.
    xml = ET.tostring(root, encoding="unicode").replace("\r", "&#xd;")
    return Wanted(job=_job(config.root), xml=xml, config=config, digest=digest)


def _plan(wanted: Wanted, jobs: JenkinsJobs) -> JobPlan:
    return steps.plan_jobs(platform(), "c0ffee", [wanted], steps.survey([wanted], jobs, "acme"))


@pytest.mark.parametrize("saves", [0, 1, 2], ids=["as posted", "saved", "posted again and saved"])
@pytest.mark.parametrize("case", CASES)
def test_a_plan_right_after_apply_is_empty(jenkins: Controller, case: str, saves: int) -> None:
    jobs = JenkinsJobs(Client(jenkins.url, None))
    wanted = _wanted((RECORDINGS / "jobs" / case / "posted.xml").read_bytes().decode())
    first = _plan(wanted, jobs)
    assert [each.action for each in first.changes] == [Action.CREATE]
    (done,) = steps.apply(first, jobs, today="2026-11-24", say=lambda _: None)
    assert done.error is None
    for number in range(saves):
        if number:
            jobs.post("case", jobs.config("case") or "", create=False)
        save_all(jenkins.state)
    after = _plan(wanted, jobs)
    if saves and case == DROPPED_AT_A_SAVE:
        assert [each.action for each in after.changes] == [Action.UPDATE]
        assert all("oSuch" in each.path or "jira" in each.path for each in after.changes[0].differences)
        return
    assert [each.action for each in after.changes] == [Action.SAME]
    assert after.deeds == ()
