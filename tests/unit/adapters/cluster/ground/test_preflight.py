from __future__ import annotations

import pytest

from pipelinekit.adapters.cluster.ground.preflight import Preflight
from pipelinekit.adapters.process import Completed
from pipelinekit.errors import ToolFailed
from tests import examples

LOOK = Preflight({}, lambda *_: True, lambda _: None, ())


@pytest.mark.parametrize(
    "said",
    [
        "The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?",
        'error when creating "STDIN": Post "https://127.0.0.1:1/api/v1/x": dial tcp: connection refused',
        'error when patching "STDIN": Patch "https://127.0.0.1:1/api/v1/x?force=true": EOF',
    ],
)
def test_a_server_that_has_not_answered_has_refused_nothing(said: str) -> None:
    with pytest.raises(ToolFailed) as caught:
        LOOK._refusals(examples.target(), Completed(1, "", f"{said}\n"))
    assert caught.value.faults[0].code == "cluster-unreachable"


@pytest.mark.parametrize(
    "end", ["EOF", "dial tcp 10.0.0.1:443: i/o timeout", "dial tcp: lookup x.y.svc: no such host"]
)
def test_what_a_server_says_of_its_webhook_is_a_refusal(end: str) -> None:
    said = f'failed calling webhook "x": failed to call webhook: Post "https://x.y.svc:443/z": {end}'
    answer = f"Error from server (InternalError): Internal error occurred: {said}\n"
    (refusal,) = LOOK._refusals(examples.target(), Completed(1, "", answer))
    assert refusal.endswith(said)
