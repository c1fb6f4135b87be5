"""People of Keycloak's realm at MinIO: keys for a while, by a token, with the rights that its groups name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from tests.real.components import callers
from tests.real.components.callers import DATABASE, PASSWORD, Caller, administrator, called
from tests.real.components.images import minio
from tests.real.components.s3 import Customer
from tests.real.components.site import Site, image, made_site, postgresql
from tests.real.components.test_minio import APPLICATION, KEY, NAME
from tests.real.kube import eventually
from tests.testbed import servers
from tests.testbed.layout import Layout

pytestmark = [pytest.mark.story, pytest.mark.matrix("components")]

LOGIN = "of the client"
# A group that is a policy's name, one that is not, and one that the server has of its own.
GROUPS = ["payments-orders", "gardeners", "consoleAdmin"]
PEOPLE = {
    "ada": ["/payments-orders", "/gardeners"],
    "bob": ["/gardeners"],
    "cleo": [],
    "eve": ["/consoleAdmin"],
}


def keycloak(site: Site) -> dict[str, Any]:
    """One server, and the client by which MinIO knows the realm."""
    client = {
        "name": NAME,
        "secret": "minio-oidc",
        "grants": ["authorization_code", "password"],
        "redirects": ["https://s3.example.com/oauth_callback"],
    }
    other = {"name": "other", "secret": "minio-oidc", "grants": ["password"]}
    return {
        "image": image(site.env, f"keycloak/keycloak:{servers.KEYCLOAK}"),
        "mirror": site.env["PK_TESTBED_REGISTRY"],
        "replicas": 1,
        "hostname": "https://login.example.com",
        "database": {"host": f"{DATABASE}.{site.namespace(DATABASE)}", "connections": 5},
        "resources": {"cpu": "100m", "memory": "1Gi", "disk": "256Mi"},
        "java": ["-XX:TieredStopAtLevel=1"],
        "realm": {"groups": GROUPS},
        "clients": [client, other],
        "provision": {"suspend": True, "image": image(site.env, "library/python:3.11-slim")},
    }


def values(site: Site, found: Mapping[str, str]) -> dict[str, Any]:
    """One server of MinIO, which asks the realm of this site."""
    realm = f"http://{callers.NAME}.{site.namespace(callers.NAME)}:8080/realms/platform"
    return {
        "image": found,
        "mirror": site.env["PK_TESTBED_REGISTRY"],
        "replicas": 1,
        "storage": {"class": site.storage_class, "size": "1Gi"},
        "resources": {"cpu": "20m", "memory": "512Mi", "disk": "64Mi"},
        "buckets": [{"name": "invoices"}, {"name": "reports"}],
        "policies": [{"name": "payments-orders", "reads": ["reports"], "writes": ["invoices/2026/"]}],
        "users": [{"name": "orders", "secret": "orders-s3", "policies": ["payments-orders"]}],
        "oidc": {
            "configuration": f"{realm}/.well-known/openid-configuration",
            "secret": "minio-oidc",
            "key": "client-secret",
        },
        "backup": {"enabled": False},
    }


@pytest.fixture(scope="module")
def site(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    servers.keycloak(Layout.from_environment())
    found = minio(testbed, tmp_path_factory.mktemp("image"))
    with made_site(tmp_path_factory.mktemp("oidc"), testbed) as made:
        made.take(DATABASE, callers.NAME, NAME)
        for each in (DATABASE, callers.NAME, NAME):
            made.space(each)
        for each in (DATABASE, callers.NAME):
            made.secret(each, "keycloak-db", password=PASSWORD)
        made.secret(DATABASE, DATABASE, password=PASSWORD)
        made.secret(callers.NAME, "keycloak-admin", **{"password": PASSWORD, "client-secret": PASSWORD})
        for each in (callers.NAME, NAME):
            made.secret(each, "minio-oidc", **{"client-secret": LOGIN})
        made.secret(NAME, NAME, accessKey="admin", secretKey=KEY)
        made.secret(NAME, "orders-s3", accessKey="orders", secretKey=KEY)
        for _ in range(3):
            made.volume()
        database = postgresql(made, {"name": callers.NAME, "secret": "keycloak-db"})
        made.on(postgresql=database, keycloak=keycloak(made), minio=values(made, found))
        made.deploy(840)
        yield made


@pytest.fixture(scope="module")
def realm(site: Site) -> Caller:
    """An application's pod, with the people of the realm made."""
    caller = called(site, APPLICATION, {"app.kubernetes.io/component": "web"})
    assert eventually(lambda: caller.ask("/realms/platform")[0] == 200, 60)
    token = administrator(caller)
    for name, groups in PEOPLE.items():
        person = {
            "username": name,
            "email": f"{name}@example.com",
            "firstName": name,
            "lastName": "Example",
            "enabled": True,
            "groups": groups,
            "credentials": [{"type": "password", "value": PASSWORD, "temporary": False}],
        }
        assert caller.ask("/admin/realms/platform/users", token=token, body=person)[0] == 201
    return caller


def nobody(site: Site) -> Customer:
    """Somebody without keys."""
    return Customer(site, APPLICATION, f"http://{NAME}.{site.namespace(NAME)}.svc:9000")


def token(realm: Caller, name: str, client: str = NAME) -> str:
    """A person's, as a client of the realm gets it."""
    login = {"client_id": client, "client_secret": LOGIN}
    return realm.token(grant_type="password", username=name, password=PASSWORD, **login)


def exchanged(site: Site, said: str) -> tuple[int, dict[str, str]]:
    """The status and the keys that MinIO gives for a token."""
    words = "Action=AssumeRoleWithWebIdentity&DurationSeconds=900&Version=2011-06-15&WebIdentityToken="
    answer = nobody(site).ask("POST", "/", query=words + quote(said))
    parts = re.findall(r"<(AccessKeyId|SecretAccessKey|SessionToken)>([^<]+)<", answer.content.decode())
    return answer.status, dict(parts)


def person(site: Site, said: str) -> Customer:
    """Whose token that is, with keys for it."""
    status, keys = exchanged(site, said)
    assert status == 200
    return replace(
        nobody(site), key=keys["AccessKeyId"], secret=keys["SecretAccessKey"], token=keys["SessionToken"]
    )


def test_who_is_in_a_group_has_what_the_policy_of_that_name_gives_and_no_more(
    site: Site, realm: Caller
) -> None:
    ada = person(site, token(realm, "ada"))
    assert ada.ask("PUT", "/invoices/2026/one", b"one").status == 200
    assert ada.ask("GET", "/invoices/2026/one").content == b"one"
    assert ada.ask("PUT", "/invoices/2025/one", b"x").status == 403
    assert ada.ask("PUT", "/reports/a", b"x").status == 403
    assert ada.ask("PUT", "/another").status == 403
    assert ada.ask("GET", "/").content.count(b"<Name>") <= 2
    assert replace(ada, token="").ask("GET", "/invoices/2026/one").status == 403
    # Who has keys of the values goes on beside it.
    orders = replace(nobody(site), key="orders", secret=KEY)
    assert orders.ask("GET", "/invoices/2026/one").content == b"one"


@pytest.mark.parametrize("name", ["bob", "cleo"])
def test_who_is_in_no_group_of_a_policy_gets_no_keys(site: Site, realm: Caller, name: str) -> None:
    status, keys = exchanged(site, token(realm, name))
    assert (status >= 400, keys) == (True, {})


def test_a_group_called_as_a_policy_of_the_server_s_own_gives_that(site: Site, realm: Caller) -> None:
    assert person(site, token(realm, "eve")).ask("PUT", "/another").status == 200


def test_another_client_s_token_and_one_that_nobody_signed_get_no_keys(site: Site, realm: Caller) -> None:
    for said in (token(realm, "ada", "other"), token(realm, "ada")[:-8] + "AAAAAAAA", "a.b.c"):
        status, keys = exchanged(site, said)
        assert (status >= 400, keys) == (True, {})


def test_a_server_that_starts_while_keycloak_is_away_waits_for_it(site: Site, realm: Caller) -> None:
    orders = replace(nobody(site), key="orders", secret=KEY)
    admin = replace(orders, key="admin")
    site.kubectl(callers.NAME, "scale", "deployment", callers.NAME, "--replicas=0")
    site.kubectl(
        callers.NAME,
        "wait",
        "--for=delete",
        "pod",
        "--selector=pipelinekit.dev/part=server",
        "--timeout=100s",
    )
    site.kubectl(NAME, "delete", "pod", f"{NAME}-0", "--wait")
    site.kubectl(NAME, "wait", "--for=condition=Ready", f"pod/{NAME}-0", "--timeout=100s")
    assert eventually(lambda: admin.ask("GET", "/invoices/2026/one").content == b"one", 30)
    assert orders.ask("GET", "/invoices/2026/one").status == 503
    site.kubectl(callers.NAME, "scale", "deployment", callers.NAME, "--replicas=1")
    assert eventually(lambda: orders.ask("GET", "/invoices/2026/one").content == b"one", 400)
    assert exchanged(site, token(realm, "ada"))[0] == 200
