from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipelinekit.cli import main
from pipelinekit.cli.draft.here import Draft, Words
from pipelinekit.cli.draft.known import check
from pipelinekit.cli.wiring.line import Options
from pipelinekit.errors import DocumentInvalid, Refused, UsageError

NEVER = """
apiVersion: pipelinekit/v1
kind: Platform
metadata: {name: acme}
images: {registry: "platform:5000"}
charts: {repository: "oci://platform:5000/charts"}
clusters: [{name: nonprod, context: acme-dev}]
environments: [{name: dev, cluster: nonprod, namespace: "{team}-dev"}]
"""


def here(
    tmp_path: Path, *, option: str = "", toml: str = "", config: str = "", platform: bool = False
) -> Draft:
    (tmp_path / "home").mkdir()
    if config:
        (tmp_path / "home" / "config.toml").write_text(f'registry = "{config}"\n')
    (tmp_path / "draft.toml").write_text(
        f'[environments.development]\nname = "orders"\nregistry = "{toml}"\n'
    )
    (tmp_path / "platform.yaml").write_text(NEVER)
    source = str(tmp_path / "platform.yaml") if platform else ""
    options = Options(path=str(tmp_path), platform=source, registry=option)
    return Draft(options, Words(home=str(tmp_path / "home")))


@pytest.mark.parametrize(
    ("words", "image"),
    [
        ({"option": "o", "toml": "t", "config": "c", "platform": True}, "o/apps/orders"),
        ({"toml": "t", "config": "c", "platform": True}, "t/apps/orders"),
        ({"config": "c", "platform": True}, "c/apps/orders"),
        ({"platform": True}, "platform:5000/apps/orders"),
        ({"toml": "docker.io/me", "platform": True}, "docker.io/me/orders"),
        ({"toml": "docker.io/me/more/"}, "docker.io/me/more/orders"),
        ({}, "apps/orders"),
    ],
)
def test_the_nearest_registry_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: dict[str, str], image: str
) -> None:
    monkeypatch.delenv("PIPELINEKIT_REGISTRY", raising=False)
    assert str(here(tmp_path, **words).plan.image) == image  # type: ignore[arg-type]


def test_root_is_nobodys_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIPELINEKIT_DEVELOPER", raising=False)
    monkeypatch.setattr("getpass.getuser", lambda: "root")
    with pytest.raises(UsageError):
        _ = here(tmp_path).developer


def test_a_named_developer_is_taken_whoever_is_logged_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIPELINEKIT_DEVELOPER", "alice")
    found = here(tmp_path)
    assert (found.developer, found.own) == ("alice", True)


@pytest.mark.parametrize(("given", "called"), [("", "your namespace draft-alice"), ("x", "namespace x")])
def test_a_copy_is_not_said_to_go_to_the_environment_that_it_is_like(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, called: str
) -> None:
    monkeypatch.setenv("PIPELINEKIT_DEVELOPER", "alice")
    monkeypatch.setattr("pipelinekit.plan.draft.place.namespace_of", lambda _, name: f"draft-{name}")
    monkeypatch.setattr(Draft, "context", SimpleNamespace(name="c"))
    before = here(tmp_path)
    copy = Draft(replace(before.options, namespace=given), before.words).target
    assert (copy.where, copy.place) == (called, called)


def test_a_key_that_nothing_honours_is_refused(tmp_path: Path) -> None:
    found = here(tmp_path)
    (tmp_path / "home" / "config.toml").write_text('registri = "x"\n[[plugin]]\nname = "old"\n')
    with pytest.raises(DocumentInvalid) as caught:
        _ = found.config
    assert caught.value.faults[0].hint == "did you mean 'registry'?"


def test_plugins_of_classic_draft_are_passed_over(tmp_path: Path) -> None:
    found = here(tmp_path)
    text = 'registry = "x"\n[[plugin]]\nname = "old"\n[[repo]]\nname = "packs"\n'
    (tmp_path / "home" / "config.toml").write_text(text)
    assert found.config == {"registry": "x"}


def test_a_document_that_is_no_text_is_refused(tmp_path: Path) -> None:
    found = here(tmp_path)
    (tmp_path / "draft.toml").write_bytes(b"\xff")
    with pytest.raises(Refused) as caught:
        _ = found.settings
    assert caught.value.faults[0].code == "not-utf-8"


@pytest.mark.parametrize("days", ["²", "0", "91", "9" * 5000, "-1"])
def test_days_are_a_number_from_1_to_90(days: str) -> None:
    with pytest.raises(DocumentInvalid):
        check("days", days, "config.toml")


def test_a_folder_whose_name_gives_none_is_told_with_what_says_it(tmp_path: Path) -> None:
    folder = tmp_path / "日本"
    folder.mkdir()
    with pytest.raises(UsageError) as caught:
        _ = Draft(Options(path=str(folder)), Words(home=str(tmp_path))).app
    assert "--app NAME" in caught.value.faults[0].hint


@pytest.mark.parametrize("value", ["a\x7fb", "a\nb", "a\udcffb"])
def test_what_is_no_line_of_text_is_no_value(value: str) -> None:
    with pytest.raises(DocumentInvalid) as caught:
        check("allow-context", value, "config.toml")
    assert "no line of text" in caught.value.faults[0].problem


@pytest.mark.parametrize("folder", ["nothere", "draft.toml"])
def test_a_folder_that_is_none_is_told_by_the_word_that_named_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], folder: str
) -> None:
    (tmp_path / "draft.toml").write_text("")
    for words in (["up"], ["create"], ["pack", "lint"], ["pack", "test"]):
        with pytest.raises(SystemExit) as caught:
            main.run(["draft", *words, str(tmp_path / folder)])
        assert caught.value.code == 6
        said = capsys.readouterr().err
        assert "--path" not in said
        assert ("PACK" if words[0] == "pack" else "DIR") in said
