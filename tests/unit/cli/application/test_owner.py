"""Whose an application is, where nobody or somebody else has said it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.cli.application import newapp
from pipelinekit.cli.application.owner import owner
from pipelinekit.errors import UsageError
from pipelinekit.reading.app import read_app
from tests.documents import PLATFORM

REGISTERED = """\
environments: [{name: dev, cluster: c, namespace: "{team}-dev"}]
applications:
- {name: orders, team: payments, repository: "https://git.example.com/orders.git"}
- {name: site, team: payments, repository: "https://git.example.com/site.git"}
- {name: site, team: shop, repository: "https://git.example.com/other.git"}
"""


@pytest.mark.parametrize(
    ("name", "team", "platform", "whose", "told"),
    [
        ("orders", None, False, "apps", "its team is apps, for none was named"),
        ("orders", "payments", False, "payments", ""),
        ("orders", None, True, "payments", "its team is payments, which platform acme registers it with"),
        ("site", None, True, "apps", "its team is apps"),
        ("orders", "paymets", True, "paymets", "acme knows no team paymets: did you mean 'payments'?"),
        ("orders", "x", True, "x", "known are: payments, shop"),
        ("orders", "payments", True, "payments", ""),
    ],
)
def test_the_team_is_the_named_one_or_the_registered_one(
    name: str, team: str | None, platform: bool, whose: str, told: str, tmp_path: Path
) -> None:
    document = tmp_path / "platform.yaml"
    document.write_text(PLATFORM + REGISTERED)
    found, remark = owner(name, team, str(document) if platform else "", tmp_path / name)
    assert (found, told in remark, bool(remark)) == (whose, True, bool(told)), remark


def test_a_descriptor_that_is_there_says_it(tmp_path: Path) -> None:
    (tmp_path / "app.yaml").write_text("")
    assert owner("orders", None, "", tmp_path) == ("apps", "")


SERVE = 'package main\n\nimport "net/http"\n\nfunc main() { http.ListenAndServe(":8080", nil) }\n'


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three services, of which the platform registers one for one team, and one for two."""
    for each in ("orders", "site", "worker"):
        (tmp_path / "repo" / each).mkdir(parents=True)
        (tmp_path / "repo" / each / "go.mod").write_text(f"module example.com/{each}\n\ngo 1.22\n")
        (tmp_path / "repo" / each / "main.go").write_text(SERVE)
    (tmp_path / "platform.yaml").write_text(PLATFORM + REGISTERED)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "repo"


def taken_in(repository: Path, *words: str) -> dict[str, str]:
    newapp.new_app.main(
        ["--from", "repo", "--no-git", "--platform", "platform.yaml", *words], standalone_mode=False
    )
    found = sorted(repository.glob("*/app.yaml"))
    return {each.parent.name: read_app(each.read_text()).team for each in found}


def test_each_of_several_has_the_team_that_it_is_registered_with(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert taken_in(repository, "--all") == {"orders": "payments", "site": "apps", "worker": "apps"}
    said = capsys.readouterr().err
    assert "notice: the team is the one that platform acme registers a name with, else apps: --team" in said


def test_one_of_several_without_a_name_has_the_team_that_it_is_registered_with(repository: Path) -> None:
    assert taken_in(repository, "--service", "orders") == {"orders": "payments"}


def test_a_team_that_is_named_goes_before_the_registered_ones(repository: Path) -> None:
    assert taken_in(repository, "--all", "--team", "shop") == dict.fromkeys(
        ("orders", "site", "worker"), "shop"
    )


def test_the_commands_that_are_told_name_the_teams(repository: Path) -> None:
    with pytest.raises(UsageError) as caught:
        taken_in(repository)
    hint = str(caught.value.faults[0].hint)
    assert "new-app orders --from repo --service orders --team payments\n" in hint
    assert "new-app worker --from repo --service worker\n" in hint
    assert "new-app --from repo --all --platform platform.yaml" in hint
