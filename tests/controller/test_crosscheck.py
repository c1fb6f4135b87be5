"""Our config.xml beside that of Jenkins Job Builder for the same jobs: the same, but for what is named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipelinekit.generators.configxml import config_xml
from pipelinekit.model.jenkins.jobconfig import differences
from pipelinekit.model.jenkins.jobs import Folder, Job, Pipeline
from pipelinekit.reading.configxml import read_config
from tests.controller.jobbuilder import definitions, rendered
from tests.unit.generators.test_configxml import FOLDER, GIT, GITHUB, SEED

JOBS: tuple[Job, ...] = (
    replace(FOLDER, text="Everybody's."),
    replace(SEED, text="Keeps the others.", script="pipeline {\n  agent any // <&> ${x}\n}\n"),
    replace(GITHUB, text="Orders."),
    replace(GIT, path="apps/payments/shop", text="Shop."),
)

SIGNED = {"description"}
"""It signs what it makes in the description, as we do."""

FREESTYLE = {"canRoam", "scm/@class", "primaryView", "viewsTabBar/@class"}
"""It writes fields of a freestyle job or a view into everything, and Jenkins drops them at the first save."""

VIEWS = {
    "views/hudson.model.AllView",
    "views/hudson.model.AllView/name",
    "views/hudson.model.AllView/properties/@class",
    "healthMetrics/com.cloudbees.hudson.plugins.folder.health.WorstChildHealthMetric",
}
"""What people arrange: we leave that to Jenkins and to them."""

SOURCE = "sources/data/jenkins.branch.BranchSource/source"
WIPE = f"{SOURCE}/traits/jenkins.plugins.git.traits.WipeWorkspaceTrait"
OURS = {
    f"{SOURCE}/id",  # ours stays when the repository moves
    f"{SOURCE}/repositoryUrl",  # what newer versions of the plugin show
    "sources/data/jenkins.branch.BranchSource/strategy/@class",  # the default, which Jenkins adds
    # It wakes once a day and may find that the day is not quite over; Jenkins itself writes H/4 for a day.
    "triggers/com.cloudbees.hudson.plugins.folder.computed.PeriodicFolderTrigger/spec",
    WIPE,  # it always wipes; we leave the workspace, in which an unchanged checkout is quick
    f"{WIPE}/extension/@class",
}


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rendered(definitions(JOBS), tmp_path_factory.mktemp("jobbuilder"))


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.path)
def test_both_say_the_same(theirs: Path, job: Job) -> None:
    ours = read_config(config_xml(job, job.text))
    other = read_config((theirs / job.path / "config.xml").read_text())
    known = SIGNED if isinstance(job, Pipeline) else SIGNED | FREESTYLE
    known = known if isinstance(job, Folder | Pipeline) else known | VIEWS | OURS
    told = {each.path for each in differences(ours, other)}
    assert told <= known
    assert ours.root == other.root
    assert ours.fields.keys() - told, "there is something that is the same"


def test_another_value_is_seen(theirs: Path) -> None:
    """The comparison bites."""
    changed = replace(GITHUB, text="Orders.", keep_days=8, script="other")
    other = read_config((theirs / GITHUB.path / "config.xml").read_text())
    told = {each.path for each in differences(read_config(config_xml(changed, "Orders.")), other)}
    assert told - SIGNED - FREESTYLE - VIEWS - OURS == {
        "factory/scriptPath",
        "orphanedItemStrategy/daysToKeep",
    }
