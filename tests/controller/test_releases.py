"""The jobs of the folder `release` on a controller, and `promote --via jenkins` that starts one of them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from pipelinekit.model.jenkins.jobs import ADVANCE, PROMOTE
from pipelinekit.steps import follow as steps
from tests.controller.builds import Build
from tests.controller.conftest import Platform, Ran, save_all
from tests.controller.server import Controller
from tests.real.app import BIN
from tests.real.remotes import Bare, bare

Kit = Callable[..., Ran]
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJenkinsJenkinsJenkinsJenkinsJenkinsJenkinsJ"
FILE = "org.jenkinsci.plugins.plaincredentials.impl.FileCredentialsImpl"


@pytest.fixture
def releasing(
    platform: Platform, jenkins: Controller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Platform:
    """A platform whose release folder has a key, and whose repository has its document."""
    origin = bare(tmp_path, "acme", {"README": "platform"})
    ledger = bare(tmp_path, "ledger", {})
    platform.jenkins = {"source": {"repository": f"file://{origin.path}"}, "agent": {"label": "linux"}}
    platform.more = {
        "ledger": {
            "repository": str(ledger.path),
            "release": {"keys": [KEY], "credentials": "ledger-release"},
        }
    }
    origin.commit({"platform.yaml": (platform.write() / "platform.yaml").read_text()})
    monkeypatch.setattr(steps, "EVERY", 0.02)
    return platform


def add_key(jenkins: Controller) -> None:
    jenkins.state.credentials["ledger-release"] = ET.fromstring(f"<{FILE}><id>ledger-release</id></{FILE}>")


def says(*lines: str, result: str = "SUCCESS") -> Callable[[Build], Iterator[float]]:
    def script(build: Build) -> Iterator[float]:
        for line in lines:
            build.write(line + "\r\n")
            yield 0.0
        build.finish(result)

    return script


def test_without_its_key_the_folder_gets_no_jobs_and_the_plan_says_why(
    releasing: Platform, jenkins: Controller, kit: Kit
) -> None:
    plan = kit("jobs", "plan", "--json")
    rows = {each["path"]: each for each in json.loads(plan.out)["changes"]}
    for path in (PROMOTE, ADVANCE):
        assert rows[path]["action"] == "blocked"
        assert rows[path]["why"] == "needs the credential ledger-release, in the folder release or above it"
    releasing.more["ledger"]["release"].pop("credentials")
    plan = kit("jobs", "plan", "--json")
    assert PROMOTE not in plan.out
    assert "no jobs that promote to production: ledger.release names no key" in " ".join(plan.err.split())


def test_doctor_says_what_the_folder_lacks(releasing: Platform, jenkins: Controller) -> None:
    lacks = "the folder release has no ledger-release: its jobs cannot promote"
    assert lacks in doctor(releasing)
    add_key(jenkins)
    told = doctor(releasing)
    assert lacks not in told
    assert f"credentials of {jenkins.url}/job/release: ledger-release" in told


def doctor(platform: Platform) -> str:
    argv = [str(BIN / "pipelinekit"), "doctor", f"--platform={platform.write()}"]
    return subprocess.run(argv, capture_output=True, text=True, check=False).stderr


def test_a_key_where_applications_reach_it_is_told(
    releasing: Platform, jenkins: Controller, kit: Kit
) -> None:
    add_key(jenkins)
    told = " ".join(kit("jobs", "plan").err.split())
    assert "credential ledger-release is in the controller's own store" in told


@pytest.mark.parametrize("pages", [False, True], ids=["saved by Jenkins", "saved in a browser"])
def test_made_once_they_are_as_wanted_however_jenkins_keeps_them(
    releasing: Platform, jenkins: Controller, kit: Kit, pages: bool
) -> None:
    add_key(jenkins)
    ran = kit("jobs", "apply", "--yes")
    assert ran.code == 0, ran.err
    assert jenkins.state.find(PROMOTE)
    save_all(jenkins.state, pages=pages)
    again = kit("jobs", "plan", "--json")
    assert json.loads(again.out)["changes"] == []
    timer = jenkins.state.find(ADVANCE)
    assert timer
    assert "<spec>H/10 * * * *</spec>" in timer.text


@pytest.fixture
def promote(releasing: Platform, jenkins: Controller, kit: Kit) -> Kit:
    add_key(jenkins)
    assert kit("jobs", "apply", "--yes").code == 0
    return lambda *words: kit("promote", *words, "--via=jenkins")


def parameters(jenkins: Controller) -> dict[str, Any]:
    item = jenkins.state.find(PROMOTE)
    assert item
    return {name: value for name, value in item.builds[max(item.builds)].parameters.items() if value}


def test_the_job_is_told_what_the_terminal_says_and_its_console_is_shown(
    promote: Kit, jenkins: Controller
) -> None:
    jenkins.state.script = says("payments/orders 1.4.2 to production", "Approved by ada")
    reason = 'it\'s $(urgent)\nand "more"'
    ran = promote("orders@1.4.2", "--to=production", f"--reason={reason}", "--downgrade")
    assert ran.code == 0, ran.err
    assert ran.out.splitlines() == [
        "payments/orders 1.4.2 to production",
        "Approved by ada",
        "release/promote #1 ended with SUCCESS",
    ]
    assert parameters(jenkins) == {
        "APPLICATION": "payments/orders",
        "VERSION": "1.4.2",
        "ENVIRONMENT": "production",
        "REASON": reason,
        "DOWNGRADE": "true",
    }
    assert "urgent" not in "".join(each.path for each in jenkins.requests("POST", "."))


def test_without_a_version_the_job_takes_the_one_that_is_next(promote: Kit, jenkins: Controller) -> None:
    assert promote("orders", "--to=production", "--reason=sale").code == 0
    assert parameters(jenkins) == {
        "APPLICATION": "payments/orders",
        "ENVIRONMENT": "production",
        "REASON": "sale",
    }


def test_a_set_is_named_by_its_path(promote: Kit, jenkins: Controller) -> None:
    assert promote("--set=sets/checkout.yaml", "--to=production", "--take-back").code == 0
    assert parameters(jenkins) == {
        "SET": "sets/checkout.yaml",
        "ENVIRONMENT": "production",
        "TAKE_BACK": "true",
    }


@pytest.mark.parametrize(
    ("last", "result", "code"),
    [
        ("ERROR: script returned exit code 6", "FAILURE", 6),
        ("ERROR: script returned exit code 5", "FAILURE", 5),
        ("ERROR: no such credential", "FAILURE", 5),
        ("Rejected by grace", "ABORTED", 5),
    ],
)
def test_it_ends_as_the_job_s_verb_did(
    promote: Kit, jenkins: Controller, last: str, result: str, code: int
) -> None:
    why, over = "error: orders 1.4.2 may not go to production", "[Pipeline] End of Pipeline"
    jenkins.state.script = says(why, over, last, f"Finished: {result}", result=result)
    ran = promote("orders", "--to=production", "--json")
    assert ran.code == code
    assert json.loads(ran.out)["result"] == result
    assert "release/promote #1" in ran.err


def test_what_the_job_does_not_offer_is_told_before_it_starts(
    promote: Kit, releasing: Platform, jenkins: Controller
) -> None:
    item = jenkins.state.find(PROMOTE)
    assert item
    assert promote("payments/unregistered", "--to=production").code == 2
    offered, item.text = item.text, item.text.replace("payments/orders", "payments/former")
    assert offered != item.text
    ran = promote("payments/orders", "--to=production")
    assert ran.code == 6
    assert "offers no 'payments/orders' as APPLICATION" in " ".join(ran.err.split())
    item.text = offered
    assert item.builds == {}
    ran = promote("orders", "--to=nowhere")
    assert ran.code == 2
    assert promote("orders", "--to=production", "--plan").out == (
        f"would start release/promote at {jenkins.url}, which promotes payments/orders to production\n"
    )
    assert item.builds == {}


@pytest.mark.parametrize("words", [(), ("--plan",)], ids=" ".join)
def test_a_platform_that_has_no_such_job_is_told_so_with_plan_too(
    releasing: Platform, jenkins: Controller, kit: Kit, words: tuple[str, ...]
) -> None:
    releasing.more["ledger"]["release"].pop("credentials")
    origin = Bare(Path(releasing.jenkins["source"]["repository"].removeprefix("file://")))
    origin.commit({"platform.yaml": (releasing.write() / "platform.yaml").read_text()})
    ran = kit("promote", "orders", "--to=production", "--via=jenkins", *words)
    assert ran.code == 6
    assert "there is no release/promote: ledger.release names no key" in " ".join(ran.err.split())
    assert "would start" not in ran.out


def test_where_nobody_made_the_job_that_is_said(releasing: Platform, jenkins: Controller, kit: Kit) -> None:
    ran = kit("promote", "orders", "--to=production", "--via=jenkins")
    assert ran.code == 6
    assert "no job release/promote" in " ".join(ran.err.split())
    assert kit("promote", "orders", "--to=production", "--via=carrier-pigeon").code == 2
