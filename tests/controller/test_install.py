"""`seed install`: the one job that keeps all others, put there once, and started when that is asked for."""

from __future__ import annotations

from collections.abc import Callable

from pipelinekit.model.jenkins.jobs import SEED
from tests.controller.conftest import Platform, Ran
from tests.controller.server import Controller


def test_the_seed_is_installed_once_and_started(
    jenkins: Controller, platform: Platform, kit: Callable[..., Ran]
) -> None:
    refused = kit("seed", "install", "--run", "--yes")
    assert refused.code == 2
    assert "does not say which repository it is in" in " ".join(refused.err.split())
    platform.jenkins = {"source": {"repository": "https://git.acme.example/platform.git"}}
    ran = kit("seed", "install", "--run", "--yes")
    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[-1].startswith(f"{SEED} is queued (item ")
    assert jenkins.state.find(SEED)
    assert jenkins.state.find("apps") is None, "the seed makes the others"
    before = len(jenkins.posted())
    assert kit("seed", "install", "--yes").code == 0
    assert len(jenkins.posted()) == before
