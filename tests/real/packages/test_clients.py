"""Package proxies that ask for a password: each ecosystem's own client is let in."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from pipelinekit.model.platform.packages import CLIENTS, Ecosystem
from pipelinekit.model.release import Credentials
from pipelinekit.plan.logins import login_file
from tests.real import indexes
from tests.real.indexes import Index
from tests.real.packages.bench import GO_MOD, HOSTILE, SPACED
from tests.testbed import binaries, packages, toolchain
from tests.testbed.layout import Layout


def client(
    ecosystem: Ecosystem, index: Index, path: str, home: Path, *, login: bool
) -> tuple[str, dict[str, str]]:
    """The proxy's address, and an environment in which the client finds its login as in a build."""
    url = f"{index.address}{path}"
    home.mkdir()
    if login:
        file = home / CLIENTS[ecosystem].file.removeprefix("/root/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(login_file(ecosystem, url, Credentials(index.user, index.password)))
    env = {"HOME": str(home), "PATH": os.environ["PATH"], CLIENTS[ecosystem].argument: url}
    return url, env


def ran(argv: list[str], env: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        argv,
        env=env,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def let_in(done: subprocess.CompletedProcess[str], index: Index, *, login: bool) -> None:
    """Whether the client got what it wanted with the login, and only with it, and kept it to itself."""
    said = done.stdout + done.stderr
    assert (done.returncode == 0) is login, said
    assert bool(index.served) is login, said
    assert login or index.refused, said
    assert index.password not in said
    assert index.pair not in said


@pytest.mark.parametrize("login", [True, False], ids=["let in", "refused"])
@pytest.mark.parametrize("password", [HOSTILE, SPACED], ids=["hostile", "spaced"])
def test_pip(tmp_path: Path, password: str, login: bool) -> None:
    with indexes.serve(indexes.pypi, password) as index:
        _, env = client("pypi", index, "/simple", tmp_path / "home", login=login)
        quiet = ("--disable-pip-version-check", "--no-cache-dir", "--no-deps")
        argv = [sys.executable, "-m", "pip", "download", *quiet, "acme-greet==1.0"]
        let_in(
            ran(argv, {**env, "PIP_NO_INPUT": "1", "PIP_CONFIG_FILE": os.devnull}, tmp_path),
            index,
            login=login,
        )
    assert (tmp_path / "acme_greet-1.0-py3-none-any.whl").exists() is login


@pytest.mark.parametrize("login", [True, False], ids=["let in", "refused"])
@pytest.mark.parametrize("password", [HOSTILE, SPACED], ids=["hostile", "spaced"])
def test_npm(testbed: Mapping[str, str], tmp_path: Path, password: str, login: bool) -> None:
    node = binaries.unpacked(Layout.from_environment(), binaries.NODE)
    with indexes.serve(indexes.npm, password) as index:
        _, env = client("npm", index, "/repository/npm", tmp_path / "home", login=login)
        (tmp_path / "package.json").write_text('{"dependencies": {"acme-greet": "1.0.0"}}')
        npm = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        argv = [str(node / "bin" / "node"), str(npm), "install", "--no-audit", "--no-fund"]
        let_in(ran(argv, env, tmp_path), index, login=login)
    assert (tmp_path / "node_modules" / "acme-greet" / "index.js").exists() is login


POM = """\
<project>
  <modelVersion>4.0.0</modelVersion>
  <parent>
    <groupId>acme.example</groupId><artifactId>parent</artifactId><version>1</version><relativePath/>
  </parent>
  <artifactId>child</artifactId>
  <packaging>pom</packaging>
</project>
"""


@pytest.mark.parametrize("login", [True, False], ids=["let in", "refused"])
@pytest.mark.parametrize("password", [HOSTILE, SPACED.strip()], ids=["hostile", "spaced"])
def test_maven(testbed: Mapping[str, str], tmp_path: Path, password: str, login: bool) -> None:
    with indexes.serve(indexes.maven, password) as index:
        url, env = client("maven", index, "/maven", tmp_path / "home", login=login)
        if not login:
            mirror = f"<mirror><id>x</id><mirrorOf>*</mirrorOf><url>{url}</url></mirror>"
            settings = tmp_path / "home" / ".m2" / "settings.xml"
            settings.parent.mkdir()
            settings.write_text(f"<settings><mirrors>{mirror}</mirrors></settings>")
        (tmp_path / "pom.xml").write_text(POM)
        argv = [packages.required("mvn"), "--batch-mode", f"-Duser.home={tmp_path / 'home'}", "validate"]
        let_in(ran(argv, env, tmp_path), index, login=login)


def go(index: Index, tmp_path: Path, *, login: bool) -> subprocess.CompletedProcess[str]:
    found = toolchain.find(Layout.from_environment())
    assert found
    _, env = client("go", index, "/go", tmp_path / "home", login=login)
    (tmp_path / "ca.crt").write_text(index.ca)
    (tmp_path / "go.mod").write_text(GO_MOD)
    env |= {"SSL_CERT_FILE": str(tmp_path / "ca.crt"), "GOSUMDB": "off", "GOFLAGS": "-modcacherw"}
    return ran([str(found.root / "bin" / "go"), "mod", "download", "acme.example/greet"], env, tmp_path)


@pytest.mark.parametrize("login", [True, False], ids=["let in", "refused"])
def test_go(testbed: Mapping[str, str], tmp_path: Path, login: bool) -> None:
    with indexes.serve(indexes.go, HOSTILE, tls=tmp_path / "pki") as index:
        let_in(go(index, tmp_path, login=login), index, login=login)


def test_go_sends_no_login_over_http(testbed: Mapping[str, str], tmp_path: Path) -> None:
    """Why `platform.yaml` may not ask for it."""
    with indexes.serve(indexes.go, HOSTILE) as index:
        assert go(index, tmp_path, login=True).returncode != 0
    assert index.refused
    assert not index.served
