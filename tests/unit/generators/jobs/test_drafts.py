from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.cli.verbs import CONTRACT
from pipelinekit.generators.jobs import drafts
from pipelinekit.model.jenkins.agent import Agent
from pipelinekit.model.jenkins.jobs import REAP
from pipelinekit.model.platform.document import Jenkins, Platform
from pipelinekit.model.platform.drafts import Drafts
from pipelinekit.render import render
from tests import examples
from tests.groovy import literals
from tests.hostile.values import ALL
from tests.unit.generators.jobs import test_components as components


def platform(agent: Agent = components.LINUX, *, kube: str = "kube-{team}") -> Platform:
    """One that wants its developers' namespaces looked after."""
    return replace(components.platform(agent, kube=kube), drafts=Drafts(idle=3600))


def texts(given: Platform) -> dict[str, str]:
    return {path: file.text for path, file in render(drafts.plan(given), templates()).items()}


def test_a_platform_that_does_not_ask_for_it_or_cannot_has_none() -> None:
    given = platform()
    assert set(texts(given)) == {REAP}
    for lacking in (
        replace(given, drafts=None),
        replace(given, environments=(examples.environment("production", after="dev"),)),
        replace(given, jenkins=Jenkins(url="https://j")),
        replace(given, jenkins=None),
    ):
        assert texts(lacking) == {}


def test_it_loads_no_library_and_holds_one_kubeconfig_alone() -> None:
    text = texts(platform())[REAP]
    assert "@Library" not in text
    assert text.count(f"'PK_CONTRACT={CONTRACT}'") == 1
    assert text.count("credentialsId: 'kube-draft'") == 1
    assert "usernamePassword" not in text
    assert "disableConcurrentBuilds()" in text
    assert "file(" not in texts(platform(kube=""))[REAP]


@pytest.mark.parametrize("text", [each for each in ALL.values() if "\uffff" not in each])
def test_every_text_is_itself_to_groovy(text: str) -> None:
    source = replace(components.SOURCE, branch=text, path=text, repository=text)
    given = platform(agent=Agent(label=text or "linux"))
    given = replace(given, jenkins=replace(given.jenkins, source=source))  # type: ignore[type-var]
    assert list(literals(texts(given)[REAP])).count(text) >= 4
