"""The commands of the pages, run as they are printed, on the testbed.

`make test` runs the tutorial; the other pages, which go on in its shop, are run by `make matrix P=pages`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import uuid4

import pytest

from tests.pages.checked import ROOT, RUN
from tests.pages.session import Session

TUTORIAL, *others = RUN


@pytest.fixture(scope="module")
def session(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("pages")
    (folder / "gitconfig").write_text("[user]\nname = ada\nemail = ada@example.com\n")
    registry, team, who = testbed["PK_TESTBED_REGISTRY"], f"t{uuid4().hex[:8]}", f"d{uuid4().hex[:6]}"
    own = {
        "REGISTRY": registry,
        "MIRROR": registry,
        "CONTEXT": testbed["PK_TESTBED_CONTEXT"],
        "TEAM": team,
        "PIPELINEKIT_DEVELOPER": who,
    }
    env = {
        **os.environ,
        **testbed,
        "GIT_CONFIG_GLOBAL": str(folder / "gitconfig"),
        "DRAFT_HOME": str(folder / "draft"),
        "PATH": f"{Path(sys.executable).parent}:{testbed['PATH']}",
    }
    yield Session(folder, own, env)
    spaces = [f"{team}-dev", f"{team}-staging", f"draft-{team}-{who}"]
    words = ["kubectl", "delete", "namespace", *spaces, "--ignore-not-found", "--wait=false"]
    subprocess.run(words, env=env, check=True, timeout=60, stdout=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def shop(session: Session) -> tuple[Session, list[str]]:
    """What the tutorial leaves, an application in two environments with platform and ledger; its faults."""
    return session, session.open(ROOT / TUTORIAL)


@pytest.mark.matrix("pages", sample=True)
def test_the_tutorial_runs_as_it_is_printed(shop: tuple[Session, list[str]]) -> None:
    assert shop[1] == []


@pytest.mark.matrix("pages")
@pytest.mark.parametrize("page", others, ids=[Path(each).stem for each in others])
def test_a_page_runs_as_it_is_printed(shop: tuple[Session, list[str]], page: str) -> None:
    assert shop[0].run(ROOT / page) == []
