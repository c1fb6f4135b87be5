from __future__ import annotations

from pipelinekit.model.trouble import Trouble


def test_a_trouble_reads_as_a_sentence() -> None:
    assert str(Trouble(subject="pod a", problem="has no node")) == "pod a: has no node"
