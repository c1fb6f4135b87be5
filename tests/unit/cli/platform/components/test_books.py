"""What a rollout tells the ledger of the platform that it is of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest

from pipelinekit.adapters.source import platforms
from pipelinekit.adapters.source.platforms import PlatformText
from pipelinekit.cli.platform.components import books
from pipelinekit.cli.platform.components.parts import Rollout
from pipelinekit.cli.wiring import books as wired
from pipelinekit.cli.wiring.identity import PIPELINE
from pipelinekit.errors import Refused, refused
from pipelinekit.model.ledger import PLATFORM as EVERYBODY
from pipelinekit.model.ledger import Event
from pipelinekit.model.rollout.part import Outcome
from tests.promotedparts import Bench

PLATFORM = """apiVersion: pipelinekit/v1
kind: Platform
metadata: {name: acme}
images: {registry: "registry.example:5000"}
charts: {repository: "oci://registry.example:5000/charts"}
ledger: {repository: "https://git.example/ledger.git"}
clusters: [{name: nonprod, context: acme-dev}]
environments: [{name: dev, cluster: nonprod, namespace: "{team}-dev"}]
"""


def test_the_ledger_is_told_the_commit_that_was_read_also_where_another_one_is_there_by_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits = iter(("1" * 40, "2" * 40))

    def read(source: str) -> PlatformText:
        return PlatformText(PLATFORM.encode(), source, next(commits), None, "")

    monkeypatch.setattr(platforms, "read_platform_text", read)
    here = Rollout(str(tmp_path))
    assert here.platform.name == "acme"
    told = books.told(here)
    assert told is not None
    assert told.platform == "1" * 40


def here_of(bench: Bench, *, ledger: str) -> Any:
    """A rollout of one component by a platform that names that ledger, or none."""
    platform = replace(bench.platform, ledger=ledger)
    return SimpleNamespace(
        platform=platform,
        environment=platform.environments[0],
        commit="1" * 40,
        shelf=replace(bench.shelf, platform=platform),
        site=bench.dev.site,
        parts={"store": bench.part("store")},
    )


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for each in PIPELINE:
        monkeypatch.delenv(each, raising=False)


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("ledger", ["https://git.example/ledger.git", ""], ids=["named", "own"])
def test_what_is_held_is_not_rolled_out_whichever_ledger_says_it(
    ledger: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(tmp_path)
    event = Event(kind="held", at=bench.now, environment="dev", reason="move")
    bench.ledger.append(EVERYBODY, [event], after="")
    monkeypatch.setattr(wired, "ledger_of", lambda _: bench.ledger)
    here = here_of(bench, ledger=ledger)
    told = books.told(here)
    assert told is not None
    with pytest.raises(Refused, match="dev is held against every version"):
        told.require_free(here.parts["store"])


def test_in_a_build_without_a_ledger_nobody_can_have_held_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JENKINS_URL", "https://jenkins.example")
    assert books.told(here_of(Bench(tmp_path), ledger="")) is None


@pytest.mark.usefixtures("terminal")
def test_without_a_home_for_one_that_is_said_and_nobody_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:

    def homeless(_: object) -> NoReturn:
        raise refused("ledger-none", "there is no home to keep a ledger in")

    monkeypatch.setattr(wired, "ledger_of", homeless)
    assert books.told(here_of(Bench(tmp_path), ledger="")) is None
    assert "whether dev is held or frozen is not known: there is no home" in capsys.readouterr().err


@pytest.mark.usefixtures("terminal")
def test_the_ledger_of_a_terminal_is_told_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(tmp_path)
    monkeypatch.setattr(wired, "ledger_of", lambda _: bench.ledger)
    here = here_of(bench, ledger="")
    told = books.told(here)
    assert told is not None
    books.tell(told, here, [Outcome(component="store", state="deployed")], lambda each: each.deployed)
    assert bench.ledger.entries == {}
