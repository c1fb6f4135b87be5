"""The commands of pages that need no cluster, run as they are printed: tests/pages/desk.md."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.network import site
from tests.pages.proofs import DESK
from tests.pages.session import Session
from tests.real.app import BIN
from tests.real.remotes import bare
from tests.real.signers import Signers

APP = """apiVersion: pipelinekit/v1
kind: Application
metadata: {name: %s, team: %s}
build: {language: python}
run: {port: 8080}
"""
OURS = ("PIPELINEKIT_", "PK_", "DRAFT_")


@pytest.fixture
def session(tmp_path: Path) -> Session:
    signers = Signers(tmp_path / "keys")
    signers.folder.mkdir()
    (tmp_path / "platform").mkdir()
    path = site.write(
        tmp_path / "platform", {f"{team}/{name}": APP % (name, team) for team, name in APPLICATIONS}
    )
    document = json.loads(path.read_text())
    document["environments"] = [
        {"name": "dev", "cluster": "one", "namespace": "{team}-dev", "automatic": True},
        {"name": "staging", "cluster": "one", "namespace": "{team}-staging", "after": "dev"},
        {"name": "production", "cluster": "one", "namespace": "{team}", "after": "staging"},
    ]
    document["ledger"] = {"repository": str(bare(tmp_path, "ledger", {}).path)}
    document["people"] = [{"name": each, "keys": [signers.public(each).key]} for each in ("ada", "grace")]
    path.write_text(json.dumps(document, indent=2))
    bare(tmp_path, "platform", {path.name: path.read_text()})
    (tmp_path / "gitconfig").write_text("[user]\nname = ada\nemail = ada@example.com\n")
    env = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    env |= {
        "HOME": str(tmp_path),
        "GIT_CONFIG_GLOBAL": str(tmp_path / "gitconfig"),
        "PATH": f"{BIN}:{os.environ['PATH']}",
    }
    return Session(tmp_path, {"LOST": signers.public("grace").fingerprint}, env)


APPLICATIONS = (("payments", "orders"), ("sales", "shop"))


@pytest.mark.parametrize("line", ["false", "false && true", "true && false && true", "false | true"])
def test_a_line_that_fails_is_a_fault_wherever_it_does(tmp_path: Path, line: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"```sh\ntrue && cd .\n{line}\ntrue\n```\n")
    (fault,) = Session(tmp_path, {}, dict(os.environ)).run(page)
    assert "page.md:1: exit code 1" in fault


def test_what_needs_no_cluster_runs_as_pages_have_it(session: Session) -> None:
    assert session.run(DESK) == []
