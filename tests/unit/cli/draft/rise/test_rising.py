from __future__ import annotations

import errno
import json
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from pipelinekit.adapters.folder.drafthome import DraftHome
from pipelinekit.cli.draft.here import Draft, Words
from pipelinekit.cli.draft.rise import afterwards, early, ground, moving, rising
from pipelinekit.cli.draft.rise.outcome import Outcome
from pipelinekit.cli.draft.rise.told import Log
from pipelinekit.cli.wiring.line import Options
from pipelinekit.errors import Refused, ToolFailed, failed, refused
from pipelinekit.model.app import Process, SecretRef
from pipelinekit.model.draft import Task, Tasks
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.release import ReleaseState, Target
from pipelinekit.steps.deploying.deployment import Prepared
from pipelinekit.steps.deploying.preflight import Survey
from pipelinekit.steps.innerloop.release import Chart
from tests import examples
from tests.manifests import thing

DEV = Environment(name="dev", cluster="c", namespace="{team}")
TARGET = Target(name="orders", environment=DEV, namespace="mine", context="c")


def test_a_log_that_cannot_be_kept_hides_no_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def told(_: Draft, __: Target, log: Log) -> None:
        log.say("a word")
        raise refused("reason", "why it failed")

    monkeypatch.setattr(ground, "made_ready", lambda *_: (None, Future()))
    monkeypatch.setattr(rising, "peers_now", lambda *_: {})
    monkeypatch.setattr(rising, "_require_all", lambda here, target, _, log: told(here, target, log))
    (tmp_path / "home").write_text("no folder")
    here = Draft(Options(path=str(tmp_path)), Words(home=str(tmp_path / "home")))
    with pytest.raises(Refused) as caught:
        rising.bring_up(here, TARGET, rising.Asked())
    assert caught.value.faults[0].code == "reason"
    assert "what was said is not kept" in capsys.readouterr().err


def test_why_an_up_has_failed_is_kept_until_one_ends_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = [failed("not-ready", "web: exits\nwith 9")]

    def risen(*_: object) -> bool:
        if faults:
            raise faults.pop()
        return True

    monkeypatch.setattr(rising, "_risen", risen)
    here = Draft(Options(path=str(tmp_path)), Words(home=str(tmp_path / "home")))
    with pytest.raises(ToolFailed):
        rising.bring_up(here, TARGET, rising.Asked())
    assert here.home.failure(afterwards.where_of(TARGET)) == "web: exits with 9"
    assert "error: web: exits" in here.home.logs("orders")[-1].read_text()
    rising.bring_up(here, TARGET, rising.Asked())
    assert here.home.failure(afterwards.where_of(TARGET)) == ""


def test_a_disk_that_gets_full_fails_the_up_and_ends_no_watch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def risen(*_: object) -> bool:
        raise OSError(errno.ENOSPC, "No space left on device", "/tmp/pipelinekit-x")

    monkeypatch.setattr(rising, "_risen", risen)
    here = Draft(Options(path=str(tmp_path)), Words(home=str(tmp_path / "home")))
    with pytest.raises(ToolFailed, match="No space left") as caught:
        rising.bring_up(here, TARGET, rising.Asked())
    assert "make room" in caught.value.faults[0].hint
    assert "No space left" in here.home.failure(afterwards.where_of(TARGET))


@pytest.mark.parametrize("line", ["", "app.yaml says what Dockerfile has not yet: `pipelinekit generate`"])
def test_the_last_line_says_what_app_yaml_says_and_the_copy_has_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    def built(*_: object) -> SimpleNamespace:
        return SimpleNamespace(tag="a" * 40, built=False, pushed=False)

    def prepared(*_: object) -> SimpleNamespace:
        return SimpleNamespace(values={"buildID": "01A"})

    monkeypatch.setattr(rising, "_begun", lambda *_: Chart(folder=tmp_path, digest="", values={}))
    ready: Future[None] = Future()
    ready.set_result(None)
    monkeypatch.setattr(ground, "made_ready", lambda *_: (None, ready))
    for name in ("peers_now", "_require_all", "workshop", "_install"):
        monkeypatch.setattr(rising, name, lambda *_: None)
    monkeypatch.setattr(early, "look", lambda *_: None)
    monkeypatch.setattr(early, "still_good", lambda *_: None)
    monkeypatch.setattr(moving, "documents", lambda _: None)
    monkeypatch.setattr(moving, "moved", lambda *_: False)
    monkeypatch.setattr("pipelinekit.steps.innerloop.image.image_of", built)
    monkeypatch.setattr(rising, "prepared", prepared)
    monkeypatch.setattr("pipelinekit.cli.draft.rise.behind.told", lambda _: line)
    monkeypatch.setattr("pipelinekit.cli.draft.rise.parity.told", lambda *_: [])
    here = Draft(Options(path=str(tmp_path)), Words(home=str(tmp_path / "home")))
    monkeypatch.setattr(Draft, "plan", None)
    outcome = rising.bring_up(here, TARGET, rising.Asked())
    assert outcome.sentence.endswith(f"revision 0; {line}" if line else "revision 0")
    assert outcome.row()["behind"] == line


@pytest.mark.parametrize(
    ("line", "pulls"), [("image.pullPolicy=Always", True), ("image.pullPolicy=IfNotPresent", False)]
)
def test_what_is_set_may_have_images_pulled_at_each_start(tmp_path: Path, line: str, *, pulls: bool) -> None:
    (tmp_path / "values.yaml").write_text("image:\n  pullPolicy: IfNotPresent\n")
    here = cast(
        "Draft",
        SimpleNamespace(settings=SimpleNamespace(set=(line,)), words=SimpleNamespace(environment="dev")),
    )
    assert rising.pulled(here, Chart(folder=tmp_path, digest="", values={})) is pulls


def test_the_command_for_a_secret_that_lacks_is_for_that_context_whatever_it_is_called() -> None:
    secret = SecretRef(kind="secret", path="keys", key="k")
    app = examples.app(processes={"web": Process(name="web", secrets={"KEY": secret})})
    cluster = SimpleNamespace(secret_versions=lambda *_: {})
    here = cast("Draft", SimpleNamespace(app=app, cluster=cluster))
    with pytest.raises(Refused) as caught:
        rising._require_all(here, replace(TARGET, context="a b"), {}, Log())
    assert "--context 'a b' " in caught.value.faults[0].hint


@pytest.mark.parametrize(
    ("text", "values", "rendered", "said"),
    [
        ("suspend: true", {}, True, ["Job/seed: it is suspended"]),
        ("suspend: true", {}, False, []),
        ("", {}, True, []),
        ("", {"job": {"suspend": True}}, True, ["Job/seed: it is suspended"]),
    ],
    ids=["it rests", "not to be rendered without its cluster", "it has no such word", "it is set"],
)
def test_a_job_of_the_chart_that_never_gets_ready_is_found_before_helm_watches_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    values: dict[str, object],
    rendered: bool,
    said: list[str],
) -> None:
    (tmp_path / "job.yaml").write_text(text)
    manifest = json.dumps(thing("Job", "seed", "batch/v1", spec={"suspend": True}))
    done = cast("Prepared", SimpleNamespace(archive=tmp_path, target=TARGET, layers=(), values=values))
    found: list[str] = []

    def deploy(each: Prepared, *, survey: Survey | None, **_: object) -> tuple[object, object]:
        found.extend(finding.problem for finding in (survey(each) if survey else ()))
        return SimpleNamespace(revision=1), SimpleNamespace(acted=True)

    monkeypatch.setattr("pipelinekit.steps.release.deploy", deploy)

    def render(*_: object) -> str:
        if not rendered:
            raise failed("chart-invalid", "it asks the cluster")
        return manifest

    here = cast("Draft", SimpleNamespace(helm=SimpleNamespace(render=render), cluster=None, objects=None))
    outcome = Outcome(namespace="mine")
    rising._install(here, done, rising.Asked(), Log(), outcome, lambda: None, None)
    assert found == said


@pytest.mark.parametrize(
    ("pre_up", "order"),
    [
        ((), ["helm", "ground", "look", "tasks"]),
        ((Task(about="", command="make chart"),), ["ground", "tasks", "helm"]),
    ],
)
def test_helm_begins_before_the_cluster_is_asked_and_after_tasks_that_may_change_the_chart(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, pre_up: tuple[Task, ...], order: list[str]
) -> None:
    done: list[str] = []

    def begun(*_: object) -> Chart:
        done.append("helm")
        return Chart(folder=tmp_path, digest="", values={})

    def ready(*_: object) -> tuple[ReleaseState, Future[None]]:
        done.append("ground")
        return ReleaseState(revision=1, status="deployed", values={}, manifest=""), Future()

    def look(_: Draft, __: Target, state: ReleaseState | None) -> Future[None]:
        done.extend(["look"] if state else [])
        return Future()

    def shop(*_: object) -> None:
        raise refused("reason", "far enough")

    monkeypatch.setattr(rising, "_begun", begun)
    monkeypatch.setattr(ground, "made_ready", ready)
    monkeypatch.setattr(early, "look", look)
    monkeypatch.setattr(rising, "peers_now", lambda *_: {})
    monkeypatch.setattr(rising, "_require_all", lambda *_: None)
    monkeypatch.setattr("pipelinekit.steps.innerloop.tasks.run_here", lambda *_: done.append("tasks"))
    monkeypatch.setattr(rising, "workshop", shop)
    monkeypatch.setattr(moving, "documents", lambda _: None)
    here = cast(
        "Draft", SimpleNamespace(tasks=Tasks(pre_up=pre_up), root=tmp_path, home=DraftHome(str(tmp_path)))
    )
    with pytest.raises(Refused, match="far enough"):
        rising.bring_up(here, TARGET, rising.Asked())
    assert done == order
