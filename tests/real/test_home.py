"""What a pipeline calls is at home in a folder of its own, and knows where its agent keeps things."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from pipelinekit.adapters.registry.login import dockerconfig
from pipelinekit.cli import home
from pipelinekit.model.jenkins.agent import BUILDAH_STORE
from tests.real.app import BIN

APP = """\
apiVersion: pipelinekit/v1
kind: Application
metadata: {name: orders, team: payments}
build: {language: dockerfile}
run: {port: 8080}
"""


@pytest.fixture
def agent(tmp_path: Path) -> Path:
    """An agent's home with whatever people and administrators leave there."""
    old = tmp_path / "agent"
    files = {
        ".gitconfig": "[core]\n\tfsmonitor = touch /tmp/never\n",
        ".netrc": "machine x login a password b\n",
        ".docker/config.json": json.dumps(
            {
                "auths": {"r:5000": {"auth": "YTpi"}},
                "credsStore": "pass",
                "credHelpers": {"q": "pass"},
                "proxies": {"default": {"httpProxy": "http://proxy:3128"}},
                "cliPluginsExtraDirs": ["/opt/plugins"],
            }
        ),
        ".config/containers/registries.conf": 'unqualified-search-registries = ["r:5000"]\n',
        ".config/containers/policy.json": '{"default": [{"type": "insecureAcceptAnything"}]}',
        ".config/helm/registry/config.json": "{}",
        ".kube/config": "{}",
    }
    for path, text in files.items():
        (old / path).parent.mkdir(parents=True, exist_ok=True)
        (old / path).write_text(text)
    return old


@pytest.fixture
def new(tmp_path: Path) -> Path:
    folder = tmp_path / "new"
    folder.mkdir(mode=0o700)
    return folder


def test_what_administrators_have_set_is_told(agent: Path, new: Path) -> None:
    changes = home.moved({"HOME": str(agent)}, new, pull_request=False)
    assert changes["HOME"] == str(new)
    assert changes["DOCKER_CONFIG"] == str(agent / ".docker")
    assert changes["CONTAINERS_REGISTRIES_CONF"] == str(agent / ".config/containers/registries.conf")
    assert changes["HELM_CONFIG_HOME"] == str(agent / ".config/helm")
    assert changes["KUBECONFIG"] == str(agent / ".kube/config")
    assert "HELM_DATA_HOME" not in changes
    assert (new / ".config/containers/policy.json").read_bytes() == (
        agent / ".config/containers/policy.json"
    ).read_bytes()


def test_a_pull_request_finds_no_login(agent: Path, new: Path) -> None:
    changes = home.moved({"HOME": str(agent)}, new, pull_request=True)
    config = Path(changes["DOCKER_CONFIG"])
    assert config.is_relative_to(new)
    assert json.loads((config / "config.json").read_text()) == {
        "cliPluginsExtraDirs": [str(agent / ".docker/cli-plugins"), "/opt/plugins"],
        "proxies": {"default": {"httpProxy": "http://proxy:3128"}},
    }
    assert json.loads(Path(changes["REGISTRY_AUTH_FILE"]).read_text()).get("auths") is None
    assert not {"KUBECONFIG", "HELM_CONFIG_HOME"} & changes.keys()
    assert changes["BUILDX_CONFIG"] == str(agent / ".docker/buildx")


@pytest.mark.parametrize("pull_request", [False, True])
def test_what_is_set_already_stays(agent: Path, new: Path, *, pull_request: bool) -> None:
    given = {
        "HOME": str(agent),
        "KUBECONFIG": "/k",
        "CONTAINERS_REGISTRIES_CONF": "/r",
        "BUILDX_CONFIG": "/b",
        "HELM_CONFIG_HOME": "/h",
    }
    changes = home.moved(given, new, pull_request=pull_request)
    assert not changes.keys() & (given.keys() - {"HOME"})


def test_the_agents_own_logins_elsewhere_are_no_pull_requests_either(agent: Path, new: Path) -> None:
    given = {"HOME": "/nowhere", "DOCKER_CONFIG": str(agent / ".docker"), "REGISTRY_AUTH_FILE": "/auth.json"}
    changes = home.moved(given, new, pull_request=True)
    assert Path(changes["DOCKER_CONFIG"]).is_relative_to(new)
    assert Path(changes["REGISTRY_AUTH_FILE"]).is_relative_to(new)


def test_buildahs_images_stay_where_they_are(agent: Path, new: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert BUILDAH_STORE not in home.moved({"HOME": str(agent)}, new, pull_request=False) or os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    (new / ".config/containers/policy.json").unlink()
    (new / ".config/containers").rmdir()
    (agent / ".config/containers/policy.json").unlink()
    changes = home.moved({"HOME": str(agent)}, new, pull_request=True)
    assert changes[BUILDAH_STORE] == str(agent / ".local/share/containers/storage")
    moved = home.moved({"HOME": str(agent), "XDG_DATA_HOME": "/data"}, new, pull_request=True)
    assert moved[BUILDAH_STORE] == "/data/containers/storage"
    (agent / ".config/containers/storage.conf").write_text('[storage]\ngraphroot = "/images"\n')
    changes = home.moved({"HOME": str(agent)}, new, pull_request=True)
    assert BUILDAH_STORE not in changes
    assert changes["CONTAINERS_STORAGE_CONF"] == str(agent / ".config/containers/storage.conf")


def test_the_process_is_back_in_its_home_after_it(monkeypatch: pytest.MonkeyPatch, agent: Path) -> None:
    monkeypatch.setenv("HOME", str(agent))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(agent / ".config"))
    before = dict(os.environ)
    with home.apart():
        inside = Path.home()
        assert inside != agent
        assert "XDG_CONFIG_HOME" not in os.environ
    assert dict(os.environ) == before
    assert not inside.exists()


def test_a_login_for_docker_hub_is_written_for_engines_and_for_buildah() -> None:
    from pipelinekit.model.release import Credentials

    with dockerconfig.written(["docker.io"], lambda _: Credentials("u", "p")) as folder:
        auths = json.loads((folder / "config.json").read_text())["auths"]
    assert auths.keys() == {"docker.io", "https://index.docker.io/v1/"}


@pytest.fixture
def asked(tmp_path: Path, agent: Path) -> dict[str, str]:
    """A verb's git in the place of git: the home that it was started with, in a file."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "git").write_text(f'#!/bin/sh\necho "$HOME" >> {tmp_path}/homes\nexec /usr/bin/git "$@"\n')
    (tools / "git").chmod(0o755)
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "app.yaml").write_text(APP)
    return {
        "PATH": f"{tools}:{os.environ['PATH']}",
        "HOME": str(agent),
        "TMPDIR": str(tmp_path),
        "PK_CONTRACT": "1",
        "PK_ARGS": "{}",
    }


@pytest.mark.parametrize("words", [["version", "--args-env", "PK_ARGS"], ["version"]])
def test_the_library_calls_a_verb_away_from_home_and_a_person_at_home(
    asked: dict[str, str], agent: Path, tmp_path: Path, words: list[str]
) -> None:
    subprocess.run(
        [str(BIN / "pipelinekit"), *words], cwd=tmp_path / "work", env=asked, check=True, capture_output=True
    )
    homes = set((tmp_path / "homes").read_text().split())
    assert (homes == {str(agent)}) == (words == ["version"])
    assert len(homes) == 1
    assert list(tmp_path.glob(f"pipelinekit-{os.getuid()}/*")) == []
