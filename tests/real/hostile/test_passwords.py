"""Registries that lead astray: passwords stay where they were meant."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from pipelinekit.adapters.registry.blobs import Home
from tests.real.hostile.asked import (
    HOME,
    HOST,
    LOGIN,
    NETRC,
    OTHERS,
    PASSWORD,
    REF,
    SECRETS,
    TOKEN,
    USER,
    client,
    everything,
    granting,
    refusing,
    told,
)
from tests.real.strangers import Said, Seen, World

CHALLENGES = (
    'Basic realm="here"',
    'Bearer realm="{realm}/token",service="s"',
    'Basic realm="here", Bearer realm="{realm}/token?account=a",service="s",scope="repository:t/x:pull"',
    'bearer service="s" , realm="{realm}/token"',
    'Bearer realm="{realm}/token\\"",error="x"',
    "Bearer",
    'Bearer realm="javascript:alert(1)"',
    'Bearer realm="//{bare}/token"',
    'Bearer realm="https://user:pw@{bare}/token"',
    'Bearer realm="https://{bare}\\\\@registry.test:5000/token"',
)


@pytest.mark.parametrize("realm", [HOME, *OTHERS])
@pytest.mark.parametrize("challenge", CHALLENGES)
def test_a_password_goes_to_the_registry_and_where_it_says_over_tls(
    world: World, tmp_path: Path, challenge: str, realm: str
) -> None:
    bare = realm.partition("://")[2]
    for place in OTHERS:
        world.serve(place, granting)

    def registry(seen: Seen) -> Said:
        if "/token" in seen.path:
            return granting(seen)
        return refusing(challenge.format(realm=realm, bare=bare))(seen)

    world.serve(HOME, registry)
    for question in itertools.islice(everything(client(), tmp_path), 4):
        told(question)
    # A realm that a registry names may be anywhere, over TLS.
    assert world.places_with(*SECRETS) <= {HOME, realm, f"https://{bare}"}
    assert not [place for place in world.places_with(*SECRETS) if place.startswith("http://")]
    assert not world.places_with(NETRC)
    assert not [each for each in world.seen if each.place != HOME and TOKEN in str(each.headers)]


def test_a_realm_without_tls_is_told(world: World) -> None:
    for realm, hint in (
        ("http://registry.test:5002", "X-Forwarded-Proto"),
        ("http://other.test", "PLAIN_HTTP"),
    ):
        world.serve(realm, granting)
        world.serve(HOME, refusing(f'Bearer realm="{realm}/token"'))
        said = told(lambda: client().digest_of(REF))
        assert "without TLS" in said
        assert hint in said
    assert world.places_with(*SECRETS) == {HOME}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("target", [f"http://{HOST}", *OTHERS])
@pytest.mark.parametrize(
    "challenge",
    [
        'Basic realm="x"',
        'Bearer realm="https://third.test:8443/t"',
        'Bearer realm="{target}/token"',
    ],
)
def test_a_redirect_takes_no_password_along(
    world: World, tmp_path: Path, status: int, target: str, challenge: str
) -> None:
    for place in OTHERS:
        world.serve(place, refusing(challenge.format(target=target)))
    world.serve(HOME, lambda seen: Said(status, b"", (("Location", target + seen.path),)))
    for question in everything(client(), tmp_path):
        told(question)
    assert world.places_with(*SECRETS) == {HOME}
    assert not world.places_with(NETRC)
    if target.startswith("http://"):
        assert not world.at(target)


def test_there_and_back_is_not_the_registry_itself(world: World) -> None:
    """Whoever is led away and back comes back without a name."""
    world.serve("https://other.test", lambda _: Said(307, b"", (("Location", f"{HOME}/v2/secret"),)))
    world.serve(HOME, lambda _: Said(307, b"", (("Location", "https://other.test/x"),)))
    told(lambda: client().digest_of(REF))
    assert "Authorization" in world.at(HOME)[0].headers
    assert all("Authorization" not in each.headers for each in world.seen[1:])


@pytest.mark.parametrize(
    "target", [f"http://{HOST}", *OTHERS, "ftp://registry.test", "//other.test", "http://[::1"]
)
def test_the_address_of_an_upload_takes_no_password_along(world: World, target: str) -> None:
    for place in OTHERS:
        world.serve(place, refusing('Basic realm="x"'))

    def registry(seen: Seen) -> Said:
        if seen.method == "HEAD":
            return Said(404)
        return Said(202, b"", (("Location", f"{target}/up"),))

    world.serve(HOME, registry)
    said = told(lambda: client().blobs.upload(Home(HOST, "t/x"), b"x" * 100))
    assert said
    assert world.places_with(*SECRETS) == {HOME}
    if target == f"http://{HOST}":
        assert "X-Forwarded-Proto" in said


def test_the_next_page_is_at_the_registry(world: World) -> None:
    world.serve("https://other.test", granting)
    link = ("Link", '<https://other.test/v2/t/x/tags/list?last=a>; rel="next"')
    world.serve(HOME, lambda _: Said(200, b'{"tags": ["a"]}', (link,)))
    assert "somewhere else" in told(lambda: client().manifests.tags(HOST, "t/x"))
    assert not world.at("https://other.test")


def test_cookies_stay_behind(world: World) -> None:
    moved = (("Location", "https://registry.test:5001/"), ("Set-Cookie", "session=c00kie; Path=/"))
    world.serve(HOME, lambda _: Said(307, b"", moved))
    world.serve("https://registry.test:5001", lambda _: Said(404))
    told(lambda: client().digest_of(REF))
    assert world.at("https://registry.test:5001")
    assert not world.places_with("c00kie")


@pytest.mark.parametrize("own", [["registry.test:5000"], ["registry.test:5001"], ["registry.test"]])
def test_what_a_pipeline_binds_is_for_a_port(world: World, own: list[str]) -> None:
    from pipelinekit.adapters.registry.login.credentials import for_registry

    bound = {"PK_REGISTRY_USER": USER, "PK_REGISTRY_PASSWORD": PASSWORD, "DOCKER_CONFIG": "/nowhere"}
    found = for_registry(HOST, bound, own=own)
    assert (found == LOGIN) is (own == [HOST])
    if found is None:
        assert world.seen == []
