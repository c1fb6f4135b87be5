from __future__ import annotations

from dataclasses import replace
from typing import Any

from pipelinekit.model.jenkins.jobconfig import Config
from pipelinekit.model.jenkins.jobplan import Action, Found
from pipelinekit.model.jenkins.jobs import Folder, GitHub, Job, Multibranch
from pipelinekit.steps.deploying.obstacles import Obstacles, hinder, obstacles
from pipelinekit.steps.jobtexts import prepare
from tests.doubles import Controller, Jobs
from tests.unit.steps.test_jobs import JOBS, PLATFORM, applied, planned


def asked(controller: Controller, jobs: tuple[Job, ...] = JOBS, **more: Any) -> Obstacles:
    items = {each.path: found_at(each) for each in jobs if each.kind == "folder"}
    return obstacles(PLATFORM, prepare(jobs, "acme"), items, controller, **more)


def found_at(job: Job) -> Any:
    return Found(path=job.path, kind="folder")


ALL_THERE = frozenset(("nexus", "nexus-charts", "kube-nonprod", "reader", "mirror-reader", "git"))


def test_everything_there_is_no_obstacle() -> None:
    controller = Controller(
        stores={
            "": ALL_THERE,
            "release": frozenset(("kube-prod",)),
            "platform": frozenset(("kube-prod",)),
            "pipelinekit": frozenset(("jenkins-api", "platform-git")),
        }
    )
    assert asked(controller) == Obstacles()
    assert len(controller.asked) == len(set(controller.asked)), "each store is asked once"


def test_a_missing_credential_stops_the_job_that_needs_it_and_tells_of_its_folder() -> None:
    found = asked(Controller())
    assert found.of["apps/payments/orders"].startswith(
        "needs the credential git, in the folder apps/payments"
    )
    assert found.of["pipelinekit/seed"].startswith("needs the credentials platform-git and jenkins-api")
    assert any(
        "nexus and nexus-charts and kube-nonprod" in each and "apps/payments" in each
        for each in found.notices
    )
    assert "apps/payments/orders" not in asked(Controller(), assume=("git",)).of


def test_a_missing_plugin_stops_the_jobs_that_need_it() -> None:
    controller = Controller(
        has=frozenset(("cloudbees-folder", "workflow-job", "workflow-cps")), stores={"": ALL_THERE}
    )
    assert asked(controller).of["apps/payments/orders"] == (
        "needs the plugin workflow-multibranch and git, which Jenkins does not have"
    )


def test_github_needs_its_plugin_only_where_it_is_used() -> None:
    base = frozenset(("cloudbees-folder", "workflow-multibranch", "git", "workflow-job", "workflow-cps"))
    controller = Controller(has=base, stores={"": ALL_THERE | {"c"}})
    assert "apps/payments/orders" not in asked(controller).of
    orders = JOBS[-1]
    assert isinstance(orders, Multibranch)
    github = replace(orders, source=GitHub(owner="a", repository="b", credentials="c"))
    assert "github-branch-source" in asked(controller, (*JOBS[:-1], github)).of["apps/payments/orders"]


def test_who_may_not_ask_is_told_and_not_stopped() -> None:
    found = asked(
        Controller(has=None, stores=dict.fromkeys(("", "apps", "apps/payments", "pipelinekit"), None))
    )
    assert found.of == {}
    assert any("may not list plugins" in each for each in found.notices)
    assert any("may not list the credentials of" in each for each in found.notices)


def test_a_guarded_credential_in_the_controller_s_store_is_told() -> None:
    found = asked(Controller(stores={"": ALL_THERE | {"kube-prod", "jenkins-api"}}))
    assert [each for each in found.notices if "kube-prod is in the controller's own store" in each]
    assert [each for each in found.notices if "jenkins-api is in the controller's own store" in each]


def test_what_is_hindered_hinders_what_is_below_it() -> None:
    plan = hinder(planned(Jobs()), {"apps": "needs the plugin x"})
    blocked = {each.path: each.why for each in plan.of(Action.BLOCKED)}
    assert blocked == {
        "apps": "needs the plugin x",
        "apps/payments": "needs its folder apps",
        "apps/payments/orders": "needs its folder apps/payments",
    }


def test_a_folder_that_is_there_and_hindered_hinders_nothing_below_it() -> None:
    server = Jobs()
    applied(planned(server), server)
    renamed = tuple(replace(each, title="new") if isinstance(each, Folder) else each for each in JOBS)
    plan = hinder(planned(server, renamed), {"apps": "needs the plugin x"})
    assert [each.path for each in plan.of(Action.BLOCKED)] == ["apps"]


# --- where applications reach what they must not ---------------------------------------------------


def _config(*credentials: str) -> Config:
    return Config(root="f", fields={}, credentials=frozenset(credentials))


def _exposed(controller: Controller, configs: dict[str, Config], *more: Found) -> list[str]:
    items = {each.path: found_at(each) for each in JOBS if each.kind == "folder"}
    items |= {each.path: each for each in more}
    wanted = prepare(JOBS, "acme")
    found = obstacles(PLATFORM, wanted, items, controller, configs=configs)
    return [each for each in found.notices if "pipelines of applications can bind it" in each]


def test_a_guarded_credential_is_told_in_every_folder_of_the_applications() -> None:
    configs = {
        "apps": _config("kube-prod"),
        "apps/payments": _config("kube-prod", "nexus"),
        "apps/payments/orders": _config("jenkins-api"),
        "release": _config("kube-prod"),
    }
    orders = Found(path="apps/payments/orders", kind="multibranch")
    told = _exposed(Controller(), configs, orders)
    assert [each.split(",")[0] for each in told] == [
        "credential kube-prod is in apps",
        "credential kube-prod is in apps/payments",
        "credential jenkins-api is in apps/payments/orders",
    ]


def test_at_every_depth_and_in_folders_that_are_somebody_else_s() -> None:
    theirs = Found(path="apps/payments/theirs", kind="folder")
    deep = "apps/payments/theirs/a/b/c"
    controller = Controller(
        below={theirs.path: ("apps/payments/theirs/a", "apps/payments/theirs/a/b", deep)},
        stores={deep: frozenset(("kube-prod",)), theirs.path: frozenset(("jenkins-api",))},
    )
    told = _exposed(controller, {}, theirs)
    assert [each.split(",")[0] for each in told] == [
        f"credential jenkins-api is in {theirs.path}",
        f"credential kube-prod is in {deep}",
    ]


def test_a_folder_whose_configuration_was_read_is_not_asked_again() -> None:
    controller = Controller()
    configs = {each.path: _config() for each in JOBS if each.kind == "folder"}
    _exposed(controller, configs)
    assert controller.asked == [""]


def test_an_old_plugin_and_a_library_of_a_folder_s_own_are_told() -> None:
    controller = Controller(versions={"pipeline-groovy-lib": "740.va"}, stores={"": ALL_THERE})
    configs = {"apps/payments": Config(root="f", fields={}, libraries=frozenset(("pipelinekit",)))}
    items = {each.path: found_at(each) for each in JOBS if each.kind == "folder"}
    told = obstacles(PLATFORM, prepare(JOBS, "acme"), items, controller, configs=configs).notices
    assert any("pipeline-groovy-lib is 740.va" in each for each in told)
    assert any("apps/payments has a library named pipelinekit" in each for each in told)
