"""Three applications that call each other, promoted as one: approved once, stopped half way, run again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.real import app
from tests.real.releasing import Releasing, releasing

NAMES = ("orders", "stock", "web")
CALLS = {
    "web": "calls: [orders]\n",
    "orders": "calls: [stock]\naccepts: [web]\n",
    "stock": "accepts: [orders]\n",
}

pytestmark = pytest.mark.matrix("sets")


@pytest.fixture(scope="module")
def sets(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sets]:
    folder = tmp_path_factory.mktemp("sets")
    gates = {"approvals": {"count": 1, "from": ["release-managers"], "requester": False}}
    with releasing(testbed, folder, **gates) as orders:
        made = {"orders": orders}
        for name in NAMES[1:]:
            with app.new(testbed, folder / "work", "dockerfile", name=name, team=orders.team) as other:
                env = {"PIPELINEKIT_PLATFORM": orders.application.env["PIPELINEKIT_PLATFORM"]}
                made[name] = replace(orders, application=other.with_env(**env))
        yield Sets(made, folder)


class Sets:
    """The three, and the file that names them."""

    def __init__(self, each: dict[str, Releasing], folder: Path) -> None:
        self.each, self.file, self.one = each, folder / "set.yaml", each["orders"]

    def release(self, level: str, bad: str = "") -> None:
        """Publish all three, one of which cannot start in staging, and name them caller first."""
        rows = []
        for name in reversed(NAMES):
            broken = "environments: {staging: {command: [no-such-program]}}\n" if name == bad else ""
            calls = "" if self.file.exists() else CALLS[name]
            version = self.each[name].release(level, calls + broken)
            rows.append({"name": name, "team": self.one.team, "version": version})
        head = {"apiVersion": "pipelinekit/v1", "kind": "ReleaseSet", "metadata": {"name": "checkout"}}
        self.file.write_text(json.dumps({**head, "applications": rows}))

    def words(self, verb: str, to: str, *more: str) -> tuple[str, ...]:
        return (verb, "--set", str(self.file), "--to", to, *more)

    def levels(self, place: str) -> list[str]:
        space, query = (
            f"{self.one.team}-{place}",
            "{.items[*].spec.template.spec.containers[0].env[?(@.name=='LEVEL')].value}",
        )
        found = self.one.application.tool(
            "kubectl", "-n", space, "get", "deployment", "-o", f"jsonpath={query}"
        )
        return found.split()


def test_as_one_to_staging_and_with_one_approval_to_production(sets: Sets) -> None:
    sets.release("one")
    one = sets.one
    plan = one.must("ada", *sets.words("promote", "staging", "--plan", "--json")).json()
    assert [each["application"].split("/")[1] for each in plan["members"]] == ["stock", "orders", "web"]
    one.must("ada", *sets.words("promote", "staging"))
    assert sets.levels("staging") == ["one"] * 3
    refused = one.by("ada", *sets.words("promote", "production"))
    assert (refused.code, refused.err.count("0 of 1 from release-managers")) == (6, 3)
    digest = one.must("grace", *sets.words("approve", "production", "--plan", "--json")).json()["plan"]
    one.must("grace", *sets.words("approve", "production", "--expect", digest))
    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(lambda who: one.by(who, *sets.words("promote", "production")), ["ada", "linus"]))
    assert sets.levels("production") == ["one"] * 3
    codes = sorted(each.code for each in said)
    assert codes in ([0, 0], [0, 6]), [each.err for each in said]
    assert all("the set checkout is on its way" in each.err for each in said if each.code == 6)
    again = one.must("ada", *sets.words("promote", "production", "--json")).json()
    assert again["acted"] is False


def test_a_bad_member_stops_it_and_what_was_promoted_is_taken_back_by_word(sets: Sets) -> None:
    sets.release("two", bad="orders")
    said = sets.one.by("ada", *sets.words("promote", "staging"))
    assert said.code == 5
    assert said.reason.startswith(f"error: {sets.one.team}/orders")
    assert sets.levels("staging") == ["one", "two", "one"]
    said = sets.one.must("ada", *sets.words("promote", "staging", "--take-back"))
    assert said.out.splitlines()[-1].startswith(
        "the set checkout had stopped, and is taken back in staging, and nothing was promoted: "
    )
    assert sets.levels("staging") == ["one"] * 3
    log = sets.one.must("ada", "ledger", "log").out
    assert "set checkout" in log
    assert "stock" in log
    sets.one.must("ada", "ledger", "verify", "--offline")
