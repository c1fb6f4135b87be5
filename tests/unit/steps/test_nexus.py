"""Planning and applying against the double that validates every request; tests/real has the command line."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.errors import Refused
from pipelinekit.model.platform.nexus import Nexus, Repository, Tenant
from pipelinekit.steps import nexus as steps
from tests.nexus import DISCLAIMER, Server

TEAMS = (Tenant(team="pay", folders=("pay/",)), Tenant(team="shop", images=("shop",)))
WANTED = Nexus(
    url="https://nexus.acme.example",
    accept_eula=True,
    repositories=(
        Repository(name="all", format="docker", kind="group", members=("images",)),
        Repository(name="images", format="docker", kind="hosted"),
    ),
    tenants=TEAMS,
)
PASSWORDS = {"pipelinekit-push": "one", "pipelinekit-pull": "two", "nexus-pay": "three", "nexus-shop": "four"}


def quiet(_: str) -> None:
    """Nobody listens."""


def test_what_apply_does_is_what_the_plan_shows() -> None:
    server = Server()
    planned = steps.plan(WANTED, server)
    assert server.state.writes == []
    assert steps.apply(WANTED, server, PASSWORDS, quiet) == planned.lines
    assert steps.plan(WANTED, server).lines == ()
    writes = len(server.state.writes)
    assert steps.apply(WANTED, server, PASSWORDS, quiet) == ()
    assert len(server.state.writes) == writes


def test_the_agreement_is_returned_word_for_word() -> None:
    server = Server()
    assert steps.plan(WANTED, server).eula == DISCLAIMER
    steps.apply(WANTED, server, PASSWORDS, quiet)
    assert server.state.accepted


def test_without_the_documents_word_nothing_is_accepted_and_nothing_done() -> None:
    server = Server()
    with pytest.raises(Refused, match="licence agreement"):
        steps.apply(Nexus(url="https://n"), server, PASSWORDS, quiet)
    assert server.state.writes == []


def test_a_killed_apply_is_completed_by_the_next() -> None:
    done = Server()
    steps.apply(WANTED, done, PASSWORDS, quiet)
    for survived in range(len(done.state.writes)):
        server = Mortal(survived)
        with pytest.raises(Killed):
            steps.apply(WANTED, server, PASSWORDS, quiet)
        server.left = 1000
        steps.apply(WANTED, server, PASSWORDS, quiet)
        assert server.state.repositories == done.state.repositories
        assert server.state.users == done.state.users


def test_a_selector_that_was_widened_by_hand_is_put_back() -> None:
    server = Server()
    steps.apply(WANTED, server, PASSWORDS, quiet)
    state = server.state
    state.selectors["nexus-pay.docker"]["expression"] = 'path =~ ".*"'
    state.privileges["nexus-pay.docker.images"]["actions"].append("DELETE")
    state.users["nexus-pay"]["roles"].append("pipelinekit-push")
    assert state.may("nexus-pay", "edit", "images", "/v2/shop/manifests/1")
    assert len(steps.plan(WANTED, server).lines) == 3
    steps.apply(WANTED, server, {}, quiet)
    assert steps.plan(WANTED, server).lines == ()
    for action in ("add", "edit"):
        assert state.may("nexus-pay", action, "images", "/v2/pay/x/manifests/1")
        assert not state.may("nexus-pay", action, "images", "/v2/shop/manifests/1")
    assert state.may("nexus-pay", "read", "images", "/v2/shop/manifests/1")


def test_the_user_of_a_team_that_left_is_told() -> None:
    server = Server()
    steps.apply(WANTED, server, PASSWORDS, quiet)
    assert steps.plan(WANTED, server).former == ()
    smaller = replace(WANTED, tenants=TEAMS[:1])
    assert steps.plan(smaller, server).former == ("nexus-shop",)
    assert steps.plan(smaller, server).lines == ()


def test_two_new_users_do_not_share_a_password() -> None:
    server = Server()
    with pytest.raises(Refused, match="nexus-pay and nexus-shop would have one password"):
        steps.apply(WANTED, server, {**PASSWORDS, "nexus-shop": "three"}, quiet)
    assert server.state.writes == []


class Killed(BaseException):
    """The process is gone."""


class Mortal(Server):
    """A server whose client is killed after so many changes."""

    def __init__(self, left: int) -> None:
        super().__init__()
        self.left = left

    def send(self, method: str, path: str, body: object) -> None:
        if not self.left:
            raise Killed
        self.left -= 1
        super().send(method, path, body)
