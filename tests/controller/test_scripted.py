"""Configurations read by scripts: as much is found as by a request each, in fewer requests."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable

import pytest

from pipelinekit.adapters.jenkins import scripted
from pipelinekit.adapters.jenkins.controller import Client
from pipelinekit.plan.jenkins.jobs import wanted_jobs
from pipelinekit.reading.configxml import is_as_posted
from pipelinekit.steps import jobs as steps
from pipelinekit.steps.jobtexts import prepare
from tests.controller import forms
from tests.controller.conftest import Platform, Ran, save_all
from tests.controller.server import Controller
from tests.unit.plan.jenkins.test_jobs import platform as platform_of
from tests.unit.plan.jenkins.test_jobs import registration

Kit = Callable[..., Ran]
CONFIG = r"/config\.xml"


@pytest.fixture
def administered(jenkins: Controller, kit: Kit) -> Controller:
    """A controller with every job of the platform, for accounts that may run scripts."""
    assert kit("jobs", "apply", "--yes").code == 0
    jenkins.state.administers = True
    jenkins.seen.clear()
    return jenkins


def _changes(ran: Ran) -> list[dict[str, object]]:
    assert ran.code == 0, ran.err
    changes: list[dict[str, object]] = json.loads(ran.out)["changes"]
    return changes


@pytest.mark.parametrize("saved", [False, True], ids=["as posted", "saved"])
def test_nothing_to_do_is_one_script_and_no_request_a_job(
    administered: Controller, kit: Kit, *, saved: bool
) -> None:
    if saved:
        save_all(administered.state)
    assert _changes(kit("jobs", "plan", "--by-script", "--json")) == []
    assert len(administered.requests("POST", "/scriptText")) == 1
    assert administered.requests("", CONFIG) == []
    assert administered.posted() == []


def test_more_jobs_are_more_scripts(
    administered: Controller, kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scripted, "AT_A_TIME", 3)
    assert _changes(kit("jobs", "plan", "--by-script", "--json")) == []
    ours = sum(1 for _ in administered.state.root.below())
    assert len(administered.requests("POST", "/scriptText")) == -(-ours // 3)


@pytest.mark.parametrize("saved", [False, True], ids=["as posted", "saved"])
@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("apps/payments/orders", "https://git.acme.example/orders.git", "https://elsewhere.example/x.git"),
        ("apps/payments/orders", "Application orders", "Somebody's orders"),
        ("apps/payments", "The applications of team payments", "Naïve 🚀"),
    ],
)
def test_what_was_changed_by_hand_is_found_as_without(
    administered: Controller, kit: Kit, path: str, old: str, new: str, *, saved: bool
) -> None:
    item = administered.state.find(path)
    assert item is not None
    assert old in item.text
    item.text = item.text.replace(old, new)
    if saved:
        save_all(administered.state)
    (found,) = _changes(kit("jobs", "plan", "--by-script", "--json"))
    assert (found["path"], found["byHand"]) == (path, True)
    assert [found] == _changes(kit("jobs", "plan", "--json"))
    assert kit("jobs", "drift", "--by-script").code == 1
    administered.seen.clear()
    assert kit("jobs", "apply", "--by-script", "--yes").code == 0
    assert len(administered.posted()) == 1
    assert _changes(kit("jobs", "plan", "--by-script", "--json")) == []


def test_who_does_not_administer_is_told_so_and_what_to_leave(jenkins: Controller, kit: Kit) -> None:
    assert kit("jobs", "apply", "--yes").code == 0
    ran = kit("jobs", "plan", "--by-script")
    assert ran.code == 5
    told = " ".join(ran.err.split())
    assert "anonymous access may not run scripts on http://" in told
    assert "--by-script is for accounts with Overall/Administer" in told
    assert "without it each job is asked for" in told


def test_a_wrong_password_is_no_question_of_rights(
    administered: Controller, kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    administered.state.canned[("POST", "/scriptText")] = (401, {"X-Jenkins": "2.479.3"}, "")
    ran = kit("jobs", "plan", "--by-script")
    assert ran.code == 5
    assert "PK_JENKINS_USER" in ran.err
    assert "--by-script" not in ran.err


def test_pruning_reads_by_script_as_well(administered: Controller, kit: Kit, platform: Platform) -> None:
    del platform.applications[1]
    administered.seen.clear()
    ran = kit("jobs", "prune", "--by-script", "--plan")
    assert ran.code == 0, ran.err
    assert "apps/sales/shop" in ran.out
    assert administered.requests("", CONFIG) == []


@pytest.mark.parametrize(
    "said", ["", "groovy.lang.MissingPropertyException: No such", "[]", "[1]", "{}", '["a"', "[" * 5000]
)
def test_an_answer_that_tells_no_configurations_is_a_failure(
    administered: Controller, kit: Kit, said: str
) -> None:
    headers = {"X-Jenkins": "2.479.3"}
    administered.state.canned[("POST", "/scriptText")] = (200, headers, said)
    ran = kit("jobs", "plan", "--by-script")
    assert ran.code == 5
    assert "script console told no configurations, but" in " ".join(ran.err.split())


@pytest.mark.parametrize("words", [(), ("--by-script",)], ids=["by request", "by script"])
def test_a_configuration_of_elements_inside_each_other_is_a_failure(
    administered: Controller, kit: Kit, words: tuple[str, ...]
) -> None:
    item = administered.state.find("apps/payments/orders")
    assert item is not None
    item.text = f"{'<a>' * 400}{'</a>' * 400}"
    ran = kit("jobs", "plan", *words)
    assert ran.code == 5, ran.err
    assert "apps/payments/orders: Jenkins' config.xml is nested too deep" in " ".join(ran.err.split())


def test_a_job_that_is_gone_is_told(administered: Controller) -> None:
    jobs = scripted.ScriptedJobs(Client(administered.url, None))
    found = jobs.configs(["apps", "apps/gone"], steps.AT_ONCE)
    assert found["apps/gone"] is None
    assert found["apps"] == jobs.config("apps")


def test_no_name_is_a_word_of_the_script() -> None:
    names = ["a'b$c;d", "${Jenkins.get().doQuietDown()}", "'''\n", "é 🚀", "\\"]
    text = scripted.script(names)
    written = re.search(r"new String\('([A-Za-z0-9+/=]+)'\.decodeBase64", text)
    assert written is not None
    assert json.loads(base64.b64decode(written[1])) == names
    assert text == scripted.SCRIPT.format(names=written[1])


@pytest.mark.parametrize("letter", ["x", '"', "\\", "ж", "🚀"])
@pytest.mark.parametrize(("count", "length"), [(0, 1), (1200, 20), (700, 250), (3, 3_000)])
def test_a_script_names_no_more_than_one_can(count: int, length: int, letter: str) -> None:
    names = [f"{number:05}".ljust(length, letter) for number in range(count)]
    made = list(scripted.batches(names))
    assert [each for some in made for each in some] == names
    assert all(len(some) <= scripted.AT_A_TIME for some in made)
    # A constant of a class is of so many bytes.
    assert all(len(scripted.script(some)) < 65_000 for some in made)


def test_an_applications_project_is_kept_as_it_was_posted() -> None:
    """Else each of 20,000 would be read as XML."""
    other = registration(name="shop", repository="https://git.example.com/shop.git")
    jobs = prepare(wanted_jobs(platform_of(registration(), other), ""), "acme")
    projects = [each.xml for each in jobs if each.job.kind == "multibranch"]
    assert len(projects) == 2
    assert all(is_as_posted(forms.stored(each), each) for each in projects)
