from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelinekit.cli.draft.connecting import connect
from pipelinekit.cli.draft.packs.making import create
from pipelinekit.errors import UsageError


def home_with(folder: Path, *repositories: str) -> Path:
    for each in repositories:
        chart = folder / "packs" / each / "packs" / "python" / "charts"
        chart.mkdir(parents=True)
        (chart / "Chart.yaml").write_text("name: python\n")
    return folder


@pytest.mark.parametrize(("repositories", "code"), [((), "pack-unknown"), (("one", "two"), "pack-ambiguous")])
def test_a_pack_that_is_not_there_or_there_twice_is_refused(
    tmp_path: Path, repositories: tuple[str, ...], code: str
) -> None:
    home = home_with(tmp_path / "home", *repositories)
    into = tmp_path / "orders"
    into.mkdir()
    done = CliRunner().invoke(create, [str(into), "--pack", "python", "--home", str(home)])
    assert isinstance(done.exception, UsageError)
    assert done.exception.faults[0].code == code
    assert not list(into.iterdir())


def test_a_folder_that_shows_no_language_is_told_the_option_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("print(1)\n")
    home = str(tmp_path / "home")
    done = CliRunner().invoke(create, [str(tmp_path), "-a", "orders", "--home", home])
    assert isinstance(done.exception, UsageError)
    assert "--language python|" in done.exception.faults[0].hint
    done = CliRunner().invoke(create, [str(tmp_path), "-a", "orders", "--language", "python"])
    assert done.exit_code == 0, done.output
    assert "language: python" in (tmp_path / "app.yaml").read_text()
    done = CliRunner().invoke(create, [str(tmp_path), "--pack", "go", "-l", "go", "--home", home])
    assert isinstance(done.exception, UsageError)
    assert done.exception.faults[0].code == "pack-language"


def test_what_says_nothing_beside_a_chart_that_is_kept_is_told(tmp_path: Path) -> None:
    (tmp_path / "charts/orders").mkdir(parents=True)
    done = CliRunner().invoke(create, [str(tmp_path), "-a", "orders", "-l", "go", "--team", "payments"])
    assert done.exit_code == 0, done.output
    for option in ("--language", "--team"):
        assert f"{option} says nothing here: charts/ is kept, and no app.yaml written" in done.stderr


def test_nothing_is_left_running_behind_a_connection(tmp_path: Path) -> None:
    done = CliRunner().invoke(connect, [str(tmp_path), "--detach"])
    assert isinstance(done.exception, UsageError)
    assert done.exception.faults[0].code == "no-detach"
