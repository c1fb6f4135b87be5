from __future__ import annotations

from pipelinekit.model.jenkins.agent import Agent
from pipelinekit.model.platform.document import (
    Charts,
    Cluster,
    Images,
    Jenkins,
    Library,
    Registration,
    local_platform,
)
from pipelinekit.model.platform.packages import Proxy
from pipelinekit.model.platform.registries import MirrorLogin
from pipelinekit.model.platform.site import Site
from pipelinekit.plan.site import site_of
from tests import examples


def test_a_site_knows_no_more_than_generated_files_need() -> None:
    platform = examples.platform(
        images=Images(
            registry="r",
            credentials="nexus",
            mirror_login=MirrorLogin(credentials="reader", pull_requests=True),
        ),
        charts=Charts(repository="oci://r/charts", credentials="nexus-charts"),
        packages={
            "pypi": Proxy(url="https://nexus/pypi", credentials="reader"),
            "npm": Proxy(url="https://nexus/npm"),
            "go": Proxy(url="https://nexus/go", credentials="reader"),
        },
        jenkins=Jenkins(url="https://jenkins.acme.example", agent=Agent(label="linux")),
    )
    mine = Registration(name="orders", team="payments", repository="r", path="apps/orders", branch="trunk")
    assert site_of(platform, mine, library="1.2.3") == Site(
        library="1.2.3",
        agent=Agent(label="linux"),
        branch="trunk",
        path="apps/orders",
        registry_credentials="nexus",
        charts_credentials="nexus-charts",
        kube_credentials=("kube-nonprod",),
        package_credentials={"go": "reader", "pypi": "reader"},
        mirror_credentials="reader",
        mirror_for_all=True,
    )


def test_without_a_registration_it_is_a_whole_repository_on_main() -> None:
    site = site_of(examples.platform(), None, library="1")
    assert (site.branch, site.path, site.agent) == ("main", ".", Agent())


def test_it_names_the_clusters_of_automatic_environments_only_each_once_and_in_order() -> None:
    clusters = tuple(Cluster(name=name, credentials=f"kube-{name}") for name in ("b", "a", "prod"))
    platform = examples.platform(
        clusters=(*clusters, Cluster(name="open")),
        environments=(
            examples.environment("one", cluster="b", automatic=True),
            examples.environment("two", cluster="a", automatic=True),
            examples.environment("three", cluster="a", automatic=True),
            examples.environment("four", cluster="open", automatic=True),
            examples.environment("production", cluster="prod", after="one"),
        ),
    )
    assert site_of(platform, None, library="1").kube_credentials == ("kube-a", "kube-b")


def test_the_built_in_platform_gives_the_site_of_somebody_without_one() -> None:
    platform = local_platform("registry:5000", mirror="mirror:5001", context="there", namespace="here")
    assert site_of(platform, None, library="1.2.3") == Site(library="1.2.3")


def test_credentials_are_the_team_s_own_and_the_library_is_the_tag_that_is_named() -> None:
    platform = examples.platform(
        images=Images(registry="r", credentials="nexus-{team}"),
        charts=Charts(repository="oci://r/charts", credentials="{team}-charts"),
        clusters=(Cluster(name="nonprod", credentials="kube-nonprod-{team}"),),
        environments=(examples.DEV,),
        jenkins=Jenkins(url="u", library=Library(repository="r", version="v9.0.0")),
    )
    mine = Registration(name="orders", team="payments", repository="r")
    for site in (
        site_of(platform, mine, library="1.2.3", team="other"),
        site_of(platform, None, library="1.2.3", team="payments"),
    ):
        assert site.registry_credentials == "nexus-payments"
        assert site.charts_credentials == "payments-charts"
        assert site.kube_credentials == ("kube-nonprod-payments",)
        assert site.library == "9.0.0"
