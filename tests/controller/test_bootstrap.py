"""Whether a controller has taken over, as `platform bootstrap` asks it."""

from __future__ import annotations

import pytest

from pipelinekit.adapters.jenkins.controller import Denied
from pipelinekit.cli.jenkins.controller import Site, read_site
from pipelinekit.cli.platform import bootstrap
from tests.controller.conftest import Platform
from tests.controller.server import Controller


@pytest.fixture
def site(platform: Platform) -> Site:
    platform.write()
    return read_site(str(platform.folder))


def test_one_that_runs_and_does_not_let_us_look_is_not_taken_for_none(
    jenkins: Controller, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PK_JENKINS_USER", "admin")
    monkeypatch.setenv("PK_JENKINS_PASSWORD", "wrong")
    jenkins.state.users["admin"] = ("secret", "token")
    with pytest.raises(Denied):
        bootstrap._jobs_there(site, (), must=True)
    assert bootstrap._jobs_there(site, (), must=False) is None
