"""Who is refused, and who is only told."""

from __future__ import annotations

import pytest

from pipelinekit.cli.wiring import identity
from pipelinekit.errors import Refused
from pipelinekit.model.platform.document import Registration
from pipelinekit.model.release import Revision
from tests import examples

PLATFORM = examples.platform(
    applications=(Registration(name="orders", team="payments", repository="https://g.example/orders"),)
)


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in identity.PIPELINE:
        monkeypatch.delenv(name, raising=False)
    identity._tell.cache_clear()


@pytest.mark.parametrize("name", identity.PIPELINE)
def test_a_pipeline_of_another_repository_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "1")
    with pytest.raises(Refused, match="payments/orders is registered with") as caught:
        identity.check(
            examples.app(), Revision(tree="t", dirty=False, source="https://g.example/copy"), PLATFORM
        )
    assert caught.value.exit_code == 6
    identity.check(
        examples.app(), Revision(tree="t", dirty=False, source="ssh://git@g.example:22/orders.git"), PLATFORM
    )


def test_a_terminal_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(3):
        identity.check(
            examples.app(), Revision(tree="t", dirty=False, source="https://g.example/copy"), PLATFORM
        )
    said = capsys.readouterr().err
    assert said.count("notice: payments/orders is registered with https://g.example/orders") == 1
    assert "a pipeline is refused here" in said
