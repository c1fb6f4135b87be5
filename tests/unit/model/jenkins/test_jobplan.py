from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from pipelinekit.errors import Refused
from pipelinekit.model.jenkins.jobconfig import Difference
from pipelinekit.model.jenkins.jobplan import Action, Change, JobPlan, from_json, to_json
from tests.hostile.values import ALL

CHANGE = Change(
    path="apps/payments/orders",
    kind="multibranch",
    action=Action.UPDATE,
    why="changed by hand",
    by_hand=True,
    differences=(Difference(path="description", live=None, wanted="x"),),
    xml="<a/>",
    live="1",
    wanted="2",
)
PLAN = JobPlan(platform="acme", commit="c0ffee", url="https://jenkins", changes=(CHANGE,))


def test_a_plan_is_itself_again() -> None:
    assert from_json(to_json(PLAN), "plan.json") == PLAN
    for text in ALL.values():
        plan = replace(PLAN, changes=(replace(CHANGE, xml=text, why=text),))
        assert from_json(to_json(plan), "plan.json") == plan


def test_unchanged_jobs_are_left_out() -> None:
    plan = replace(PLAN, changes=(CHANGE, replace(CHANGE, path="b", action=Action.SAME)))
    assert from_json(to_json(plan), "p").changes == (CHANGE,)


@pytest.mark.parametrize("action", Action)
def test_only_deeds_act(action: Action) -> None:
    acts = {Action.CREATE, Action.UPDATE, Action.DISABLE, Action.DELETE}
    assert replace(CHANGE, action=action).acts is (action in acts)
    plan = replace(PLAN, changes=(replace(CHANGE, action=action),))
    assert bool(plan.deeds) is (action in acts)
    assert plan.of(action) == plan.changes


def broken(**fields: Any) -> str:
    body = json.loads(to_json(PLAN))
    body["changes"][0] |= fields
    return json.dumps(body)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "1",
        json.dumps({**json.loads(to_json(PLAN)), "format": 2}),
        json.dumps({**json.loads(to_json(PLAN)), "changes": None}),
        json.dumps({**json.loads(to_json(PLAN)), "url": 1}),
        broken(action="explode"),
        broken(xml=None),
        broken(differences=[{"path": "a"}]),
        broken(differences=3),
    ],
)
def test_what_is_no_plan_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(Refused, match=r"plan\.json: this is no plan of pipelinekit"):
        from_json(text, "plan.json")
