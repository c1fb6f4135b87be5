"""Keycloak as a component, on PostgreSQL: realm and clients, tokens, who reaches it, kill, change."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.real.components.callers import (
    DATABASE,
    NAME,
    PASSWORD,
    Caller,
    administrator,
    asking,
    called,
    claims,
    client,
)
from tests.real.components.site import Site, image, made_site, postgresql
from tests.real.kube import eventually
from tests.testbed import servers
from tests.testbed.layout import Layout

pytestmark = pytest.mark.story

HOST = "https://login.example.com"
REDIRECT = "https://jenkins.example.com/securityRealm/finishLogin"
CLIENTS: list[dict[str, Any]] = [
    {"name": "jenkins", "title": "Jenkins", "secret": "jenkins-login", "redirects": [REDIRECT]},
    {
        "name": "orders",
        "secret": "orders-login",
        "key": "word",
        "grants": ["client_credentials", "password"],
        "audiences": ["payments"],
    },
    {"name": "shop", "public": True, "redirects": ["https://shop.example.com/"]},
]


def values(site: Site, **more: Any) -> dict[str, Any]:
    """What a small node gets."""
    return {
        "image": image(site.env, f"keycloak/keycloak:{servers.KEYCLOAK}"),
        "mirror": site.env["PK_TESTBED_REGISTRY"],
        "hostname": HOST,
        "database": {"host": f"{DATABASE}.{site.namespace(DATABASE)}", "connections": 5},
        "resources": {"cpu": "100m", "memory": "1Gi", "disk": "256Mi"},
        # It starts in half the time where two cores are everybody's.
        "java": ["-XX:TieredStopAtLevel=1"],
        "realm": {"groups": ["administrators"]},
        "clients": CLIENTS,
        "provision": {"suspend": True, "image": image(site.env, "library/python:3.11-slim")},
        **more,
    }


def database(site: Site) -> dict[str, Any]:
    return postgresql(site, {"name": NAME, "secret": "keycloak-db"})


@pytest.fixture(scope="module")
def site(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    servers.keycloak(Layout.from_environment())
    with made_site(tmp_path_factory.mktemp(NAME), testbed) as made:
        made.take(NAME, DATABASE)
        for each in (NAME, DATABASE):
            made.space(each)
            made.secret(each, "keycloak-db", password=PASSWORD)
        made.secret(DATABASE, DATABASE, password=PASSWORD)
        made.secret(NAME, "keycloak-admin", **{"password": PASSWORD, "client-secret": PASSWORD})
        made.secret(NAME, "jenkins-login", **{"client-secret": "jenkins' own"})
        made.secret(NAME, "orders-login", word=PASSWORD)
        made.volume()
        made.volume()
        made.on(postgresql=database(made), keycloak=values(made))
        made.deploy(840)
        yield made


@pytest.fixture(scope="module")
def application(site: Site) -> Caller:
    """A pod as the chart of an application makes it."""
    caller = called(site, "payments", {"app.kubernetes.io/component": "web"})
    assert eventually(lambda: caller.ask("/realms/platform")[0] == 200, 60)
    return caller


# --- the tests -------------------------------------------------------------------------------------


@pytest.mark.matrix("components")
def test_it_runs_on_postgresql_and_a_second_run_does_nothing(site: Site) -> None:
    assert site.platform.states() == {DATABASE: "unchanged", NAME: "unchanged"}
    words = ("get", "deployment", NAME, "--output", "jsonpath={.status.readyReplicas}")
    assert site.kubectl(NAME, *words) == "2"
    said = site.job(NAME, "keycloak-realm", "again", 280)
    assert said == "as declared: realm platform, 3 clients\n"
    logs = site.kubectl(NAME, "logs", "--selector", f"app.kubernetes.io/name={NAME}", "--tail=-1")
    assert "started in" in logs
    assert "c'd" not in logs
    # They are one cluster, not two servers by chance.
    assert re.search(r"\(2\) \[", logs), logs[-3000:]


@pytest.mark.matrix("components")
def test_a_client_and_a_person_get_tokens_that_the_realm_s_keys_have_signed(application: Caller) -> None:
    _, about = application.ask("/realms/platform/.well-known/openid-configuration")
    assert about["issuer"] == f"{HOST}/realms/platform"
    assert about["authorization_endpoint"].startswith(f"{HOST}/")
    assert about["token_endpoint"].startswith(application.address)
    orders = {"client_id": "orders", "client_secret": PASSWORD}
    said = claims(application, application.token(grant_type="client_credentials", **orders))
    assert (said["iss"], said["azp"]) == (f"{HOST}/realms/platform", "orders")
    assert "payments" in said["aud"]

    token = administrator(application)
    _, (group,) = application.ask("/admin/realms/platform/groups?search=administrators", token=token)
    person = {
        "username": "ada",
        "email": "ada@example.com",
        "firstName": "Ada",
        "lastName": "Example",
        "enabled": True,
        "groups": [group["path"]],
        "credentials": [{"type": "password", "value": PASSWORD, "temporary": False}],
    }
    assert application.ask("/admin/realms/platform/users", token=token, body=person)[0] == 201
    ada = {"grant_type": "password", "username": "ada", "password": PASSWORD}
    said = claims(application, application.token(**ada, **orders))
    assert (said["preferred_username"], said["groups"]) == ("ada", ["administrators"])
    path = "/realms/platform/protocol/openid-connect/token"
    _, said = application.ask(path, {**ada, **orders, "password": "guessed"})
    assert said["error_description"] == "Invalid user credentials"
    assert application.ask(path, {**ada, **orders, "client_secret": "guessed"})[0] == 401
    # A client that did not ask for this grant has none.
    jenkins = {"client_id": "jenkins", "client_secret": "jenkins' own"}
    assert (
        "not allowed for direct access" in application.ask(path, {**ada, **jenkins})[1]["error_description"]
    )
    asked = "/realms/platform/protocol/openid-connect/auth?client_id=jenkins&response_type=code&redirect_uri="
    assert application.ask(asked + REDIRECT)[0] == 200
    assert application.ask(asked + "https://evil.example.com/")[0] == 400


@pytest.mark.matrix("components")
def test_what_somebody_changed_is_told_and_put_back_and_what_is_theirs_stays(
    site: Site, application: Caller
) -> None:
    token = administrator(application)
    jenkins = client(application, token, "jenkins")
    path = f"/admin/realms/platform/clients/{jenkins['id']}"
    theirs = {
        **jenkins,
        "redirectUris": [REDIRECT, "https://evil.example.com/"],
        "secret": "guessed",
        "description": "Ours",
    }
    assert application.ask(path, token=token, method="PUT", body=theirs)[0] == 204
    open_to_all = {"registrationAllowed": True, "rememberMe": True}
    assert application.ask("/admin/realms/platform", token=token, method="PUT", body=open_to_all)[0] == 204
    told = site.platform.verb("verify", "--only", NAME)
    assert told.code == 5
    told_by_pod = site.kubectl(NAME, "logs", "keycloak-test")
    assert "not done: client jenkins: put back what somebody changed" in told_by_pod
    said = site.job(NAME, "keycloak-realm", "back", 280).splitlines()
    assert said[0] == "realm platform: put back what somebody changed: registrationAllowed was true"
    assert said[1].startswith("client jenkins: put back what somebody changed: redirectUris was [")
    assert "https://evil.example.com/" in said[1]
    assert "; secret" in said[1]
    assert len(said) == 2
    assert site.job(NAME, "keycloak-realm", "nothing", 280).startswith("as declared: ")
    site.platform.must("verify")
    now = client(application, administrator(application), "jenkins")
    assert now["redirectUris"] == [REDIRECT]
    assert (now["secret"], now["description"]) == ("jenkins' own", "Ours")


@pytest.mark.matrix("components")
def test_only_those_who_may_reach_it_and_its_database(site: Site, application: Caller) -> None:
    stranger = called(site, "strangers", {})
    server = f"{NAME}.{site.namespace(NAME)}"
    sql = f"{DATABASE}.{site.namespace(DATABASE)}"
    assert application.reaches(server, 8080)
    assert not application.reaches(server, 9000)
    assert not stranger.reaches(server, 8080)
    assert not stranger.reaches(server, 9000)
    assert not stranger.reaches(sql, 5432)
    # As one of its own pods it reaches the database, and nothing else beyond.
    own = called(site, NAME, {"app.kubernetes.io/name": NAME})
    assert eventually(lambda: own.reaches(sql, 5432), 30)
    assert not own.reaches(server, 9000)
    other = site.kubectl("strangers", "get", "pod", "caller", "--output", "jsonpath={.status.podIP}")
    assert not own.reaches(other, 8080)
    site.kubectl(NAME, "delete", "pod", "caller", "--wait=false")


@pytest.mark.matrix("components")
def test_one_that_is_killed_comes_back_and_the_other_knows_who_is_logged_in(
    site: Site, application: Caller
) -> None:
    orders = {"client_id": "orders", "client_secret": PASSWORD}
    path = "/realms/platform/protocol/openid-connect/token"
    ada = {"grant_type": "password", "username": "ada", "password": PASSWORD}
    _, session = application.ask(path, {**ada, **orders})
    killed, *_ = _servers(site)
    site.kubectl(NAME, "delete", "pod", killed, "--grace-period=0", "--force")
    form = {"grant_type": "refresh_token", "refresh_token": session["refresh_token"], **orders}

    def known() -> bool:
        try:
            return application.ask(path, form)[0] == 200
        except AssertionError:
            return False

    assert eventually(known, 60)
    assert eventually(lambda: _ready(site) == 2, 400)
    assert killed not in _servers(site)


def _servers(site: Site) -> dict[str, str]:
    """The uid of each server's pod that is not on its way out."""
    words = ("get", "pods", "--selector", "pipelinekit.dev/part=server", "--output", "json")
    items = json.loads(site.kubectl(NAME, *words))["items"]
    found = {each["metadata"]["name"]: each["metadata"] for each in items}
    return {name: each["uid"] for name, each in found.items() if "deletionTimestamp" not in each}


def _ready(site: Site) -> int:
    words = ("get", "deployment", NAME, "--output", "jsonpath={.status.readyReplicas}")
    return int(site.kubectl(NAME, *words) or 0)


@pytest.mark.matrix("components")
def test_a_change_comes_one_server_after_the_other_and_clients_are_served_all_the_while(
    site: Site, application: Caller
) -> None:
    before = _servers(site)
    form = {"grant_type": "client_credentials", "client_id": "orders", "client_secret": PASSWORD}
    shop = {**CLIENTS[2], "redirects": ["https://shop.example.com/", "https://new.example.com/"]}
    token = f"{application.address}/realms/platform/protocol/openid-connect/token"
    with asking(site, application.space, token, {}, urlencode(form), 1000) as answers:
        site.on(keycloak=values(site, gracePeriod=50, clients=[*CLIENTS[:2], shop]), postgresql={})
        site.deploy(840)
    assert len(answers) > 20
    assert set(answers) == {200}
    assert not set(before.values()) & set(_servers(site).values())
    assert _ready(site) == 2
    now = client(application, administrator(application), "shop")
    assert sorted(now["redirectUris"]) == ["https://new.example.com/", "https://shop.example.com/"]
    assert site.platform.states() == {DATABASE: "unchanged", NAME: "unchanged"}
    assert site.job(NAME, "keycloak-realm", "unchanged", 280).startswith("as declared: ")
