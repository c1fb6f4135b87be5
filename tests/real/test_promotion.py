"""A release on its way through three environments, with gates, people and their keys."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipelinekit.adapters.registry.login.credentials import from_docker_config
from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.model.release import ImageRef
from tests.real.releasing import Releasing, releasing
from tests.real.remotes import git


@pytest.fixture(scope="module")
def orders(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Releasing]:
    gates = {"approvals": {"count": 2, "from": ["release-managers"], "requester": False}}
    with releasing(testbed, tmp_path_factory.mktemp("promotion"), **gates) as made:
        yield made


def test_released_then_staging_then_approved_by_two_others_then_production(orders: Releasing) -> None:
    version = orders.release("one")
    assert orders.kinds("dev") == ["deployed", "verified"]
    said = orders.must("ada", "promote", "orders", "--to", "staging")
    assert said.out.splitlines() == [
        f"orders {version} runs in staging (namespace {orders.team}-staging)",
        f"orders {version} is verified in staging",
    ]
    assert orders.level(f"{orders.team}-staging") == "one"
    refused = orders.by("ada", "promote", "orders", "--to", "production")
    assert refused.code == 6
    assert "approvals: 0 of 2" in refused.err or "0 of 2 from release-managers" in refused.err
    said = orders.must("sam", "approve", "orders", "--to", "production")
    assert "0 of 2 from release-managers (nobody); sam's does not count: is in none of" in said.err
    orders.must("ada", "approve", "orders", "--to", "production")
    digest = orders.must("grace", "approve", "orders", "--to", "production", "--plan", "--json").json()[
        "plan"
    ]
    orders.must("grace", "approve", "orders", "--to", "production", "--expect", digest)
    refused = orders.by("ada", "promote", "orders", "--to", "production")
    assert "1 of 2 from release-managers (grace); " in refused.err
    assert "ada's does not count: has asked for it" in refused.err
    orders.must("linus", "approve", "orders", "--to", "production")
    orders.must("ada", "promote", "orders", "--to", "production", "--expect", digest)
    assert orders.kinds("production") == [
        *("refused", "approved", "approved", "approved", "refused", "approved"),
        *("requested", "promoted", "verified"),
    ]
    assert orders.level(f"{orders.team}-production") == "one"
    again = orders.must("ada", "promote", "orders", "--to", "production", "--json").json()
    assert again["acted"] is False


def test_what_cannot_run_there_is_rolled_back_and_recorded_with_its_reason(orders: Releasing) -> None:
    bad = orders.release("bad", "environments: {staging: {command: [no-such-program]}}\n")
    before = len(orders.kinds("staging"))
    said = orders.by("ada", "promote", "orders", "--to", "staging")
    assert said.code == 5
    assert "no-such-program" in said.reason
    assert "rolled back" in said.err
    assert orders.level(f"{orders.team}-staging") == "one"
    begun, failed = orders.events("staging")[before:]
    assert (begun.kind, failed.kind, failed.version) == ("requested", "failed", bad)
    assert "no-such-program" in failed.reason


def test_back_is_one_command_and_what_was_gone_back_from_is_held(orders: Releasing) -> None:
    first = orders.versions()[0]
    second = orders.release("two")
    orders.must("ada", "promote", "orders", "--to", "staging")
    said = orders.must("ada", "rollback", "orders", "--env", "staging", "--reason", "slow")
    assert said.out.splitlines()[0] == f"orders {first} runs in staging (namespace {orders.team}-staging)"
    assert orders.level(f"{orders.team}-staging") == "one"
    assert orders.kinds("staging")[-4:] == ["requested", "rolled-back", "held", "verified"]
    said = orders.by("grace", "promote", f"orders@{second}", "--to", "staging")
    assert f"held against {second} and before by ada: rolled back to {first}: slow" in said.err
    said = orders.must("grace", "unhold", "orders", "--env", "staging")
    assert said.out.startswith("the holds of orders in staging are lifted (grace)")
    orders.must("grace", "promote", f"orders@{second}", "--to", "staging")
    assert orders.level(f"{orders.team}-staging") == "two"


def test_a_freeze_stops_everything_at_once_and_ungated_deployments_too(orders: Releasing) -> None:
    orders.must("sam", "freeze", "--now", "--reason", "incident")
    first = orders.versions()[0]
    said = orders.by("ada", "promote", f"orders@{first}", "--to", "staging", "--downgrade")
    assert said.code == 6
    assert "everything was frozen by sam: incident" in said.err
    orders.application.tool(
        *("kubectl", "-n", f"{orders.team}-dev", "scale", "deployment/orders", "--replicas=0")
    )
    said = orders.application.verb("deploy", env={"PIPELINEKIT_LEDGER_KEY": ""})
    assert said.code == 6
    assert "everything was frozen by sam: incident" in said.err
    orders.must("sam", "thaw")
    orders.must("ada", "hold", "--env", "dev", "--reason", "upgrade")
    said = orders.application.verb("deploy", env={"PIPELINEKIT_LEDGER_KEY": ""})
    assert "dev is held against every version by ada: upgrade" in said.err
    orders.must("ada", "unhold", "--env", "dev")


def other(orders: Releasing, place: str = "staging") -> tuple[str, str]:
    """Of the two good releases the one that an environment does not have, and its level."""
    levels = {"one": orders.versions()[0], "two": orders.versions()[-1]}
    there = orders.level(f"{orders.team}-{place}")
    ((level, version),) = [each for each in levels.items() if each[0] != there]
    return version, level


def test_twenty_at_once_are_one_promotion_and_twenty_clear_answers(orders: Releasing) -> None:
    version, level = other(orders)
    before = len(orders.kinds("staging"))
    words = ("promote", f"orders@{version}", "--to", "staging", "--downgrade")
    with ThreadPoolExecutor(20) as pool:
        said = list(pool.map(lambda who: orders.by(who, *words), ["ada", "grace", "linus", "sam"] * 5))
    answers = [each.out.splitlines()[0] if each.code == 0 else each.reason for each in said]
    runs = f"orders {version} runs in staging (namespace {orders.team}-staging)"
    assert answers.count(runs) == 1, answers
    busy = f"error: {version} is on its way to staging ("
    already = (f"orders {version} runs already in staging", f"orders {version} is verified in staging")
    assert [each for each in answers if each != runs and not each.startswith((busy, *already))] == []
    told = orders.kinds("staging")[before:]
    assert (told.count("requested"), told.count("promoted")) == (1, 1)
    assert orders.level(f"{orders.team}-staging") == level


def test_evidence_a_change_and_a_bar(orders: Releasing) -> None:
    version, _ = other(orders, "production")
    orders.must("ada", "promote", f"orders@{version}", "--to", "staging", "--downgrade")
    registry = orders.document["images"]["registry"]
    orders.publish_platform(
        evidence=[{"type": "scan", "age": "1d"}],
        change="CHG###",
        emergency={"from": ["sre"]},
        charts={"repository": f"oci://{registry}/charts-of-production"},
    )
    words = ("promote", f"orders@{version}", "--to", "production", "--downgrade")
    said = orders.by("ada", *words)
    assert "there is no scan of this image" in said.err
    assert "a change's number like CHG### is asked for" in said.err
    report = orders.application.folder / "scan.json"
    report.write_text("{}")
    attest = ("attest", f"orders@{version}", "--type", "scan", "--file", str(report))
    orders.must("sam", *attest, "--verdict", "failed")
    assert "failed; passed is asked for" in orders.by("ada", *words, "--change", "CHG123").err
    orders.must("sam", *attest)
    orders.must("grace", "bar", f"orders@{version}", "--reason", "leak")
    said = orders.by("ada", *words, "--change", "CHG123")
    assert said.err.count("error:") == 1
    assert f"{version} was barred by grace: leak" in said.reason
    orders.must("grace", "unbar", f"orders@{version}")
    said = orders.by("grace", "bar", "orders@9.9.9", "--reason", "x")
    assert said.code == 2
    assert "the ledger knows no version 9.9.9" in said.err
    orders.must("ada", *words, "--change", "CHG123")
    config = Path(orders.application.env["DOCKER_CONFIG"], "config.json")
    chart = ImageRef(registry, f"charts-of-production/{orders.team}/orders", tag=version)
    assert OciRegistry(lambda host: from_docker_config(host, config)).digest_of(chart)


def test_an_emergency_is_loud_and_waits_for_somebody_elses_review(orders: Releasing) -> None:
    version, _ = other(orders, "production")
    orders.must("ada", "promote", f"orders@{version}", "--to", "staging", "--downgrade")
    words = ("promote", f"orders@{version}", "--to", "production", "--emergency", "--reason", "down")
    assert "ada is in none of sre" in orders.by("ada", *words).err
    said = orders.must("sam", *words)
    assert "EMERGENCY: goes past change: a change's number like CHG### is asked for" in said.err
    back, _ = other(orders)
    rows = orders.must("ada", "promote", f"orders@{back}", "--to", "production", "--plan", "--json").json()
    (waiting,) = [each for each in rows["gates"] if each["gate"] == "review"]
    assert (waiting["open"], rows["may"]) == (False, False)
    assert "the emergency of" in waiting["reason"]
    assert orders.by("sam", "review", "orders", "--env", "production").code == 6
    orders.must("grace", "review", "orders", "--env", "production", "--reason", "right")
    assert orders.by("grace", "review", "orders", "--env", "production").code == 6
    rows = orders.must("ada", "report", "orders", "--json").json()
    assert [(each["environment"], each["version"]) for each in rows][1:] == [
        ("staging", version),
        ("production", version),
    ]


def test_a_document_beside_the_main_branch_takes_no_gate_away(orders: Releasing, tmp_path: Path) -> None:
    mine = {**orders.document, "environments": [dict(each) for each in orders.document["environments"]]}
    mine["environments"][2] = {**orders.production, "back": True}
    git("clone", "--quiet", str(orders.platforms.path), "mine", cwd=tmp_path)
    (tmp_path / "mine" / "platform.yaml").write_text(json.dumps(mine))
    back, _ = other(orders)
    words = ("promote", f"orders@{back}", "--to", "production", "--downgrade", "--plan", "--platform")
    said = orders.must("ada", *words, str(tmp_path / "mine"))
    assert "closed change" in said.out
    (tmp_path / "apart.yaml").write_text(json.dumps(mine))
    said = orders.by("ada", *words, str(tmp_path / "apart.yaml"))
    assert said.code == 6
    assert "is in no repository that has a remote" in said.reason


def test_a_repository_of_one_s_own_takes_gates_away_and_is_found(orders: Releasing, tmp_path: Path) -> None:
    assert orders.must("ada", "ledger", "verify").out.strip().endswith("all of it holds")
    git("clone", "--quiet", "--bare", str(orders.platforms.path), "fork.git", cwd=tmp_path)
    git("clone", "--quiet", "fork.git", "mine", cwd=tmp_path)
    places = [dict(each) for each in orders.document["environments"][:2]]
    mine = {**orders.document, "environments": [*places, {**orders.production, "back": True}]}
    (tmp_path / "mine" / "platform.yaml").write_text(json.dumps(mine))
    git("commit", "--quiet", "--all", "-m", "No gates", cwd=tmp_path / "mine")
    git("push", "--quiet", "origin", "HEAD", cwd=tmp_path / "mine")
    back, _ = other(orders, "production")
    words = ("promote", f"orders@{back}", "--to", "production", "--downgrade", "--platform")
    orders.must("ada", *words, f"git+file://{tmp_path}/fork.git")
    said = orders.by("ada", "ledger", "verify")
    assert said.code == 1
    found = [line for line in said.out.splitlines() if "not of the main branch of the platform's" in line]
    commit = git("rev-parse", "HEAD", cwd=tmp_path / "mine")[:19]
    assert [line.split(": ")[1].split(")")[0] for line in found] == [
        f"{kind} by a document ({commit}" for kind in ("requested", "promoted")
    ]
    assert len(said.out.splitlines()) == 3


def test_the_changelog_tells_what_a_promotion_would_bring(orders: Releasing) -> None:
    work = orders.application.folder
    orders.document["applications"] = [
        {
            "name": "orders",
            "team": orders.team,
            "repository": str(work),
            "branch": git("branch", "--show-current", cwd=work),
        }
    ]
    orders.publish_platform()
    newest = orders.versions()[-1]
    back = ("rollback", "orders", "--env", "production", "--to", orders.versions()[0])
    orders.must("ada", *back, "--plan")
    orders.must("ada", *back)
    said = orders.must("ada", "changelog", f"orders@{newest}", "--to", "production", "--json").json()
    assert (said["from"], said["to"]) == (orders.versions()[0], newest)
    assert said["releases"] == orders.versions()[1:]
    assert [each["subject"] for each in said["commits"]] == ["Change"] * len(said["commits"])
    assert said["commits"][0]["commit"] == git("rev-parse", "HEAD", cwd=work)
    orders.publish_platform(approvals={"count": 1, "from": ["release-managers"], "author": False})
    words = ("promote", f"orders@{newest}", "--to", "production", "--plan")
    said = orders.must("ada", *words).out
    assert "closed authors: of some of its commits no signature proves the author" in said
    assert f"is the word of the pipelines of {orders.team}: no repository proves it" in said
    orders.document["applications"][0]["path"] = "elsewhere"
    orders.publish_platform(approvals={"count": 1, "from": ["release-managers"], "author": False})
    assert "its repository cannot tell what elsewhere/app.yaml is at" in orders.must("ada", *words).out


def test_two_releases_at_once_have_an_order_and_both_are_recorded(orders: Releasing) -> None:
    levels = dict([other(orders)])
    levels[orders.release("three")] = "three"
    before = len(orders.kinds("staging"))
    tries = list(zip(("ada", "grace"), levels, strict=True))
    with ThreadPoolExecutor(2) as pool:
        said = list(
            pool.map(
                lambda each: orders.by(
                    each[0], "promote", f"orders@{each[1]}", "--to", "staging", "--downgrade"
                ),
                tries,
            )
        )
    told, going = orders.events("staging")[before:], ""
    for each in told:
        if each.kind == "requested":
            assert not going, f"{each.version} began while {going} was on its way"
            going = each.version
        elif each.kind == "promoted":
            assert each.version == going
            going = ""
    assert {each.version for each in told if each.kind in ("promoted", "refused")} == set(levels)
    assert sorted(each.code for each in said) in ([0, 0], [0, 6]), [each.err for each in said]
    assert all("is on its way to staging (" in each.err for each in said if each.code)
    last = [each.version for each in told if each.kind == "promoted"][-1]
    assert orders.level(f"{orders.team}-staging") == levels[last]
