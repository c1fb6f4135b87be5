from __future__ import annotations

import io

import pytest

from pipelinekit.cli.jenkins import plans
from pipelinekit.errors import PipelinekitError


def test_a_question_that_is_not_about_jobs_names_no_plan_of_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(PipelinekitError) as caught:
        plans.agree("Bring these up in dev?", yes=False)
    said = caught.value.faults[0].problem
    assert (said.endswith("say --yes"), "jobs plan" in said) == (True, False)
