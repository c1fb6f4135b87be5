from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.model.jenkins.jobs import Folder, Git, GitHub, Multibranch, Pipeline, parent_of
from pipelinekit.model.platform.document import (
    Charts,
    Cluster,
    Images,
    Jenkins,
    Origin,
    Platform,
    Registration,
)
from pipelinekit.model.platform.packages import Proxy
from pipelinekit.model.platform.people import LedgerKeys
from pipelinekit.model.platform.registries import MirrorLogin
from pipelinekit.plan.jenkins.jobs import (
    guarded_credentials,
    notices,
    shared_credentials,
    source_of,
    wanted_jobs,
)
from tests import examples


def registration(name: str = "orders", team: str = "payments", **fields: Any) -> Registration:
    where = {"repository": f"https://github.com/acme/{name}", "credentials": "github-app", **fields}
    return Registration(name=name, team=team, **where)


def platform(*applications: Registration, **fields: Any) -> Platform:
    return examples.platform(
        **{
            "images": Images(
                registry="r", credentials="nexus", mirror_login=MirrorLogin(credentials="mirror-reader")
            ),
            "charts": Charts(repository="oci://r/charts", credentials="nexus-charts"),
            "packages": {"npm": Proxy(url="https://n/npm", credentials="reader")},
            "clusters": (
                Cluster(name="nonprod", credentials="kube-nonprod"),
                Cluster(name="prod", credentials="kube-prod"),
            ),
            "environments": (
                examples.DEV,
                examples.environment("production", cluster="prod", after="dev"),
            ),
            "jenkins": Jenkins(
                url="https://jenkins",
                credentials="jenkins-api",
                source=Origin(repository="https://git/p.git", credentials="platform-git"),
            ),
            "applications": applications,
            **fields,
        }
    )


def test_folders_come_before_what_is_in_them() -> None:
    jobs = wanted_jobs(platform(registration("b", "z"), registration("a", "y")), "script")
    paths = [each.path for each in jobs]
    assert all(parent_of(path) in paths[:at] for at, path in enumerate(paths) if parent_of(path))
    assert [each.path for each in jobs if isinstance(each, Multibranch)] == ["apps/y/a", "apps/z/b"]


def test_the_rooms_are_trust_boundaries_with_the_credentials_that_belong_there() -> None:
    jobs = {each.path: each for each in wanted_jobs(platform(registration()), "script")}
    assert {path for path in jobs if not parent_of(path)} == {
        *("pipelinekit", "apps", "release", "platform", "services")
    }
    held = {path: set(each.credentials) for path, each in jobs.items() if isinstance(each, Folder)}
    assert held["apps"] == set()
    assert held["apps/payments"] == {"nexus", "nexus-charts", "kube-nonprod", "reader", "mirror-reader"}
    assert held["release"] == {"nexus", "nexus-charts", "kube-prod"}
    assert held["platform"] == set(), "no component is on"
    assert held["pipelinekit"] == {"platform-git", "jenkins-api"}


def test_what_applications_reach_reaches_no_gated_environment() -> None:
    for each in wanted_jobs(platform(registration()), "script"):
        if each.path.startswith("apps"):
            assert "kube-prod" not in each.credentials
            assert "jenkins-api" not in each.credentials


def test_rooms_of_later_are_empty() -> None:
    paths = [each.path for each in wanted_jobs(platform(registration()), "s")]
    assert [path for path in paths if path.startswith(("release/", "platform/", "services/"))] == []


def test_the_seed_is_a_job_like_the_others() -> None:
    (seed,) = [each for each in wanted_jobs(platform(), "the script") if isinstance(each, Pipeline)]
    assert (seed.path, seed.script) == ("pipelinekit/seed", "the script")
    without = platform(jenkins=Jenkins(url="https://jenkins"))
    assert not [each for each in wanted_jobs(without, "") if isinstance(each, Pipeline)]


def test_a_monorepo_s_application_has_its_own_jenkinsfile() -> None:
    jobs = wanted_jobs(platform(registration(path="services/orders/"), registration("root")), "")
    scripts = {each.path: each.script for each in jobs if isinstance(each, Multibranch)}
    assert scripts == {
        "apps/payments/orders": "services/orders/Jenkinsfile",
        "apps/payments/root": "Jenkinsfile",
    }


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://github.com/acme/orders", GitHub(owner="acme", repository="orders", credentials="c")),
        ("https://github.com/acme/orders.git", GitHub(owner="acme", repository="orders", credentials="c")),
        ("git@github.com:acme/orders.git", GitHub(owner="acme", repository="orders", credentials="c")),
        ("ssh://git@github.com/acme/or.ders", GitHub(owner="acme", repository="or.ders", credentials="c")),
        (
            "https://github.com.evil.example/a/b",
            Git(address="https://github.com.evil.example/a/b", credentials="c"),
        ),
        (
            "ssh://git@git.acme.example/orders.git",
            Git(address="ssh://git@git.acme.example/orders.git", credentials="c"),
        ),
        ("http://git.acme.example/orders", Git(address="http://git.acme.example/orders", credentials="c")),
    ],
)
def test_where_branches_come_from(address: str, expected: GitHub | Git) -> None:
    assert source_of(registration(repository=address, credentials="c")) == expected


# --- notices --------------------------------------------------------------------------------------


def test_scans_beyond_github_s_limit_are_told() -> None:
    many = [registration(f"a{number}") for number in range(200)]
    hourly = Jenkins(url="https://jenkins", scan=3600)
    assert [each for each in notices(platform(*many)) if "requests" in each] == [], "once a day is few"
    (told,) = [each for each in notices(platform(*many, jenkins=hourly)) if "requests" in each]
    assert "scanning 200 repositories with github-app takes about 8000 requests an hour" in told
    assert "5000" in told


def test_each_credential_has_a_limit_of_its_own() -> None:
    half = [registration(f"a{number}", credentials=f"app-{number % 2}") for number in range(200)]
    hourly = Jenkins(url="https://jenkins", scan=3600)
    assert [each for each in notices(platform(*half, jenkins=hourly)) if "requests" in each] == []


def test_github_without_a_credential_is_told() -> None:
    (told,) = notices(platform(registration(credentials="")))
    assert "1 repository on github.com has no credential" in told


def test_one_credential_on_both_sides_of_a_gate_is_told() -> None:
    shared = (
        Cluster(name="nonprod", credentials="kube"),
        Cluster(name="prod", credentials="kube"),
    )
    (told,) = notices(platform(clusters=shared))
    assert "credential kube reaches an automatic and a gated environment" in told


def test_guarded_are_the_credentials_behind_gates_and_jenkins_own() -> None:
    assert guarded_credentials(platform()) == {"kube-prod", "jenkins-api"}


# --- credentials of a team's own --------------------------------------------------------------------

OF_TEAMS: dict[str, Any] = {
    "images": Images(registry="r", credentials="nexus-{team}"),
    "charts": Charts(repository="oci://r/charts", credentials="nexus-{team}"),
    "clusters": (
        Cluster(name="nonprod", credentials="kube-nonprod-{team}"),
        Cluster(name="prod", credentials="kube-prod-{team}"),
    ),
    "ledger_keys": LedgerKeys(credentials="ledger-{team}"),
}


def test_a_team_s_folder_needs_its_own_and_the_rooms_everybody_s() -> None:
    given = platform(registration(), registration("shop", "sales"), **OF_TEAMS)
    jobs = {each.path: set(each.credentials) for each in wanted_jobs(given, "s") if isinstance(each, Folder)}
    assert jobs["apps/payments"] == {"nexus-payments", "kube-nonprod-payments", "reader", "ledger-payments"}
    assert jobs["apps/sales"] == {"nexus-sales", "kube-nonprod-sales", "reader", "ledger-sales"}
    assert jobs["release"] == {"nexus-payments", "nexus-sales", "kube-prod-payments", "kube-prod-sales"}
    assert guarded_credentials(given) == {"kube-prod-payments", "kube-prod-sales", "jenkins-api"}


def test_one_password_of_several_teams_is_told() -> None:
    two = (registration(), registration("shop", "sales"))
    told = list(shared_credentials(platform(*two, ledger_keys=LedgerKeys(credentials="writer"))))
    assert [each.split()[1] for each in told] == ["nexus", "nexus-charts", "kube-nonprod", "writer"]
    assert "can write the ledger as every other" in told[3]
    assert "name it nexus-{team}" in told[0]
    assert list(shared_credentials(platform(*two, **OF_TEAMS))) == []
    assert list(shared_credentials(platform(registration(), registration("b")))) == [], "one team"
