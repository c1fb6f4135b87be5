from __future__ import annotations

import json

import pytest

from pipelinekit.adapters.cluster.charts import undo
from pipelinekit.adapters.running import process
from pipelinekit.errors import ToolFailed
from tests import examples

UNREACHABLE = 'Error: Kubernetes cluster unreachable: Get "https://127.0.0.1:1/version": connection refused\n'


def test_a_cluster_that_does_not_answer_has_not_said_that_nothing_ran_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = [UNREACHABLE, "Error: release: not found\n"]
    monkeypatch.setattr(process, "run", lambda *_, **__: process.Completed(1, "", said.pop(0)))
    with pytest.raises(ToolFailed, match="the cluster does not answer"):
        undo.last_good({}, examples.target())
    assert undo.last_good({}, examples.target()) is None


@pytest.mark.parametrize(
    ("statuses", "ran"),
    [
        (("failed", "failed"), False),
        (("pending-install",), False),
        (("deployed", "failed"), True),
        # Where a way back has failed, no revision is the deployed one.
        (("superseded", "superseded", "failed"), True),
        (("uninstalled",), True),
    ],
)
def test_a_release_has_run_once_a_revision_was_whole_whatever_came_after(
    monkeypatch: pytest.MonkeyPatch, statuses: tuple[str, ...], ran: bool
) -> None:
    told = [{"revision": at, "updated": "", "status": each} for at, each in enumerate(statuses, 1)]
    monkeypatch.setattr(process, "run", lambda *_, **__: process.Completed(0, json.dumps(told), ""))
    assert undo.has_run({}, examples.target()) is ran


@pytest.mark.parametrize(
    ("code", "manifest", "watchable"),
    [
        (0, "apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\nspec: {suspend: true}\n", False),
        (0, "apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\nspec: {}\n", True),
        (1, "", True),
    ],
)
def test_a_revision_with_jobs_that_never_get_ready_is_not_watched(
    monkeypatch: pytest.MonkeyPatch, code: int, manifest: str, watchable: bool
) -> None:
    asked: list[list[str]] = []

    def run(argv: list[str], **_: object) -> process.Completed:
        asked.append(argv)
        return process.Completed(code, manifest, "Error: release: not found")

    monkeypatch.setattr(process, "run", run)
    assert undo.is_watchable({}, examples.target(), 3) is watchable
    assert asked[0][:6] == ["helm", "get", "manifest", "orders", "--revision", "3"]
