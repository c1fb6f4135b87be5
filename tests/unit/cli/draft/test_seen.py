from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipelinekit.adapters.cluster import kubectl
from pipelinekit.adapters.cluster.ground.places import DevelopersPlaces
from pipelinekit.cli.draft import seen
from pipelinekit.cli.draft.rise import rising
from pipelinekit.errors import CheckFailed, ToolFailed, failed
from pipelinekit.model.draft import Built
from pipelinekit.model.release import ReleaseState
from pipelinekit.plan.draft.debug import debugged, debuggers
from pipelinekit.steps.innerloop.release import Chart, Wishes, prepare
from tests import examples
from tests.doubles import Cluster

PLAN, TARGET = examples.plan(), examples.target()
WEB = {"command": ["python", "-m", "orders"], "replicas": 1}
CHART = Chart(
    folder=Path("unused"), digest="sha256:c", values={"image": {"digest": ""}, "processes": {"web": WEB}}
)
IMAGE = Built(repository="r/orders", tag="a" * 40, digest="sha256:1", built=True, pushed=True)


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize(("now", "same"), [(2, True), (3, False), (None, False)])
def test_what_draft_toml_sets_no_more_or_otherwise_is_stale(
    monkeypatch: pytest.MonkeyPatch, now: int | None, same: bool, debug: bool
) -> None:
    @contextmanager
    def chart_of(*_: Any) -> Iterator[Chart]:
        yield CHART

    monkeypatch.setattr(rising, "chart_of", chart_of)
    develop = debugged(debuggers(CHART.values, (), "python"), CHART.values) if debug else {}
    wishes = Wishes(sets={"processes": {"web": {"replicas": 2}}}, develop=develop)
    values = prepare(PLAN, TARGET, CHART, IMAGE, wishes, None, Cluster(), lambda _: None).values
    settings = SimpleNamespace(set=(f"processes.web.replicas={now}",) if now else ())
    app = SimpleNamespace(processes_in=lambda _: {})
    here: Any = SimpleNamespace(
        settings=settings, words=SimpleNamespace(environment="dev"), plan=PLAN, app=app
    )
    state = ReleaseState(revision=1, status="deployed", values=values, manifest="")
    assert seen._is_installed(here, TARGET, state) is same


def copy(monkeypatch: pytest.MonkeyPatch, *, installed: bool, reason: str = "", ahead: str = "") -> Any:
    """A copy whose folder has changed since, and whose last `up` failed for a reason."""
    state = ReleaseState(revision=3, status="deployed", values={"image": {"tag": "b" * 40}}, manifest="")
    monkeypatch.setattr(seen, "_tag_now", lambda _: "a" * 40)
    standing = SimpleNamespace(standing=SimpleNamespace(good=True))
    monkeypatch.setattr("pipelinekit.steps.deploying.deployment.compared", lambda *_: standing)
    monkeypatch.setattr("pipelinekit.cli.draft.rise.behind.told", lambda _: ahead)
    return SimpleNamespace(
        pinned=lambda: nullcontext(TARGET),
        helm=SimpleNamespace(state=lambda _: state if installed else None),
        places=SimpleNamespace(place=lambda _: SimpleNamespace(owner="ada", asleep=False, ends=None)),
        home=SimpleNamespace(failure=lambda _: reason),
        objects=None,
    )


AHEAD = "app.yaml says what Dockerfile has not yet, and so not this copy: `pipelinekit generate`"


@pytest.mark.parametrize("installed", [True, False])
@pytest.mark.parametrize("current", [True, False])
@pytest.mark.parametrize("ahead", ["", AHEAD])
def test_status_says_what_app_yaml_says_and_the_generated_files_have_not(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    installed: bool,
    current: bool,
    ahead: str,
) -> None:
    here = copy(monkeypatch, installed=installed, ahead=ahead)
    monkeypatch.setattr(seen, "_is_installed", lambda *_: True)
    monkeypatch.setattr(seen, "_tag_now", lambda _: ("b" if current else "a") * 40)
    body: Any = seen.status.callback
    for as_json in (True, False):
        # Whether it is stale is another matter.
        with nullcontext() if current or not installed else pytest.raises(CheckFailed):
            body.__wrapped__(here, as_json=as_json)
        said = capsys.readouterr().out
        if as_json:
            assert json.loads(said)["behind"] == ahead
        else:
            assert said.count("\n") == 1
            assert said.rstrip().endswith(f"; {ahead}") == bool(ahead)


@pytest.mark.parametrize("installed", [True, False])
@pytest.mark.parametrize("reason", ["", "web: exits with 9"])
def test_what_is_stale_is_said_once_and_why_the_last_up_failed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], reason: str, installed: bool
) -> None:
    here = copy(monkeypatch, installed=installed, reason=reason)
    body: Any = seen.status.callback
    ends = pytest.raises(CheckFailed) if installed else nullcontext()
    with ends as caught:
        body.__wrapped__(here, as_json=False)
    (line,) = capsys.readouterr().out.splitlines()
    assert line.endswith(f"; the last `up` failed: {reason}" if reason else "")
    assert bool(reason) == ("failed" in line)
    if caught:
        (fault,) = caught.value.faults
        assert (fault.problem, "draft logs" in fault.hint) == (
            f"what runs of {TARGET.name} is stale",
            bool(reason),
        )
        assert "revision 3, ready, stale" in line


@pytest.mark.parametrize("plan_only", [False, True])
def test_a_second_delete_while_the_namespace_goes_ends_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], plan_only: bool
) -> None:
    delete(monkeypatch, {"metadata": {"name": "x"}, "status": {"phase": "Terminating"}}, plan_only=plan_only)
    assert capsys.readouterr().out == (
        f"nothing is left to delete: namespace {TARGET.namespace} is being removed\n"
    )


def test_one_that_cannot_ask_the_cluster_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ToolFailed, match="does not answer"):
        delete(monkeypatch, None)


def delete(monkeypatch: pytest.MonkeyPatch, namespace: Any, *, plan_only: bool = False) -> None:
    """`draft delete` where the cluster has that namespace; None for a cluster that does not answer."""

    def found(*_: Any) -> Any:
        if namespace is None:
            raise failed("cluster-unreachable", "the cluster does not answer")
        return namespace

    monkeypatch.setattr(kubectl, "found", found)
    here: Any = SimpleNamespace(
        pinned=lambda: nullcontext(TARGET),
        helm=SimpleNamespace(state=lambda _: None),
        places=DevelopersPlaces({}),
        developer="ada",
    )
    body: Any = seen.delete.callback
    body.__wrapped__(here, name="", timeout=1, keep_namespace=False, plan_only=plan_only)
