from __future__ import annotations

from pathlib import Path

from tests.promoting import Bench


def test_it_is_made_of_ports_and_questions_alone(tmp_path: Path) -> None:
    around = Bench(tmp_path).around()
    assert around.clock(()).now == 1_790_000_000
    assert around.alive("me") is False
