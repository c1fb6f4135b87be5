from __future__ import annotations

import pytest

from pipelinekit.adapters.cluster.asking import LONGEST, ask
from pipelinekit.adapters.running import process
from pipelinekit.errors import ToolFailed, failed


@pytest.mark.parametrize(
    ("code", "told"), [("tool-timeout", "cluster-unreachable"), ("tool-output", "tool-output")]
)
def test_a_server_that_keeps_whoever_asks_waiting_is_silent(
    monkeypatch: pytest.MonkeyPatch, code: str, told: str
) -> None:
    def run(_: object, *, timeout: float, **__: object) -> process.Completed:
        raise failed(code, f"kubectl did not finish within {timeout:.0f} s")

    monkeypatch.setattr(process, "run", run)
    with pytest.raises(ToolFailed) as caught:
        ask(["kubectl", "get", "pods"], "dev", env={})
    fault = caught.value.faults[0]
    assert fault.code == told
    assert f"kubectl did not finish within {LONGEST:.0f} s" in fault.problem
    assert ("`kubectl --context dev cluster-info`" in fault.hint) is (told == "cluster-unreachable")
