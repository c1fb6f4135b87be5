from __future__ import annotations

import pytest

from pipelinekit.adapters.cluster.charts.complaints import require_answered, require_packed
from pipelinekit.adapters.process import Completed
from pipelinekit.errors import ToolFailed
from tests import examples


def test_a_missing_dependency_is_told_with_the_command_that_fetches_it() -> None:
    done = Completed(1, "", "Error: found in Chart.yaml, but missing in charts/ directory: redis, pg\n")
    with pytest.raises(ToolFailed, match="the chart depends on redis, pg") as caught:
        require_packed(done)
    assert "`helm dependency build charts/NAME`" in caught.value.faults[0].hint


def test_other_words_are_helms_own() -> None:
    with pytest.raises(ToolFailed, match="helm: no such chart"):
        require_packed(Completed(1, "", "Error: no such chart\n"))
    require_packed(Completed(0, "", ""))


def test_a_server_that_has_not_answered_says_nothing_of_a_release() -> None:
    said = '1 error occurred: * Get "https://127.0.0.1:1/api/v1/pods": dial tcp: connect: connection refused'
    with pytest.raises(ToolFailed) as caught:
        require_answered(said, examples.target())
    assert caught.value.faults[0].code == "cluster-unreachable"
    require_answered("1 error occurred: * pod orders-test failed", examples.target())
