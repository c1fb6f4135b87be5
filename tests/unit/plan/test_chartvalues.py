from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipelinekit.model.app import OwnChart
from pipelinekit.model.platform.document import Registration, Vault
from pipelinekit.model.platform.network import PRIVATE, Network
from pipelinekit.plan.chartvalues import (
    chart_of,
    closed_services,
    given_values,
    image_values,
    other_image,
    takes_digest,
)
from pipelinekit.reading.chart.values import overlay
from tests import examples

OURS = {"image": {"repository": "orders", "digest": ""}}
THEIRS = {"image": {"repository": "nginx", "tag": "", "pullPolicy": "IfNotPresent"}}


@pytest.mark.parametrize(
    ("values", "ours"), [(OURS, True), (THEIRS, False), ({}, False), ({"image": "nginx:1"}, False)]
)
def test_whose_chart_it_is(values: dict[str, object], ours: bool) -> None:
    assert takes_digest(values) is ours


def test_the_image_is_named_by_its_digest_either_way() -> None:
    digest = examples.DIGEST
    assert image_values(OURS, "payments/orders", "1.2.3", digest) == {
        ("image", "repository"): "payments/orders",
        ("image", "digest"): digest,
    }
    assert image_values(THEIRS, "payments/orders", "1.2.3", digest) == {
        ("image", "repository"): "payments/orders",
        ("image", "tag"): f"1.2.3@{digest}",
    }


@pytest.mark.parametrize(
    ("own", "over", "places", "other"),
    [
        ({"image": {"repository": "elsewhere", "digest": "sha256:a"}}, {}, None, ""),
        ({"image": {"digest": "sha256:b"}}, {}, None, "sha256:b"),
        ({"image": {"digest": "sha256:a"}}, {"image": {"digest": "sha256:b"}}, None, "sha256:b"),
        ({"image": {"digest": ""}}, {}, None, "nothing"),
        ({"image": {"tag": "1.2.3@sha256:a"}}, {}, None, ""),
        ({"image": {"tag": "1.2.3@sha256:a"}}, {"image": {"tag": "latest"}}, None, "latest"),
        ({"app": {"image": "orders@sha256:b"}}, {}, {"image": "app.image"}, "orders@sha256:b"),
        ({"app": {"sum": "sha256:a"}}, {}, {"repository": "app.name", "digest": "app.sum"}, ""),
    ],
)
def test_a_chart_that_names_another_image_is_told(
    own: dict[str, Any], over: dict[str, Any], places: dict[str, str] | None, other: str
) -> None:
    assert other_image(own, overlay(own, over), "sha256:a", places) == other


def test_what_has_no_image_names_no_other() -> None:
    assert other_image({"replicas": 1}, {"replicas": 1}, "") == ""


def test_the_registry_is_given_at_deployment_either_way() -> None:
    plan = examples.plan()
    images = replace(plan.platform.images, registry="r:5000", pull_secret="pull")
    plan = replace(plan, platform=replace(plan.platform, images=images))
    environment = plan.platform.environments[0]
    ours = given_values(plan, environment, OURS, examples.DIGEST)
    assert ours["image"] == {"registry": "r:5000", "pullSecrets": ["pull"]}
    assert (ours["digest"], ours["environment"]) == (examples.DIGEST, environment.name)
    theirs = given_values(plan, environment, THEIRS, examples.DIGEST)
    assert theirs == {
        "global": {"pipelinekit.dev/chart": examples.DIGEST},
        "image": {"repository": f"r:5000/{plan.image.repository}"},
        "imagePullSecrets": [{"name": "pull"}],
    }
    elsewhere = replace(environment, registry="prod:5000")
    assert given_values(plan, elsewhere, OURS, "")["image"]["registry"] == "prod:5000"
    assert given_values(plan, elsewhere, THEIRS, "")["image"]["repository"].startswith("prod:5000/")


def test_where_the_others_are_and_where_vault_is() -> None:
    plan = examples.plan()
    app = replace(plan.app, calls=("stock", "sales/shop"), accepts=("unknown",))
    registered = (Registration(name="stock", team="warehouse", repository="https://git/x"),)
    vault = Vault(address="https://vault:8200", authority="keys")
    platform = replace(plan.platform, applications=registered, vault=vault)
    environment = platform.environments[0]
    given = given_values(replace(plan, app=app, platform=platform), environment, OURS, "")
    assert given["peers"] == {
        "stock": {"name": "stock", "namespace": environment.namespace_of("warehouse", "stock")},
        "sales/shop": {"name": "shop", "namespace": environment.namespace_of("sales", "shop")},
        "unknown": {"name": "unknown", "namespace": environment.namespace_of(app.team, "unknown")},
    }
    assert given["vault"] == {"address": "https://vault:8200", "authority": "keys"}


def test_all_that_a_generated_chart_is_given() -> None:
    assert given_values(examples.plan(), examples.DEV, OURS, examples.DIGEST) == {
        "digest": examples.DIGEST,
        "environment": "dev",
        "image": {"registry": "nexus.acme.example:5000", "pullSecrets": []},
        "mirror": "docker.io",
        "peers": {},
    }


@pytest.mark.parametrize(
    ("places", "written", "given"),
    [
        (
            {"image": "web.image"},
            {("web", "image"): f"payments/orders@{examples.DIGEST}"},
            {"web": {"image": f"registry.test:5000/payments/orders@{examples.DIGEST}"}},
        ),
        (
            {"registry": "hub", "repository": "web.name", "digest": "web.digest"},
            {("web", "name"): "payments/orders", ("web", "digest"): examples.DIGEST},
            {"hub": "registry.test:5000"},
        ),
        (
            {"repository": "web.name", "tag": "web.version"},
            {("web", "name"): "payments/orders", ("web", "version"): f"1.2.3@{examples.DIGEST}"},
            {"web": {"name": "registry.test:5000/payments/orders"}},
        ),
        (
            {"repository": "n", "tag": "t", "digest": "d"},
            {("n",): "payments/orders", ("t",): "1.2.3", ("d",): examples.DIGEST},
            {"n": "registry.test:5000/payments/orders"},
        ),
    ],
)
def test_an_own_chart_says_what_takes_the_image(places: dict[str, str], written: Any, given: Any) -> None:
    assert image_values({}, "payments/orders", "1.2.3", examples.DIGEST, places) == written
    plan = examples.plan()
    app = replace(plan.app, chart=OwnChart(path="deploy", values=places))
    images = replace(plan.platform.images, registry="registry.test:5000", pull_secret="puller")
    values = {"web": {"image": written.get(("web", "image"))}}
    plan = replace(
        plan,
        app=app,
        platform=replace(plan.platform, images=images),
        image=replace(plan.image, repository="payments/orders"),
    )
    found = given_values(plan, examples.DEV, values, "sha256:chart")
    assert found == {
        "global": {"pipelinekit.dev/chart": "sha256:chart"},
        "imagePullSecrets": [{"name": "puller"}],
        **given,
    }


def test_what_the_platform_says_of_its_network_is_given() -> None:
    plan = examples.plan()
    network = Network(inside=("203.0.113.0/24",), services={"rare": (8300,)})
    plan = replace(plan, platform=replace(plan.platform, network=network))
    given = given_values(plan, plan.platform.environments[0], OURS, "")["network"]
    assert given == {"inside": [*PRIVATE, "203.0.113.0/24"], "services": {"rare": [8300]}}
    plan = replace(plan, platform=replace(plan.platform, network=Network(services={"rare": (8300,)})))
    assert given_values(plan, plan.platform.environments[0], OURS, "")["network"] == {
        "services": {"rare": [8300]}
    }
    assert "network" not in given_values(plan, plan.platform.environments[0], THEIRS, "")


@pytest.mark.parametrize(
    ("values", "closed"),
    [
        ({}, []),
        ({"services": ["sql", "rare"]}, []),
        ({"services": ["sql", "rare", "odd"], "network": {"services": {"sql": [5432]}}}, ["odd", "rare"]),
        ({"services": ["sql"], "network": {"services": {"sql": []}}}, ["sql"]),
        ({"services": ["sql"], "network": {"services": {"sql": [1]}}}, []),
    ],
)
def test_services_without_a_known_port_are_told(values: dict[str, Any], closed: list[str]) -> None:
    assert closed_services({**OURS, **values}) == closed
    assert closed_services(values) == []


@pytest.mark.parametrize("own", [OURS, {}])
def test_what_was_given_tells_which_chart_it_was_given_to(own: dict[str, object]) -> None:
    given = given_values(examples.plan(), examples.DEV, own, examples.DIGEST)
    assert chart_of(given) == examples.DIGEST
    assert chart_of({}) == chart_of({"global": 1}) == ""


def test_no_values_file_makes_a_pipelines_copy_one_that_can_be_written_into() -> None:
    own = {**OURS, "draft": "orders", "develop": {"sync": {"path": "/app"}}}
    assert given_values(examples.plan(), examples.DEV, own, "")["draft"] == ""
    assert "draft" not in given_values(examples.plan(), examples.DEV, OURS, "")
