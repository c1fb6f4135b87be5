"""The line writes the ledger: what was released, what runs where, what failed; once each."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from pipelinekit.adapters.source.ledger.gitledger import GitLedger
from pipelinekit.model.ledger import Event
from pipelinekit.model.platform.document import Platform
from pipelinekit.reading.platform.document import read_platform
from tests.real import app
from tests.real.app import Application
from tests.real.releasing import described
from tests.real.remotes import Bare, bare, git
from tests.real.signers import Signers


@pytest.fixture(scope="module")
def signers(tmp_path_factory: pytest.TempPathFactory) -> Signers:
    return Signers(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Bare:
    return bare(tmp_path_factory.mktemp("ledger"), "ledger", {})


@pytest.fixture(scope="module")
def orders(
    testbed: Mapping[str, str], ledger: Bare, signers: Signers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Application]:
    """An application of a platform with that ledger, published, with the key of its pipelines."""
    folder = tmp_path_factory.mktemp("journal")
    with app.new(testbed, folder, "dockerfile") as application:
        places = (
            {"name": "dev", "cluster": "c", "namespace": "{team}-dev", "automatic": True},
            {"name": "production", "cluster": "c", "namespace": "{team}", "after": "dev"},
        )
        people = [{"name": "ada", "keys": [signers.public("ada").key]}]
        document = folder / "platform.yaml"
        found = described(testbed, ledger, signers, application.team, places)
        document.write_text(json.dumps({**found, "people": people}))
        key = str(signers.private("pipeline"))
        with_key = application.with_env(PIPELINEKIT_PLATFORM=str(document), PIPELINEKIT_LEDGER_KEY=key)
        with_key.until("publish")
        yield with_key


def platform(orders: Application) -> Platform:
    return read_platform(Path(orders.env["PIPELINEKIT_PLATFORM"]).read_text())


def events(orders: Application, ledger: Bare) -> list[Event]:
    """What counts; nothing there may be in trouble."""
    found = GitLedger(ledger.path, platform(orders), signed=True).history(f"apps/{orders.team}/orders")
    assert found.troubled == ()
    assert {str(each.writer) for each in found} <= {f"the pipelines of {orders.team}", "ada"}
    return list(found.events)


def test_the_line_tells_each_thing_once(orders: Application, ledger: Bare) -> None:
    orders.must("deploy")
    orders.must("verify")
    told = events(orders, ledger)
    assert [(each.kind, each.environment) for each in told] == [
        ("released", ""),
        ("deployed", "dev"),
        ("verified", "dev"),
    ]
    assert len({each.digests for each in told}) == 1
    published = json.loads((orders.folder / ".pipelinekit/receipts/publish.json").read_text())
    assert (told[0].digests.image, told[0].digests.chart) == (published["image_digest"], published["digest"])
    assert told[0].platform.startswith("sha256:")
    assert abs(told[1].at - time.time()) < 600
    head = ledger.branches()[f"apps/{orders.team}/orders"]
    for verb in ("publish", "deploy", "verify"):
        orders.must(verb)
    assert ledger.branches()[f"apps/{orders.team}/orders"] == head
    for each in (orders.folder / ".pipelinekit/receipts").glob("ledger*"):
        each.unlink()
    for verb in ("publish", "deploy", "verify"):
        orders.must(verb)
    assert ledger.branches()[f"apps/{orders.team}/orders"] == head
    assert git("fsck", "--strict", cwd=ledger.path) == ""


def test_what_was_deployed_remembers_the_ledger_and_no_revision_comes_of_it(
    orders: Application, ledger: Bare
) -> None:
    branch = f"apps/{orders.team}/orders"
    shown = ("get", "deployment", "orders", "--output=json", "--show-managed-fields")
    deployment = json.loads(orders.tool("kubectl", "-n", orders.namespace, *shown))
    assert deployment["metadata"]["annotations"]["pipelinekit.dev/ledger"].startswith(f"acme:{branch}@")
    managers = {each["manager"] for each in deployment["metadata"]["managedFields"]}
    assert "pipelinekit-ledger" in managers
    history = orders.tool("helm", "-n", orders.namespace, "history", "orders", "-o", "json")
    assert len(json.loads(history)) == 1
    assert len(orders.objects("replicasets")) == 1
    orders.must("deploy", "--check")
    assert orders.must("deploy", "--json").json()[0]["acted"] is False
    words = ("ledger", "verify", "--json")
    sound = orders.must(*words).json()
    assert (sound["holds"], sound["anchors"], sound["releases"], sound["events"]) == (True, 2, 1, 3)
    text = orders.must("ledger", "verify").out.strip()
    assert text.endswith("3 events, 2 anchors, 1 release: all of it holds")
    # Who cuts the end off is found by what remembers it, and by nothing in the repository.
    head = ledger.branches()[branch]
    git("update-ref", f"refs/heads/{branch}", f"{head}~2", cwd=ledger.path)
    try:
        assert orders.must("ledger", "verify", "--offline", "--json").json()["holds"]
        cut = orders.verb("ledger", "verify")
        assert cut.code == 1
        assert "Deployment/orders in dev remembers a commit that is not in it any more" in cut.out
    finally:
        git("update-ref", f"refs/heads/{branch}", head, cwd=ledger.path)


def test_the_log_says_who_did_what(orders: Application) -> None:
    name = f"{orders.team}/orders"
    rows = orders.must("ledger", "log", "--app", name, "--env", "dev", "--since", "1d", "--json").json()
    assert [(each["kind"], each["writer"]["role"], each["trouble"]) for each in rows[:2]] == [
        ("deployed", "pipeline", ""),
        ("verified", "pipeline", ""),
    ]
    text = orders.must("ledger", "log", "--app", "orders").out.splitlines()
    assert text[0].endswith(f" was released, by the pipelines of {orders.team}")
    assert f"Z  {name} " in text[0]
    said = orders.verb("ledger", "log", "--app", "nothing")
    assert (said.code, "nobody knows an application nothing" in said.reason) == (2, True)


def test_what_is_refused_is_told_with_its_reason(orders: Application, ledger: Bare, tmp_path: Path) -> None:
    before = len(events(orders, ledger))
    file = tmp_path / "plan.json"
    orders.must("deploy", "--plan", "--out", str(file))
    plan = json.loads(file.read_text())
    plan["plans"][0]["digest"] = "sha256:other"
    file.write_text(json.dumps(plan))
    said = orders.verb("deploy", "--from-plan", str(file))
    assert said.code == 6
    (refused,) = events(orders, ledger)[before:]
    assert (refused.kind, refused.environment, refused.details["stage"]) == ("refused", "dev", "deploy")
    assert refused.reason in said.reason


def test_a_ledger_that_does_not_answer_stops_no_deployment_and_is_told_later(
    orders: Application, ledger: Bare
) -> None:
    orders.tool("kubectl", "-n", orders.namespace, "scale", "deployment/orders", "--replicas=2")
    before = len(events(orders, ledger))
    gone = ledger.path.rename(ledger.path.with_name("gone.git"))
    try:
        said = orders.must("deploy")
        assert "not in the ledger: deployed" in said.err
        assert "cannot be read" in said.err
    finally:
        gone.rename(ledger.path)
    orders.must("deploy")
    (told,) = events(orders, ledger)[before:]
    assert told.kind == "deployed"


def test_without_a_key_a_terminal_is_told_so_and_goes_on(orders: Application, ledger: Bare) -> None:
    head = ledger.branches()[f"apps/{orders.team}/orders"]
    for each in (orders.folder / ".pipelinekit/receipts").glob("ledger*"):
        each.unlink()
    bare_terminal = replace(
        orders, env={**orders.env, "PIPELINEKIT_LEDGER_KEY": "", "SSH_AUTH_SOCK": "", "HOME": "/nonexistent"}
    )
    said = bare_terminal.must("verify")
    assert "not in the ledger: verified" in said.err
    assert "no key is known" in said.err
    assert "git config --global user.signingkey" in said.err
    said = bare_terminal.must("run", "--from", "verify", "--until", "verify")
    assert "; not in the ledger, so it cannot be promoted" in said.out.splitlines()[-1]
    assert ledger.branches()[f"apps/{orders.team}/orders"] == head
