from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.cli.verbs import CONTRACT
from pipelinekit.generators.jobs import releases
from pipelinekit.model.jenkins.agent import Agent
from pipelinekit.model.jenkins.jobs import ADVANCE, PROMOTE
from pipelinekit.model.platform.document import (
    Charts,
    Cluster,
    Images,
    Jenkins,
    Origin,
    Platform,
    Registration,
)
from pipelinekit.model.platform.gates import Approvals
from pipelinekit.model.platform.people import LedgerKeys, SigningKey
from pipelinekit.render import render
from tests import examples
from tests.groovy import literals
from tests.hostile.values import ALL

SOURCE = Origin(repository="https://git.acme.example/platform.git", path="acme")
KEY = SigningKey(key="ssh-ed25519 AAAA")
LINUX = Agent(label="linux")


def platform(agent: Agent = LINUX, *, login: str = "nexus", count: int = 2, signed: bool = False) -> Platform:
    """One with an environment that asks for approvals, a ledger and a key of the folder of releases."""
    asked = Approvals(count=count, groups=("managers",), signed=signed) if count else None
    production = examples.environment("production", cluster="prod", after="dev")
    return examples.platform(
        images=Images(registry="r", credentials=login),
        charts=Charts(repository="oci://r/charts"),
        clusters=(Cluster(name="nonprod"), Cluster(name="prod", credentials="kube-prod")),
        environments=(examples.DEV, replace(production, approvals=asked)),
        jenkins=Jenkins(url="https://jenkins.acme.example/", source=SOURCE, agent=agent),
        ledger="ssh://git@git.acme.example/ledger.git",
        ledger_keys=LedgerKeys(release=(KEY,), release_credentials="ledger-release"),
        applications=(Registration(name="orders", team="payments", repository="https://g/o.git"),),
    )


def texts(given: Platform) -> dict[str, str]:
    return {path: file.text for path, file in render(releases.plan(given), templates()).items()}


def test_a_platform_whose_release_folder_has_no_key_gets_none() -> None:
    given = platform()
    assert set(texts(given)) == {PROMOTE, ADVANCE}
    for lacking in (
        replace(given, ledger=""),
        replace(given, ledger_keys=LedgerKeys()),
        replace(given, environments=(examples.DEV,)),
        replace(given, jenkins=None),
    ):
        assert texts(lacking) == {}


def test_they_load_no_library_and_speak_the_command_line_s_contract() -> None:
    for text in texts(platform()).values():
        assert "@Library" not in text
        assert "library(" not in text
        assert text.count(f"'PK_CONTRACT={CONTRACT}'") == 1
        assert list(literals(text))


def test_parameters_and_timer_are_none_of_the_script_s() -> None:
    for text in texts(platform()).values():
        assert "triggers {" not in text
        assert "parameters {" not in text


def test_a_question_for_each_approval_that_may_be_missing() -> None:
    assert texts(platform(count=3))[PROMOTE].count("input {") == 3
    assert "input {" not in texts(platform(count=0))[PROMOTE]
    assert "input {" not in texts(platform(signed=True))[PROMOTE]


@pytest.mark.parametrize("text", [each for each in ALL.values() if "\uffff" not in each])
def test_every_text_is_itself_to_groovy(text: str) -> None:
    given = platform(agent=Agent(label=text or "linux"))
    assert (text or "linux") in list(literals(texts(given)[PROMOTE]))


def test_a_build_that_begins_at_a_later_stage_has_shown_no_plan_and_promotes_none() -> None:
    """Jenkins restarts a stage without what the one before has put into the environment; empty is refused."""
    text = texts(platform())[PROMOTE]
    assert "[expect: env.PK_PLAN ?: '', " in text
    assert text.count("+ expected()") == text.count("pipelinekit('approve', release() + expected()") + 1
    assert "expected" not in texts(platform())[ADVANCE]
