"""A report over several environments: one that does not answer is a line in it, and its exit code."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from pipelinekit.cli.line import checking, status
from pipelinekit.cli.line.several import changed_by_hand, installed_version, of_each
from pipelinekit.errors import ToolFailed, failed
from pipelinekit.model.deployment import Look
from pipelinekit.model.release import ReleaseState
from tests import examples
from tests.fielded import made

SILENT = "the cluster does not answer"


class Helm:
    """Nothing is installed where a cluster answers; those of `silent` do not."""

    def __init__(self, *silent: str) -> None:
        self.silent = silent

    def state(self, target: Any) -> None:
        if target.environment.name in self.silent:
            raise failed("cluster-unreachable", SILENT)


def here(*silent: str) -> Any:
    names = ("dev", "staging", "production")
    targets = {name: examples.target(examples.environment(name)) for name in names}
    return SimpleNamespace(
        app=SimpleNamespace(name="orders"),
        platform=SimpleNamespace(environments=[each.environment for each in targets.values()]),
        target=lambda environment: targets[environment.name],
        helm=Helm(*silent),
    )


def test_what_a_check_knows_of_the_others_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ToolFailed) as caught:
        checking.check(here("staging"), "", False, False)
    assert [each.problem for each in caught.value.faults] == [SILENT]
    said = capsys.readouterr().out.splitlines()
    assert [each.partition(" (")[0] for each in said] == ["dev", "staging", "production"]
    assert said[1].endswith(f"not known: {SILENT}")


def test_each_row_for_machines_has_the_same_keys(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ToolFailed):
        checking.check(here("production"), "", False, True)
    rows = json.loads(capsys.readouterr().out)
    assert [each["installed"] for each in rows] == [False, False, None]
    assert len({frozenset(each) for each in rows}) == 1


def test_a_status_of_one_that_is_not_known_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    callback: Any = status.status.callback
    while hasattr(callback, "__wrapped__"):
        callback = callback.__wrapped__
    with pytest.raises(ToolFailed):
        callback(here("dev"), "", as_json=False)
    first, *rest = capsys.readouterr().out.splitlines()
    assert first.endswith(f"not known: {SILENT}")
    assert [each.endswith("not installed") for each in rest] == [True, True]


def test_what_runs_is_told_where_a_webhook_keeps_it_from_being_compared() -> None:
    def look(*_: object) -> Look:
        raise failed("cluster-failed", 'failed calling webhook "a.example.com": connection refused')

    place = here()
    dev = place.platform.environments[0]
    running = made()
    running["metadata"]["labels"] = {"app.kubernetes.io/version": "1.2.3"}
    state = ReleaseState(revision=1, status="deployed", values={}, manifest=json.dumps(running))
    place.helm = SimpleNamespace(state=lambda _: state)
    place.objects = SimpleNamespace(look=look)
    place.cluster = SimpleNamespace(deployments=lambda _: [running], troubles=lambda *_, **__: ())
    row = status._status_of(place, dev)
    assert (row["ready"], row["versions"], row["changed"]) == (True, ["1.2.3"], [])
    assert row["troubles"][0].startswith("not compared with the chart: failed calling webhook")


def test_what_hands_have_changed_is_put_back_by_what_may_come_there() -> None:
    """By the release's own label: hands may have changed those of its objects."""
    labelled = made()
    labelled["metadata"]["labels"] = {"app.kubernetes.io/version": "1.2.3"}
    state = ReleaseState(revision=1, status="deployed", values={}, manifest=json.dumps(labelled))
    places = (examples.DEV, examples.environment("production", after="dev"))
    (fault,) = changed_by_hand("orders", places, lambda _: installed_version(state)).faults
    assert fault.problem == "orders is not as it was deployed in dev, production"
    assert "`pipelinekit deploy --env dev`" in fault.hint
    assert "`pipelinekit promote orders@1.2.3 --to production`" in fault.hint
    (fault,) = changed_by_hand("orders", places, lambda _: installed_version(None)).faults
    assert "`pipelinekit promote orders --to production`" in fault.hint


def test_a_line_names_no_version_where_none_is_found() -> None:
    row = {"environment": "dev", "namespace": "n", "installed": True, "status": "deployed", "revision": 2}
    row |= {"versions": [], "pods": {}, "images": [], "changed": [], "troubles": []}
    assert status._status_line(row) == "dev (namespace n): release deployed (revision 2)"
    row |= {"versions": ["0.1.1"], "pods": {"orders": "1/1"}}
    assert status._status_line(row) == "dev (namespace n): 0.1.1, release deployed (revision 2), orders 1/1"


def test_where_nothing_is_known_the_error_alone_is_told() -> None:
    for silent in (("a",), ("a", "b")):
        with pytest.raises(ToolFailed) as caught:
            of_each(silent, lambda _: _fail(), lambda *_: "unknown")  # type: ignore[arg-type]
        assert len(caught.value.faults) == len(silent)
    assert of_each((), lambda _: 1, lambda *_: 2) == ([], [])


def _fail() -> str:
    raise failed("x", SILENT)
