"""What `validate` reads of a platform."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.adapters.source import platforms
from pipelinekit.reading.platform.lock import FILE as LOCK
from tests.unit.cli.application.test_difference import PLATFORM, run


def test_a_platform_whose_lock_is_damaged_is_not_valid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / platforms.FILE).write_text(PLATFORM)
    monkeypatch.setattr(platforms, "_commit_of", lambda _: "")
    assert run("validate", "--path", str(tmp_path)) == 0
    (tmp_path / LOCK).write_text("<<<<<<< ours\napplications: []\n")
    assert run("validate", "--path", str(tmp_path)) == 6
    assert "the lock cannot be read" in capsys.readouterr().err


def test_who_is_in_the_wrong_folder_hears_which_application_was_not_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    document = tmp_path / platforms.FILE
    document.write_text(PLATFORM)
    here = tmp_path / "orders"
    here.mkdir()
    monkeypatch.setattr(platforms, "_commit_of", lambda _: "")
    monkeypatch.setenv("PIPELINEKIT_PLATFORM", str(document))
    # Of a platform alone there is nothing to say.
    assert run("validate", "--path", str(here)) == 0
    assert capsys.readouterr().err == ""
    (here / "app.yml").write_text("")
    assert run("validate", "--path", str(here)) == 0
    told = f"there is no app.yaml in {here}, so none was checked: there is app.yml: rename it to app.yaml"
    assert capsys.readouterr().err == f"notice: {told}\n"
    # Whoever names the platform means it.
    assert run("validate", "--path", str(here), "--platform", str(document)) == 0
    assert capsys.readouterr().err == ""
    assert run("validate", "--path", str(here / "gone"), "--platform", str(document)) == 6
    assert "there is no folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("entry", "code"),
    [("{name: keycloka}", 3), ("{name: keycloka, enabled: false}", 0), ("{name: pk-common}", 3)],
)
def test_a_component_that_is_nowhere_is_a_fault_as_it_is_to_every_other_verb(
    entry: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / platforms.FILE).write_text(f"{PLATFORM}components: [{entry}]\n")
    monkeypatch.setattr(platforms, "_commit_of", lambda _: "")
    assert run("validate", "--path", str(tmp_path)) == code
    assert ("did you mean 'keycloak'?" in capsys.readouterr().err) is (code == 3 and "keycloka" in entry)


@pytest.mark.parametrize(
    ("zone", "hint"),
    [("Europe/Pariss", "did you mean 'Europe/Paris'?"), ("../etc/passwd", "like Europe/Paris")],
)
def test_a_freeze_in_a_zone_that_is_not_there_is_a_fault_at_its_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    zone: str,
    hint: str,
) -> None:
    """Nobody could tell when it ends, and nothing would ever be promoted there."""
    window = "{from: Fri 16:00, to: Mon 08:00, zone: %s}"
    place = "  - {name: prod, cluster: one, namespace: x, freeze: [%s]}\n"
    document = f"{PLATFORM.partition('environments:')[0]}environments:\n{place % window}"
    (tmp_path / platforms.FILE).write_text(document % "Europe/Paris")
    monkeypatch.setattr(platforms, "_commit_of", lambda _: "")
    assert run("validate", "--path", str(tmp_path)) == 0
    capsys.readouterr()
    (tmp_path / platforms.FILE).write_text(document % zone)
    assert run("validate", "--path", str(tmp_path)) == 3
    told = capsys.readouterr().err
    line = next(number for number, each in enumerate(document.splitlines(), 1) if "zone:" in each)
    assert f"{platforms.FILE}:{line}:" in told
    assert f"there is no time zone '{zone}'" in told
    assert hint in told
