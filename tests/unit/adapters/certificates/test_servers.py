from __future__ import annotations

import json
import re
from typing import Any

import pytest

from pipelinekit.adapters.certificates.servers import pods_behind
from pipelinekit.adapters.cluster import kubectl
from pipelinekit.adapters.running.process import Completed
from pipelinekit.errors import ToolFailed
from tests import examples

SERVICE = {
    "metadata": {},
    "spec": {"selector": {"app": "web"}, "ports": [{"port": 8443, "targetPort": "https"}]},
}


POD = {
    "metadata": {"name": "web-0"},
    "spec": {"containers": [{"ports": [{"name": "http", "containerPort": 80}]}]},
    "status": {"phase": "Running"},
}


@pytest.mark.parametrize(
    ("service", "pods", "port", "code", "told"),
    [
        (SERVICE, (), 8444, "service-port", "Service web has no port 8444 .*ports that it has: 8443"),
        ({"metadata": {}, "spec": {}}, (), 8443, "service-port", "Service web selects no pods"),
        (SERVICE, (POD,), 8443, "service-port", "no pod behind Service web has a port that is called https"),
        (None, (), 8443, "service-missing", "there is no Service web in .* get services` lists"),
    ],
)
def test_what_a_service_lacks_is_told_each_in_its_own_words(
    service: Any, pods: tuple[Any, ...], port: int, code: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = iter([json.dumps(service) if service else "", json.dumps({"items": pods})])
    monkeypatch.setattr(kubectl, "run", lambda *_, **__: Completed(0, next(given), ""))
    with pytest.raises(ToolFailed) as caught:
        pods_behind({}, examples.target(), "web", port)
    fault = caught.value.faults[0]
    assert fault.code == code
    assert re.match(told, f"{fault.problem} ({fault.hint})")


def test_a_service_without_pods_is_no_fault_of_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    given = iter([json.dumps(SERVICE), '{"items": []}'])
    monkeypatch.setattr(kubectl, "run", lambda *_, **__: Completed(0, next(given), ""))
    assert pods_behind({}, examples.target(), "web", 8443) == []
