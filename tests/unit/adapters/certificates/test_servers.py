from __future__ import annotations

import json
from typing import Any

import pytest

from pipelinekit.adapters.certificates.servers import pods_behind
from pipelinekit.adapters.cluster import kubectl
from pipelinekit.adapters.process import Completed
from pipelinekit.errors import ToolFailed
from tests import examples

SERVICE = {
    "kind": "Service",
    "metadata": {"name": "web"},
    "spec": {"selector": {"app": "web"}, "ports": [{"port": 8443, "targetPort": "https"}]},
}


@pytest.mark.parametrize(
    ("spec", "told"), [(SERVICE["spec"], "ports that it has: 8443"), ({}, "ports that it has: none")]
)
def test_a_port_that_a_service_lacks_is_told_with_those_that_it_has(
    spec: dict[str, Any], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = json.dumps({**SERVICE, "spec": spec})
    monkeypatch.setattr(kubectl, "run", lambda *_, **__: Completed(0, printed, ""))
    with pytest.raises(ToolFailed, match="Service web has no port 8444 with pods behind it") as caught:
        pods_behind({}, examples.target(), "web", 8444)
    assert (caught.value.faults[0].code, told in caught.value.faults[0].hint) == ("service-port", True)
