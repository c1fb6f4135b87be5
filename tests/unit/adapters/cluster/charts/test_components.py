from __future__ import annotations

import pytest

from pipelinekit.adapters.cluster.charts.components import ComponentHelm
from pipelinekit.adapters.running import process
from pipelinekit.errors import ToolFailed
from tests import examples

GONE = 'release "orders" uninstalled\n'
NONE = "Error: uninstall: Release not loaded: orders: release: not found\n"
UNREACHABLE = "Error: Kubernetes cluster unreachable: connection refused\n"


def helm(monkeypatch: pytest.MonkeyPatch, missing: bool) -> ComponentHelm:
    """Helm as 3.17 and 4.2 speak: told to ignore what is not there, it says that it is uninstalled."""

    def watch(argv: list[str], **_: object) -> process.Completed:
        fails = missing and "--ignore-not-found" not in argv
        return process.Completed(1, "", NONE) if fails else process.Completed(0, GONE, "")

    monkeypatch.setattr(process, "watch", watch)
    return ComponentHelm({})


@pytest.mark.parametrize("missing", [True, False])
def test_a_release_that_is_not_there_is_not_said_to_be_removed(
    monkeypatch: pytest.MonkeyPatch, missing: bool
) -> None:
    assert helm(monkeypatch, missing).remove(examples.target(), timeout=5) is not missing


def test_a_cluster_that_does_not_answer_has_no_release_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    found = helm(monkeypatch, missing=False)
    monkeypatch.setattr(process, "watch", lambda *_, **__: process.Completed(1, "", UNREACHABLE))
    with pytest.raises(ToolFailed, match="Kubernetes cluster unreachable"):
        found.remove(examples.target(), timeout=5)
