from __future__ import annotations

import pytest

from pipelinekit.adapters.cluster import kubectl
from pipelinekit.adapters.cluster.parts import Parts
from pipelinekit.adapters.process import Completed
from pipelinekit.errors import ToolFailed
from tests import examples

ABSENT = 'Error from server (NotFound): cronjobs.batch "dump" not found'


@pytest.mark.parametrize(
    ("said", "code"),
    [(ABSENT, "backup-failed"), ("Unable to connect to the server: no such host", "cluster-unreachable")],
)
def test_a_backup_that_nothing_is_there_for_has_failed_and_a_cluster_that_is_away_is_away(
    said: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kubectl, "run", lambda *_, **__: Completed(1, "", said))
    with pytest.raises(ToolFailed) as caught:
        Parts({}).back_up(examples.target(), "dump", timeout=10)
    assert caught.value.faults[0].code == code
