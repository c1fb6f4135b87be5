"""`draft up --all` in a repository with three applications, two of which call each other's neighbour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.real.app import Application
from tests.real.developer import Developer, developer


@pytest.fixture(scope="module")
def dev(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Developer]:
    """A developer in `services`: web calls api, api calls mail; beside them is a file of another tool's."""
    folder = tmp_path_factory.mktemp("several") / "services"
    with developer(testbed, folder, "dockerfile", name="mail") as found:
        team = found.application.team
        for name in ("api", "web"):
            found.application.verb(*("new-app", name, "--language", "dockerfile", "--team", team), cwd=folder)
        for caller, callee in (("web", "api"), ("api", "mail")):
            for name, line in ((caller, f"calls: [{callee}]"), (callee, f"accepts: [{caller}]")):
                text = folder / name / "app.yaml"
                text.write_text(f"{text.read_text()}{line}\n")
        for name in ("api", "web", "mail"):
            said = found.application.verb("generate", cwd=folder / name)
            assert said.code == 0, said.err
        Path(folder, "gae").mkdir()
        Path(folder, "gae/app.yaml").write_text("runtime: python312\n")
        yield found


def root(dev: Developer, above: int = 0) -> Application:
    """The developer in the folder that has all of them, or so many above it."""
    here = dev.application
    return Application(here.folder.parents[above], here.name, here.team, here.env)


def test_who_is_called_is_up_before_who_calls_and_again_nothing_is_done(dev: Developer) -> None:
    planned = root(dev).must("draft", "up", "--all", "--plan", "--json").json()
    assert [(each["application"], each["installed"]) for each in planned] == [
        ("mail", False),
        ("api", False),
        ("web", False),
    ]
    said = root(dev).must("draft", "up", "--all", "--json")
    assert [(each["application"], each["state"]) for each in said.json()] == [
        ("mail", "deployed"),
        ("api", "deployed"),
        ("web", "deployed"),
    ]
    # Whoever calls finds the copy beside it, and not the one of the environment.
    values = dev.application.tool("helm", "-n", dev.namespace, "get", "values", "web")
    assert dev.namespace in values
    again = root(dev, above=1).must("draft", "up", "--all", "services")
    assert again.out.splitlines()[-1] == "3 applications: all run already"


def test_one_that_fails_is_told_and_who_calls_it_is_not_begun(dev: Developer) -> None:
    here = root(dev)
    before = (here.folder / "mail/Dockerfile").read_text()
    here.write("mail/Dockerfile", f"{before}RUN false\n")
    here.write("web/index.html", "changed")
    said = here.verb("draft", "up", "--all", "--json")
    assert said.code == 5
    ends = {each["application"]: each["state"] for each in said.json()}
    assert ends == {"mail": "failed", "api": "waiting", "web": "waiting"}
    assert "mail: " in said.reason
    here.write("mail/Dockerfile", before)
    said = here.must("draft", "up", "--all", "--json")
    assert {each["application"]: each["state"] for each in said.json()} == {
        "mail": "unchanged",
        "api": "unchanged",
        "web": "deployed",
    }


@pytest.mark.parametrize("words", [("--watch",), ("--auto-connect",), ("--debug",)])
def test_what_holds_on_to_one_application_is_not_for_all(dev: Developer, words: tuple[str, ...]) -> None:
    said = root(dev).verb("draft", "up", "--all", *words)
    assert (said.code, said.reason) == (2, "error: --all brings up and ends")


def test_a_folder_without_any_application_is_told(dev: Developer, tmp_path: Path) -> None:
    said = dev.application.verb("draft", "up", "--all", str(tmp_path))
    assert said.code == 2
    assert "there is no app.yaml in or below" in said.reason


def test_a_document_that_is_wrong_stops_all_before_anything_is_built(dev: Developer) -> None:
    here = root(dev)
    before = (here.folder / "web/app.yaml").read_text()
    here.write("web/app.yaml", before + "colour: red\n")
    said = here.verb("draft", "up", "--all")
    assert (said.code, "colour" in said.reason) == (3, True)
    here.write("web/app.yaml", before)


def test_two_that_would_be_one_release_stop_all_before_anything_is_built(dev: Developer) -> None:
    here = root(dev)
    here.write("web/draft.toml", '[environments.development]\nname = "api"\n')
    said = here.verb("draft", "up", "--all")
    Path(here.folder, "web/draft.toml").unlink()
    assert said.code == 2
    assert f"api and web would both be the release 'api' in {dev.namespace}" in said.reason
