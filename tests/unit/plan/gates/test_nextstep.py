"""Every gate has a next step, and it is a command that there is."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from pathlib import Path

import pytest

from pipelinekit.cli.verbs import VERBS
from pipelinekit.model.ledger import Event
from pipelinekit.model.platform.gates import Freeze
from pipelinekit.model.promotion import SetPlan, Verdict
from pipelinekit.plan import gates
from pipelinekit.plan.gates.nextstep import GATES, faults, step
from tests.promotions import JENKINS, NOW, World, event, person


def named() -> set[str]:
    """The gates that the source opens and closes."""
    found = set()
    for path in Path(str(gates.__file__)).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            # `closed("order", …)`, and `(opened if … else closed)("order", …)`.
            if isinstance(node, ast.Call) and re.search(r"\b(opened|closed)\b", ast.unparse(node.func)):
                found |= {str(each.value) for each in node.args[:1] if isinstance(each, ast.Constant)}
    return found


def test_every_gate_is_told() -> None:
    assert named() == GATES.keys()


@pytest.mark.parametrize("gate", GATES)
def test_its_next_step_names_this_release_and_verbs_that_there_are(gate: str) -> None:
    told = step(World().case(), gate)
    assert told
    assert "{" not in told
    for verb in re.findall(r"pipelinekit ([a-z-]+)", told):
        assert verb in VERBS


def test_a_soak_sends_nobody_to_a_verb_that_would_not_go_on() -> None:
    told = step(World().case(), "soak")
    assert "then promote again, or, where production has `advance: true`, `pipelinekit advance`" in told
    assert "something else is in staging by now" in told


def test_a_soak_that_nobody_has_begun_is_begun_and_not_waited_for() -> None:
    world = World()
    world.say(JENKINS, event("promoted", environment="staging"))
    assert step(world.case(), "soak").startswith(
        "its soak has not begun: `pipelinekit advance orders` begins it, and it counts from then"
    )


def test_each_kind_of_freeze_has_its_own_end() -> None:
    world = World()
    window = Freeze(start="2026-01-01", end="2027-01-01")
    world.environment = replace(world.environment, freeze=(window,), emergency=())
    calendar = step(world.case(), "freeze")
    assert "it is the calendar's" in calendar
    assert "pipelinekit thaw" not in calendar
    assert "--emergency" not in calendar
    for place in ("production", ""):
        told = Event(kind="frozen", environment=place, at=NOW, reason="fire")
        world.say(person("ann"), told)
    world.environment = replace(world.environment, freeze=(), emergency=("sre", "leads"))
    assert step(world.case(), "freeze") == (
        "`pipelinekit thaw --env production` ends what was frozen by hand; `pipelinekit thaw` ends what was "
        "frozen by hand; or sre, leads go past it: --emergency --reason TEXT"
    )


@pytest.mark.parametrize("gate", ["approvals", "plan"])
def test_the_next_step_of_a_member_is_of_its_set(gate: str) -> None:
    world = World()
    whole = SetPlan(name="checkout", environment="production", members=())
    world.request = replace(world.request, together=whole)
    told = step(world.case(), gate)
    assert "--set FILE --to production" in told
    assert "orders" not in told


def test_each_closed_gate_is_an_error_of_its_own() -> None:
    verdicts = [Verdict("approvals", False, each) for each in ("first", "nobody")]
    verdicts.append(Verdict("other", False, "why"))
    first, one, other = faults(World().case(), verdicts, "orders may not go there")
    assert (first.code, first.problem, first.hint) == ("gate-approvals", "orders may not go there: first", "")
    assert (one.code, one.problem) == ("gate-approvals", "orders may not go there: nobody")
    assert one.hint.startswith("`pipelinekit approve orders@1.2.3 --to production`")
    assert (other.code, other.hint) == ("gate-other", "")


def test_who_has_released_what_is_not_committed_is_told_to_commit_it() -> None:
    assert step(World(version="1.2.3-dirty.gabc").case(), "version").startswith(
        "commit what is changed, and "
    )
