from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.cli.draft import rising
from pipelinekit.cli.draft.here import Draft, Words
from pipelinekit.cli.wiring import Options
from pipelinekit.errors import Refused, refused
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.release import Target

DEV = Environment(name="dev", cluster="c", namespace="{team}")
TARGET = Target(name="orders", environment=DEV, namespace="mine", context="c")


def test_a_log_that_cannot_be_kept_hides_no_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def told(_: Draft, __: Target, log: rising.Log) -> None:
        log.say("a word")
        raise refused("reason", "why it failed")

    monkeypatch.setattr(rising, "_ready_place", lambda *_: None)
    monkeypatch.setattr(rising, "peers_now", lambda *_: {})
    monkeypatch.setattr(rising, "_require_all", lambda here, target, _, log: told(here, target, log))
    (tmp_path / "home").write_text("no folder")
    here = Draft(Options(path=str(tmp_path)), Words(home=str(tmp_path / "home")))
    with pytest.raises(Refused) as caught:
        rising.bring_up(here, TARGET, rising.Asked())
    assert caught.value.faults[0].code == "reason"
    assert "what was said is not kept" in capsys.readouterr().err
