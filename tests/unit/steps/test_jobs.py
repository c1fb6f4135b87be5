from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipelinekit.errors import Refused
from pipelinekit.model.jenkins.jobplan import Action, JobPlan
from pipelinekit.model.jenkins.jobs import Folder, Job, Parameter, Pipeline
from pipelinekit.model.jenkins.marker import read_marker
from pipelinekit.plan.jenkins.jobs import wanted_jobs
from pipelinekit.steps import jobs as steps
from pipelinekit.steps.jobtexts import prepare
from tests import examples
from tests.doubles import Jobs
from tests.unit.plan.jenkins.test_jobs import platform, registration

TODAY = "2026-11-24"
PLATFORM = platform(registration(repository="https://git.acme.example/orders.git", credentials="git"))
JOBS = wanted_jobs(PLATFORM, "script")
WANTED = prepare(JOBS, "acme")
PATHS = [each.path for each in JOBS]


def planned(server: Jobs, jobs: tuple[Job, ...] = JOBS, **more: Any) -> JobPlan:
    wanted = prepare(jobs, "acme")
    live = steps.survey(wanted, server, "acme", 2)
    return steps.plan_jobs(PLATFORM, "c0ffee", wanted, live, **more)


def applied(plan: JobPlan, server: Jobs) -> dict[str, str]:
    results = steps.apply(plan, server, today=TODAY, say=lambda _: None, at_once=2)
    return {
        each.change.path: "already" if each.already else "failed" if each.error else "done"
        for each in results
    }


def test_every_job_carries_its_mark_and_the_digest_of_what_it_says() -> None:
    for each in WANTED:
        marker = read_marker(each.xml)
        assert marker is not None
        assert (marker.platform, marker.digest, marker.via) == ("acme", each.digest, "")


def test_descriptions_for_job_dsl_say_where_the_job_comes_from() -> None:
    for _, text in steps.descriptions(JOBS, "acme"):
        marker = read_marker(text)
        assert marker is not None
        assert marker.via == "job-dsl"


def test_applied_once_everything_is_the_same() -> None:
    server = Jobs()
    assert set(applied(planned(server), server).values()) == {"done"}
    assert {each.action for each in planned(server).changes} == {Action.SAME}
    assert planned(server).deeds == ()


def test_folders_come_first() -> None:
    server = Jobs()
    applied(planned(server), server)
    assert sorted(server.posted) == sorted(PATHS)
    assert all(
        server.posted.index("apps") < server.posted.index(path) for path in PATHS if path.startswith("apps/")
    )


def test_one_that_fails_stops_only_what_is_below_it() -> None:
    server = Jobs()
    server.broken = {"apps/payments"}
    plan = planned(server)
    results = steps.apply(plan, server, today=TODAY, say=lambda _: None)
    failed = {each.change.path for each in results if each.error}
    assert failed == {"apps/payments", "apps/payments/orders"}
    told = [str(each) for each in steps.failures(results)]
    assert told == [
        "Jenkins refuses apps/payments (400)",
        "apps/payments/orders is not tried: its folder apps/payments failed",
    ]
    server.broken = set()
    assert {each.path for each in planned(server).deeds} == failed


def test_a_plan_that_is_done_already_is_done() -> None:
    server = Jobs()
    plan = planned(server)
    applied(plan, server)
    posted = list(server.posted)
    assert set(applied(plan, server).values()) == {"already"}
    assert server.posted == posted


def test_half_a_plan_is_finished() -> None:
    server = Jobs()
    plan = planned(server)
    applied(replace(plan, changes=plan.changes[:3]), server)
    assert sorted(applied(plan, server).values()) == ["already"] * 3 + ["done"] * (len(PATHS) - 3)


@pytest.mark.parametrize("what", ["changed", "went away", "made"])
def test_nothing_is_done_when_jenkins_has_moved_on(what: str) -> None:
    server = Jobs()
    applied(planned(server), server)
    renamed = tuple(replace(each, title="new") if each.path in ("apps", "release") else each for each in JOBS)
    if what == "made":
        del server.texts["apps/payments/orders"]
    plan = planned(server, renamed)
    if what == "changed":
        server.texts["apps"] = server.texts["apps"].replace("Applications", "by hand")
    elif what == "went away":
        del server.texts["apps"]
    else:
        server.texts["apps/payments/orders"] = "<project/>"
    before = dict(server.texts)
    with pytest.raises(Refused, match="since this was planned"):
        applied(plan, server)
    assert server.texts == before


def test_an_orphan_is_disabled_and_dated_and_that_is_done_once() -> None:
    server = Jobs()
    applied(planned(server), server)
    plan = planned(server, JOBS[:-1])
    (change,) = plan.deeds
    assert (change.path, change.action) == ("apps/payments/orders", Action.DISABLE)
    assert applied(plan, server) == {"apps/payments/orders": "done"}
    marker = read_marker(server.texts["apps/payments/orders"])
    assert marker is not None
    assert marker.orphaned == TODAY
    assert applied(plan, server) == {"apps/payments/orders": "already"}
    assert planned(server, JOBS[:-1]).deeds == ()


def test_deletions_go_from_the_bottom_up() -> None:
    server = Jobs()
    applied(planned(server), server)
    plan = planned(server)
    doomed = tuple(
        replace(each, action=Action.DELETE) for each in plan.changes if each.path.startswith("apps/payments")
    )
    applied(replace(plan, changes=doomed), server)
    assert server.deleted == ["apps/payments/orders", "apps/payments"]


def test_a_text_that_is_no_xml_is_told_with_its_job() -> None:
    from pipelinekit.errors import ToolFailed

    class Odd(Jobs):
        def config(self, path: str) -> str | None:
            return "<odd"

    server = Odd()
    applied_to = Jobs()
    applied(planned(applied_to), applied_to)
    server.texts = applied_to.texts
    with pytest.raises(ToolFailed, match=r"apps: Jenkins' config\.xml is not well-formed"):
        planned(server)


def test_examples_and_platform_agree() -> None:
    assert PLATFORM.name == examples.platform().name == "acme"


def choosing(*choices: str, cron: str = "H * * * *") -> tuple[Job, ...]:
    """The rooms, and one job that a person fills in."""
    rooms = tuple(each for each in JOBS if isinstance(each, Folder) and "/" not in each.path)
    one = Parameter(name="ONE", text="Which.", choices=choices)
    job = Pipeline(path="release/x", title="X", text="X.", script="x", cron=cron, parameters=(one,))
    return (*rooms, job)


@pytest.mark.parametrize(
    "after",
    [
        choosing("", "a", "c"),
        choosing("", "a"),
        choosing("", "a", "b", "c"),
        choosing(
            "",
        ),
        choosing("a", "b"),
        choosing("", "a", "b", cron="H/10 * * * *"),
    ],
    ids=["another", "one less", "one more", "none", "no empty one", "another timer"],
)
def test_what_changes_in_parameters_or_timer_alone_is_planned_and_done_once(after: tuple[Job, ...]) -> None:
    server = Jobs()
    applied(planned(server, choosing("", "a", "b")), server)
    plan = planned(server, after)
    assert [(each.path, each.action) for each in plan.deeds] == [("release/x", Action.UPDATE)]
    assert applied(plan, server) == {"release/x": "done"}
    assert applied(plan, server) == {"release/x": "already"}
    assert planned(server, after).deeds == ()


def test_a_folder_that_not_every_platform_has_counts_where_it_is_ours() -> None:
    server = Jobs()
    draft = Folder(path="draft", title="Draft", text="Draft.")
    reap = Pipeline(path="draft/reap", title="Reap", text="Reap.", script="x")
    applied(planned(server, (*JOBS, draft, reap)), server)

    def left(platform: str) -> dict[str, Action]:
        live = steps.survey(prepare(JOBS, platform), server, platform, 2, maybe=("draft",))
        plan = steps.plan_jobs(PLATFORM, "c0ffee", prepare(JOBS, platform), live)
        return {each.path: each.action for each in plan.changes if each.path.startswith("draft")}

    assert left("acme") == {"draft": Action.KEEP, "draft/reap": Action.DISABLE}
    assert left("another") == {}
