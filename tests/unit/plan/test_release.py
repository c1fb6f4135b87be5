from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipelinekit.errors import Refused, UsageError
from pipelinekit.model.app import App, Build
from pipelinekit.model.platform.document import (
    Charts,
    Cluster,
    ComponentEntry,
    Environment,
    Images,
    Jenkins,
    Platform,
    Registration,
    Vault,
    local_platform,
)
from pipelinekit.model.platform.gates import Approvals, Evidence, Freeze
from pipelinekit.model.platform.packages import Proxy
from pipelinekit.model.platform.registries import Retention, Signing
from pipelinekit.model.release import ImageRef
from pipelinekit.plan.inputs import LABEL, Inputs
from pipelinekit.plan.release import (
    build_arguments,
    chart_address,
    chart_ref,
    describe_gate,
    environments_to_deploy,
    image_labels,
    key_at,
    line_digest,
    target_of,
)
from tests import examples


def test_a_release_has_one_version_in_all_its_names() -> None:
    plan = examples.plan()
    assert plan.version == "1.2.3"
    assert plan.image == ImageRef("nexus.acme.example:5000", "payments/orders", "1.2.3")
    assert plan.chart == ImageRef("nexus.acme.example:5000", "charts/payments/orders", "1.2.3")
    assert plan.chart_folder == "charts/orders"
    assert plan.key == examples.KEY


def test_the_image_lives_where_the_platform_says() -> None:
    plan = examples.plan(on=examples.platform(images=Images(registry="r", path="apps/{name}")))
    assert str(plan.image) == "r/apps/orders:1.2.3"


@pytest.mark.parametrize(
    ("repository", "ref"),
    [
        ("oci://r:5000/charts", "r:5000/charts/payments/orders:1"),
        ("oci://r:5000/charts/", "r:5000/charts/payments/orders:1"),
        ("oci://r:5000", "r:5000/payments/orders:1"),
        ("oci://r/a/b", "r/a/b/payments/orders:1"),
    ],
)
def test_charts_are_below_their_team(repository: str, ref: str) -> None:
    platform = examples.platform(charts=Charts(repository=repository))
    assert str(chart_ref(platform, examples.app(), "1")) == ref


def test_a_chart_in_a_helm_repository_has_its_address_and_its_own_name() -> None:
    platform = examples.platform(charts=Charts(repository="https://nexus.acme.example/repository/helm/"))
    ref = chart_ref(platform, examples.app(), "1")
    assert (ref.registry, ref.repository, ref.tag) == (
        "https://nexus.acme.example/repository/helm",
        "orders",
        "1",
    )
    assert chart_address(ref) == "https://nexus.acme.example/repository/helm/orders:1"
    assert chart_address(examples.plan().chart).startswith("oci://")


def test_an_image_says_what_it_is_and_where_it_comes_from() -> None:
    source = "https://git.acme.example/orders"
    assert image_labels(examples.plan(source=source, committed=1_700_000_000)) == {
        "org.opencontainers.image.title": "orders",
        "org.opencontainers.image.description": "Application orders of team payments",
        "org.opencontainers.image.version": "1.2.3",
        "org.opencontainers.image.ref.name": "1.2.3",
        "org.opencontainers.image.revision": examples.KEY.commit,
        "org.opencontainers.image.created": "2023-11-14T22:13:20Z",
        "org.opencontainers.image.vendor": "payments",
        "org.opencontainers.image.source": source,
        "org.opencontainers.image.url": source,
    }


def test_an_image_says_what_it_was_made_of() -> None:
    inputs = Inputs(
        context=examples.DIGEST,
        bases={"busybox:stable": examples.OTHER_DIGEST},
        args={},
        platforms=("linux/amd64",),
    )
    labels = image_labels(examples.plan(), inputs, "busybox:stable")
    assert labels["org.opencontainers.image.base.name"] == "busybox:stable"
    assert labels["org.opencontainers.image.base.digest"] == examples.OTHER_DIGEST
    assert labels[LABEL] == inputs.digest


def test_an_image_from_no_repository_says_which_content_it_has() -> None:
    labels = image_labels(examples.plan(commit="", dirty=True))
    assert labels["org.opencontainers.image.revision"] == examples.revision().tree
    assert "org.opencontainers.image.source" not in labels


def test_a_target_is_namespace_and_context_of_the_environment() -> None:
    target = target_of(examples.app(), examples.platform(), examples.STAGING)
    assert (target.name, target.namespace, target.context) == ("orders", "payments-staging", "acme-dev")


def environments(*these: Environment) -> list[str]:
    return [each.name for each in these]


def test_automatic_goes_to_all_automatic_environments_and_no_other() -> None:
    second = examples.environment("preview", automatic=True)
    platform = examples.platform(environments=(examples.DEV, examples.STAGING, second))
    assert environments_to_deploy(platform, "", automatic=True) == (examples.DEV, second)
    assert (
        environments_to_deploy(examples.platform(environments=(examples.STAGING,)), "", automatic=True) == ()
    )


def test_a_named_environment_is_taken_and_the_only_open_one_needs_no_name() -> None:
    assert environments_to_deploy(examples.platform(), "dev", automatic=False) == (examples.DEV,)
    assert environments_to_deploy(examples.platform(), "", automatic=False) == (examples.DEV,)


@pytest.mark.parametrize("name", ["staging", "production"])
def test_an_environment_with_a_gate_is_refused_with_its_gate_in_words(name: str) -> None:
    with pytest.raises(Refused, match=f"'{name}' is reached by promotion") as caught:
        environments_to_deploy(examples.platform(), name, automatic=False, of="orders@1.2.3")
    assert caught.value.faults[0].hint.startswith("its gate: after ")
    assert caught.value.faults[0].hint.endswith(f"`pipelinekit promote orders@1.2.3 --to {name}`")


@pytest.mark.parametrize(
    ("name", "hint"),
    [("stagin", "did you mean 'staging'?"), ("x", "known are: dev, production, staging")],
)
def test_an_unknown_environment_is_a_usage_error_with_the_known_ones(name: str, hint: str) -> None:
    with pytest.raises(UsageError, match=f"no environment '{name}'") as caught:
        environments_to_deploy(examples.platform(), name, automatic=False)
    assert caught.value.faults[0].hint == hint


def test_several_open_environments_need_a_name() -> None:
    platform = examples.platform(environments=(examples.DEV, examples.environment("test")))
    with pytest.raises(UsageError, match="say which"):
        environments_to_deploy(platform, "", automatic=False)


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        (examples.DEV, "none"),
        (examples.STAGING, "after dev; soak 1 h"),
        (replace(examples.STAGING, soak=0), "after dev"),
        (
            examples.environment(approvals=Approvals(count=2, groups=("ops", "leads"))),
            "2 of ops, leads",
        ),
        (examples.environment(freeze=(Freeze(start="a", end="b"),)), "1 freeze window"),
        (
            examples.environment(evidence=(Evidence(type="scan"),), change="C#", back=True),
            "evidence scan; change C#; a way back",
        ),
        (examples.PRODUCTION, "after staging; 2 of release-managers"),
    ],
)
def test_gates_in_words(environment: Environment, words: str) -> None:
    assert describe_gate(environment) == words


# --- what of the platform counts ----------------------------------------------------------------------

DECLARED = frozenset({"BASE_REGISTRY", "PIP_INDEX_URL", "VERSION"})


def counts(on: Platform, of: App | None = None) -> str:
    return line_digest(of or examples.app(), on, DECLARED)


REGISTRY = "nexus.acme.example:5000"


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "other"},
        {"applications": (Registration(name="shop", team="web", repository="https://git.example/shop"),)},
        {"components": (ComponentEntry(name="istio"),)},
        {"environments": (examples.DEV, examples.environment("test", automatic=True))},
        {"environments": (examples.environment("dev", namespace="elsewhere", registry="other:5000"),)},
        {"clusters": (Cluster(name="nonprod", context="another", credentials="another"),)},
        {"jenkins": Jenkins(url="https://jenkins.acme.example")},
        {"vault": Vault(address="https://vault.acme.example")},
        {"ledger": "ssh://git@git.acme.example/ledger.git"},
        {"retention": Retention(last=3)},
        {"packages": {"npm": Proxy(url="https://nexus/npm"), "go": Proxy(url="https://nexus/go")}},
        {
            "images": Images(
                registry=REGISTRY, credentials="another", pull_secret="pull", cache="cache/{name}"
            )
        },
        {"images": Images(registry=REGISTRY, sbom=True, signing=Signing(credentials="cosign"))},
        {"images": Images(registry=REGISTRY, path="payments/{name}")},
        {"charts": Charts(repository=f"oci://{REGISTRY}/charts/", credentials="another")},
    ],
    ids=lambda each: "-".join(each),
)
def test_what_decides_nothing_about_image_and_chart_leaves_receipts_valid(fields: dict[str, Any]) -> None:
    assert counts(examples.platform(**fields)) == counts(examples.platform())


@pytest.mark.parametrize(
    "fields",
    [
        {"images": Images(registry="other:5000")},
        {"images": Images(registry=REGISTRY, path="apps/{team}/{name}")},
        {"images": Images(registry=REGISTRY, mirror="mirror.acme.example")},
        {"charts": Charts(repository=f"oci://{REGISTRY}/other")},
        {"charts": Charts(repository="https://nexus.acme.example/repository/helm")},
        {"packages": {"pypi": Proxy(url="https://nexus/pypi")}},
    ],
    ids=lambda each: "-".join(each),
)
def test_what_decides_about_image_or_chart_makes_receipts_stale(fields: dict[str, Any]) -> None:
    assert counts(examples.platform(**fields)) != counts(examples.platform())


def test_a_login_of_a_package_proxy_counts_for_nothing_and_its_address_does() -> None:
    def proxy(url: str, credentials: str = "") -> Platform:
        return examples.platform(packages={"pypi": Proxy(url=url, credentials=credentials)})

    assert counts(proxy("https://nexus/pypi", "reader")) == counts(proxy("https://nexus/pypi"))
    assert counts(proxy("https://nexus/other")) != counts(proxy("https://nexus/pypi"))


def test_what_the_application_says_itself_the_platform_cannot_change() -> None:
    own = examples.app(build=Build(language="python", args={"PIP_INDEX_URL": "https://own"}))
    proxied = examples.platform(packages={"pypi": Proxy(url="https://nexus/pypi")})
    assert counts(proxied, own) == counts(examples.platform(), own)
    assert build_arguments(own, proxied, DECLARED) == {
        "BASE_REGISTRY": "docker.io",
        "PIP_INDEX_URL": "https://own",
    }


def test_a_platform_that_counts_the_same_has_the_same_receipts_whoever_names_it() -> None:
    local = local_platform(REGISTRY)
    assert counts(local) == counts(examples.platform())


def test_receipts_of_a_deployment_are_of_its_place() -> None:
    plan = examples.plan()
    key = key_at(plan, examples.target())
    assert (key.commit, key.descriptor) == (plan.key.commit, plan.key.descriptor)
    assert key != plan.key
    assert key == key_at(plan, examples.target())
    moved = examples.platform(clusters=(Cluster(name="nonprod", context="another"),))
    assert key_at(plan, examples.target(on=moved)) != key
    assert key_at(plan, examples.target(examples.environment("dev", namespace="elsewhere"))) != key
