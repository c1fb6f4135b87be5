from __future__ import annotations

import pytest

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.generators.jobdsl import interval, plan
from pipelinekit.model.jenkins.jobs import Folder, Job
from pipelinekit.render import render
from tests.groovy import literals
from tests.hostile.values import ALL
from tests.unit.generators.test_configxml import FOLDER, GIT, GITHUB, SEED

JOBS: tuple[Job, ...] = (FOLDER, SEED, GITHUB, GIT)


def script(jobs: tuple[Job, ...], description: str = "text") -> str:
    return render([plan([(job, description) for job in jobs], "acme")], templates())["jobs.groovy"].text


def test_every_job_is_in_it_in_order() -> None:
    text = script(JOBS)
    places = [text.index(each) for each in ("folder('apps')", "pipelineJob(", "github {", "git {")]
    assert places == sorted(places)
    assert "gitHubTrustPermissions()" in text
    assert "'services/orders/Jenkinsfile'" in text


def test_both_kinds_of_source_fetch_tags_and_history() -> None:
    for job in (GITHUB, GIT):
        text = " ".join(script((job,)).split())
        # All four, for the plugin asks for every argument of the constructor.
        wanted = "shallow(false) noTags(false) reference('') timeout(null)"
        assert f"cloneOptionTrait {{ extension {{ {wanted} }} }}" in text


# No document may hold U+FFFF, and no Groovy literal can.
@pytest.mark.parametrize("text", [each for each in ALL.values() if "\uffff" not in each])
def test_every_text_is_itself_to_groovy(text: str) -> None:
    job = Folder(path="apps", title=text, text="")
    assert [text, text] == list(literals(script((job,), text)))[1:3]


@pytest.mark.parametrize(
    ("seconds", "text"), [(86_400, "1d"), (7 * 86_400, "7d"), (3600, "1h"), (5400, "90m"), (61, "61s")]
)
def test_intervals(seconds: int, text: str) -> None:
    assert interval(seconds) == text
