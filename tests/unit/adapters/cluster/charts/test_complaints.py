from __future__ import annotations

import pytest

from pipelinekit.adapters.cluster.charts.complaints import require_packed
from pipelinekit.adapters.process import Completed
from pipelinekit.errors import ToolFailed


def test_a_missing_dependency_is_told_with_the_command_that_fetches_it() -> None:
    done = Completed(1, "", "Error: found in Chart.yaml, but missing in charts/ directory: redis, pg\n")
    with pytest.raises(ToolFailed, match="the chart depends on redis, pg") as caught:
        require_packed(done)
    assert "`helm dependency build charts/NAME`" in caught.value.faults[0].hint


def test_other_words_are_helms_own() -> None:
    with pytest.raises(ToolFailed, match="helm: no such chart"):
        require_packed(Completed(1, "", "Error: no such chart\n"))
    require_packed(Completed(0, "", ""))
