"""What each team's selectors reach, by the language's own rules."""

from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.errors import Refused
from pipelinekit.model.platform.document import Charts, Images, Registration
from pipelinekit.model.platform.nexus import Tenant
from pipelinekit.plan.nexus.tenants import charts_expression, images_expression, tenants_of
from tests import csel, examples

HOST = "nexus.acme.example:5000"
APPLICATIONS = (
    ("pay", "orders"),
    ("pay", "api"),
    ("payments", "orders"),
    ("pay-ments", "x"),
    ("charts", "payments"),
    ("v2", "pay"),
    ("a", "b-c"),
    ("a-b", "c"),
    ("cache", "pay"),
)


def tenants(
    path: str = "{team}/{name}", charts: str = f"oci://{HOST}/charts", cache: str = ""
) -> dict[str, Tenant]:
    platform = examples.platform(
        images=Images(registry=HOST, path=path, cache=cache),
        charts=Charts(repository=charts),
        applications=tuple(
            Registration(name=name, team=team, repository=f"https://g/{team}/{name}")
            for team, name in APPLICATIONS
        ),
    )
    return {each.team: each for each in tenants_of(platform)}


def reach(tenant: Tenant, path: str) -> bool:
    return csel.matches(images_expression(tenant), "docker", path)


def requests(image: str) -> list[str]:
    """Everything that clients ask for when they push an image."""
    return [
        f"/v2/{image}/manifests/1.0.0",
        f"/v2/{image}/manifests/sha256:{'a' * 64}",
        f"/v2/{image}/blobs/sha256:{'a' * 64}",
        f"/v2/{image}/blobs/uploads/",
        f"/v2/{image}/blobs/uploads/7f6f-1",
        f"/v2/{image}/tags/list",
        f"/v2/{image}/referrers/sha256:{'a' * 64}",
        image,
    ]


@pytest.mark.parametrize("cache", ["", "cache/{team}/{name}"])
@pytest.mark.parametrize(
    "path",
    [
        "{team}/{name}",
        "apps/{team}/{name}",
        "{name}/{team}",
        "{team}-{name}-{team}",
        "x-{team}/{name}",
        "t/{team}.{name}",
    ],
)
def test_a_team_reaches_its_own_repositories_and_no_other(path: str, cache: str) -> None:
    found = tenants(path, cache=cache)
    for team, name in APPLICATIONS:
        mine = [path.format(team=team, name=name), f"charts/{team}/{name}"]
        mine += [cache.format(team=team, name=name)] if cache else []
        for other, tenant in found.items():
            for image in mine:
                told = {each: reach(tenant, each) for each in requests(image)}
                assert set(told.values()) == {other == team}, (other, told)


def test_a_folder_of_its_own_needs_no_change_for_another_application() -> None:
    pay = tenants()["pay"]
    assert pay.folders == ("charts/pay/", "pay/")
    assert pay.images == ()
    assert reach(pay, "/v2/pay/tomorrow/manifests/1.0.0")
    assert images_expression(pay) == (
        'format == "docker" and (path =^ "/v2/charts/pay/" or path =^ "charts/pay/"'
        ' or path =^ "/v2/pay/" or path =^ "pay/")'
    )


@pytest.mark.parametrize(("team", "own"), [("charts", "charts/payments"), ("v2", "v2/pay")])
def test_a_folder_in_which_others_write_is_nobodys(team: str, own: str) -> None:
    tenant = tenants()[team]
    assert not {f"{team}/"} & set(tenant.folders)
    assert own in tenant.images
    assert not reach(tenant, "/v2/")
    assert not reach(tenant, "/v2/charts/payments/orders/manifests/1.0.0")


def test_the_name_of_an_image_is_not_taken_for_a_part_of_a_request() -> None:
    tenant = Tenant(team="t", images=("charts",))
    assert reach(tenant, "/v2/charts/manifests/1")
    for hostile in (
        "/v2/charts/blobs/x/manifests/1",
        "/v2/charts/blobs/uploads/manifests/1",
        "/v2/charts/manifests/tags/list",
        "/v2/charts/tags/manifests/1",
        "/v2/charts/x/blobs/uploads/",
        "/v2/chartsx/manifests/1",
        "/v2/x/charts/manifests/1",
        "/v2/charts/../other/manifests/1",
    ):
        assert not reach(tenant, hostile), hostile


def test_only_docker_requests_are_reached() -> None:
    assert not csel.matches(images_expression(tenants()["pay"]), "raw", "/v2/pay/orders/manifests/1")
    assert not csel.matches(charts_expression(tenants()["pay"]), "raw", "/orders-1.0.0.tgz")


@pytest.mark.parametrize(
    ("name", "mine"),
    [
        ("pay-1.0.0.tgz", True),
        ("pay-1.0.0.tgz.prov", True),
        ("pay-1.0.0-rc.1.tgz", True),
        ("pay-1.0.0+build.5.tgz", True),
        ("pay-ments-1.0.0.tgz", False),
        ("payments-1.0.0.tgz", False),
        ("pay-1-1.0.0.tgz", False),
        ("pay-2.tgz", False),
        ("xpay-1.0.0.tgz", False),
        ("sub/pay-1.0.0.tgz", False),
        ("pay-1.0.0.tgz/x", False),
        ("pay-1.0.0.zip", False),
        ("index.yaml", False),
    ],
)
def test_a_chart_is_its_teams_by_its_whole_name(name: str, mine: bool) -> None:
    expression = charts_expression(Tenant(team="t", charts=("pay",)))
    assert csel.matches(expression, "helm", f"/{name}") is mine
    assert csel.matches(expression, "helm", name) is mine


def test_charts_over_http_are_not_among_the_images() -> None:
    assert tenants(charts="https://n.example/repository/helm")["pay"].folders == ("pay/",)


def test_charts_below_the_registrys_own_path_are_found_there() -> None:
    platform = examples.platform(
        images=Images(registry="n.example/docker-hosted"),
        charts=Charts(repository="oci://n.example/docker-hosted/charts"),
        applications=(Registration(name="a", team="t", repository="https://g/a"),),
    )
    assert tenants_of(platform)[0].folders == ("charts/t/", "t/")


@pytest.mark.parametrize("path", ['a" or path =~ ".*', "x(y", "Charts", "a|b"])
def test_what_an_expression_would_read_otherwise_is_refused(path: str) -> None:
    with pytest.raises(Refused, match="no content selector can be made of it"):
        tenants(charts=f"oci://{HOST}/{path}")


def test_without_registrations_there_is_no_team() -> None:
    found: Any = tenants_of(examples.platform())
    assert found == ()
