"""The two teams, for the tests of who refuses what."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from uuid import uuid4

import pytest

from tests import nexus as double
from tests.real import app, tenants
from tests.real.app import BIN
from tests.real.registries import mirror_login, signing_key
from tests.real.teams.world import World, document


@pytest.fixture(scope="module")
def world(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("tenants")
    short = f"t{uuid4().hex[:6]}"
    teams = [(short, "pay"), (f"{short}ments", "pay-ments")]
    keys = signing_key(testbed, folder)
    with ExitStack() as stack:
        nexus = stack.enter_context(double.serve())
        site = stack.enter_context(tenants.serve(nexus, testbed))
        platform = document(folder, site.address, testbed, (folder / "k.pub").read_text(), teams, nexus.url)
        passwords = {f"PK_NEXUS_TEAM_{team.upper()}_PASSWORD": f"{team}-secret" for team, _ in teams}
        subprocess.run(
            [str(BIN / "pipelinekit"), "nexus", "apply", "--platform", platform],
            env={
                **os.environ,
                **passwords,
                "PK_NEXUS_PASSWORD": "first",
                "PK_NEXUS_PUSH_PASSWORD": "push-secret",
                "PK_NEXUS_PULL_PASSWORD": "pull-secret",
            },
            check=True,
        )
        made = []
        for team, name in teams:
            of = stack.enter_context(app.new(testbed, folder / team, "dockerfile", name=name, team=team))
            of.tool("git", "remote", "add", "origin", f"ssh://git@git.acme.example:7999/{team}/{name}")
            env = {
                **keys,
                # Base images come from where a team's login means nothing.
                **mirror_login(testbed),
                "PIPELINEKIT_PLATFORM": platform,
                "PK_REGISTRY_USER": f"nexus-{team}",
                "PK_REGISTRY_PASSWORD": f"{team}-secret",
                "BRANCH_NAME": "main",
            }
            made.append(of.with_env(**env))
        for of in made:
            of.until("publish")
        yield World(site, platform, made[0], made[1], folder)
