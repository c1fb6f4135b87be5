"""Components past a gate: rolled out and verified in one environment, approved, promoted to another one.

The testbed has one cluster, so what was tested is removed before it is promoted: production's is then as
empty as another cluster is.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import yaml

from pipelinekit.adapters.source.ledger.gitledger import GitLedger
from pipelinekit.model.ledger import Event
from pipelinekit.reading.platform.document import read_platform
from tests import warm
from tests.real.app import Said
from tests.real.platform import TestPlatform, made_platform
from tests.real.remotes import Bare, bare
from tests.real.signers import Signers

pytestmark = pytest.mark.story
PEOPLE = ("ada", "grace")
APPROVED = {"count": 1, "from": ["release-managers"], "requester": False}


@dataclass
class Site:
    """A platform with two clusters, its repository, its ledger and people with keys."""

    platform: TestPlatform
    ledger: Bare
    main: Bare
    signers: Signers

    def publish(self, **production: Any) -> None:
        """Write the document, and put it on the main branch."""
        self.platform.on("store", "web")
        path = self.platform.folder / "platform.yaml"
        document = yaml.safe_load(path.read_text())
        context = self.platform.env["PK_TESTBED_CONTEXT"]
        document["clusters"] = [{"name": each, "context": context} for each in ("nonprod", "prod")]
        gate = {"name": "production", "cluster": "prod", "namespace": "{team}", "after": "test"}
        document["environments"] = [
            {"name": "test", "cluster": "nonprod", "namespace": "{team}", "automatic": True},
            {**gate, **production},
        ]
        document["ledger"] = {"repository": str(self.ledger.path)}
        document["people"] = [{"name": each, "keys": [self.signers.public(each).key]} for each in PEOPLE]
        document["groups"] = [{"name": "release-managers", "people": list(PEOPLE)}]
        path.write_text(json.dumps(document, indent=1))
        self.main.commit({"platform.yaml": path.read_text()})

    def by(self, person: str, *arguments: str) -> Said:
        """A verb of components by that person: promotion goes by the main branch, all else by the folder."""
        at_main = arguments[0] in ("promote", "approve")
        source = self.address if at_main else str(self.platform.folder)
        return self.run(person, "platform", *arguments, "--platform", source)

    def release(self, person: str, *arguments: str) -> Said:
        """A verb of releases, which has to succeed."""
        said = self.run(person, *arguments, "--platform", self.address)
        assert said.code == 0, f"{arguments}: {said.code}\n{said.out}\n{said.err}"
        return said

    def run(self, person: str, *arguments: str) -> Said:
        key = {"PIPELINEKIT_LEDGER_KEY": str(self.signers.private(person))}
        done = warm.run(
            [warm.PROGRAM, *arguments],
            env={**os.environ, **self.platform.env, **key},
            timeout=300,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    @property
    def address(self) -> str:
        """The main branch of the platform's repository."""
        return f"git+file://{self.main.path}"

    def must(self, person: str, *arguments: str) -> Said:
        """One that has to succeed."""
        said = self.by(person, *arguments)
        assert said.code == 0, f"{arguments}: {said.code}\n{said.out}\n{said.err}"
        return said

    def events(self, name: str = "store") -> list[Event]:
        known = read_platform(self.main.show("platform.yaml"))
        found = GitLedger(self.ledger.path, known, signed=True).history(f"components/{name}")
        assert found.troubled == ()
        return list(found.events)

    def given(self, name: str) -> dict[str, Any]:
        """The Deployment of a component."""
        words = ("get", "deployment", name, "--output", "json")
        found: dict[str, Any] = json.loads(self.platform.kubectl(*words, component=name))
        return found


@pytest.fixture(scope="module")
def site(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    signers = Signers(folder / "keys")
    signers.folder.mkdir()
    made = (bare(folder, "ledger", {}), bare(folder, "main", {"README": "platform"}))
    work = folder / "platform"
    work.mkdir()
    with made_platform(work, testbed) as platform:
        found = Site(platform, *made, signers)
        platform.component("store", policies=True, values={"replicas": 1})
        platform.component("web", needs=("store",))
        found.publish(approvals=APPROVED)
        yield found


def test_what_was_tested_is_promoted_byte_for_byte_once_others_have_approved_it(site: Site) -> None:
    gated = site.by("ada", "deploy", "--env", "production")
    assert (gated.code, "platform promote --all --to production" in gated.err) == (6, True)
    nothing = site.by("ada", "promote", "--all", "--to", "production")
    assert (nothing.code, "store: the ledger has nothing in test" in nothing.err) == (6, True)
    site.must("ada", "deploy", "--env", "test")
    site.must("ada", "verify", "--env", "test")
    assert [each.kind for each in site.events()[-3:]] == ["released", "deployed", "verified"]
    tested = site.given("store")["spec"]["template"]
    site.must("ada", "remove", "--env", "test", "--from", "store")
    closed = site.by("ada", "promote", "--all", "--to", "production")
    assert closed.code == 6
    assert closed.err.count("0 of 1 from release-managers") == 2
    plan = site.must("grace", "approve", "--all", "--to", "production", "--plan", "--json").json()["plan"]
    other = site.by("grace", "approve", "--all", "--to", "production", "--expect", f"sha256:{0:064}")
    assert (other.code, f"the plan is {plan} now" in other.err) == (6, True)
    site.must("grace", "approve", "--all", "--to", "production", "--expect", plan)
    site.must("ada", "promote", "--all", "--to", "production", "--plan")
    said = site.must("ada", "promote", "--all", "--to", "production")
    version = site.events()[-1].version
    assert said.out.splitlines()[0] == (
        f"store {version} runs in production (namespace {site.platform.prefix}-store)"
    )
    assert [each.kind for each in site.events()[-3:]] == ["requested", "promoted", "verified"]
    assert site.given("store")["spec"]["template"] == tested
    assert len({each.digests for each in site.events()}) == 1
    assert "store-policies" in site.platform.kubectl("get", "networkpolicies", component="store")


def test_run_again_nothing_is_done(site: Site) -> None:
    before = site.events()
    said = site.must("ada", "promote", "--all", "--to", "production", "--json")
    assert said.json()["acted"] is False
    assert site.events() == before


def test_a_changed_value_is_another_release_and_voids_the_approval(site: Site) -> None:
    first = site.events()[-1].version
    site.platform.component("store", policies=True, values={"replicas": 2})
    site.must("ada", "deploy", "--env", "test")
    site.must("ada", "verify", "--env", "test")
    second = site.events()[-1].version
    assert (first.partition("+")[0], first != second) == (second.partition("+")[0], True)
    closed = site.by("ada", "promote", "store", "--to", "production")
    assert (closed.code, "0 of 1 from release-managers" in closed.err) == (6, True)
    plan = site.must("grace", "approve", "store", "--to", "production", "--plan", "--json").json()["plan"]
    site.must("grace", "approve", "store", "--to", "production", "--expect", plan)
    site.publish(approvals=APPROVED, change="CHG###")
    void = site.by("ada", "promote", "store", "--to", "production")
    assert void.code == 6
    assert "grace's does not count: it is of another plan (gates: " in void.err
    assert "a change's number like CHG### is asked for" in void.err
    site.must("grace", "approve", "store", "--to", "production")
    site.must("ada", "promote", "store", "--to", "production", "--change", "CHG124")
    assert site.events()[-2].version == second
    site.publish()
    site.must("ada", "promote", f"store@{first}", "--to", "production", "--downgrade")
    assert site.given("store")["spec"]["replicas"] == 1


def test_a_freeze_and_a_hold_refuse_promotion_and_rollout(site: Site) -> None:
    site.publish()
    site.release("grace", "freeze", "--now", "--env", "production", "--reason", "audit")
    site.platform.component("web", needs=("store",), values={"replicas": 2})
    site.must("ada", "deploy", "--env", "test", "--only", "web")
    site.must("ada", "verify", "--env", "test", "--only", "web")
    closed = site.by("ada", "promote", "web", "--to", "production")
    assert (closed.code, "production was frozen by grace: audit" in closed.err) == (6, True)
    site.release("grace", "thaw", "--env", "production")
    site.release("grace", "hold", "component:web", "--env", "test", "--reason", "stock")
    held = site.by("ada", "deploy", "--env", "test", "--only", "web")
    assert (held.code, "test is held against every version by grace: stock" in held.err) == (6, True)
    plan = site.must("ada", "promote", "web", "--to", "production", "--plan", "--json").json()["plan"]
    site.must("ada", "promote", "web", "--to", "production", "--expect", plan)
    said = site.release("grace", "ledger", "log", "--app", "component:web")
    assert "component web" in said.out
    assert "was promoted to production, by ada" in said.out
    assert "component web in production: " in site.release("grace", "report", "component:web").out
    site.release("grace", "ledger", "verify")
