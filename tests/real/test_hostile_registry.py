"""Registries that answer every hostile way: passwords stay where they were meant, and everything ends."""

from __future__ import annotations

import base64
import gzip
import itertools
import json
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests

from pipelinekit.adapters import nexus
from pipelinekit.adapters.jenkins import controller
from pipelinekit.adapters.registry import connection, manifests
from pipelinekit.adapters.registry.blobs import Home
from pipelinekit.adapters.registry.digests import OCI_INDEX, OCI_MANIFEST, digest_bytes
from pipelinekit.adapters.registry.helmrepository import HttpCharts
from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.adapters.web import exchange, plainhttp, wire
from pipelinekit.errors import PipelinekitError, UsageError
from pipelinekit.model.release import Credentials, ImageRef
from tests.real import strangers
from tests.real.strangers import END, OPENING, Said, Seen, World, endless

USER, PASSWORD, TOKEN = "pusher", "registry-password-9c1f", "bearer-token-55aa"
LOGIN = Credentials(USER, PASSWORD)
SECRETS = (PASSWORD, base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode(), TOKEN)
NETRC = "netrc-password-77de"
HOST = "registry.test:5000"
HOME = f"https://{HOST}"
REF = ImageRef(HOST, "t/x", tag="1")
OTHERS = (
    *("https://registry.test", "https://registry.test:5001", "http://registry.test:5002"),
    *("https://other.test", "http://other.test", "http://third.test:8080", "https://third.test:8443"),
)


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the servers' certificates are."""
    return tmp_path_factory.mktemp("pki")


@pytest.fixture
def world(pki: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    netrc = tmp_path / "netrc"
    netrc.write_text(f"default login someone password {NETRC}\n")
    with strangers.world(pki, monkeypatch) as made:
        monkeypatch.setenv("NETRC", str(netrc))
        monkeypatch.setattr(wire, "GRACE", 1.0)
        monkeypatch.setattr(wire, "SILENCE", 0.7)
        monkeypatch.setattr(connection, "PATIENCE", 0.0)
        yield made


def client(login: Credentials | None = LOGIN) -> OciRegistry:
    """Our client, with a login for one host alone."""
    return OciRegistry({HOST: login}.get, sleep=lambda _: None)


def everything(oci: OciRegistry, tmp_path: Path) -> Iterator[Callable[[], object]]:
    """What is ever asked of a registry."""
    digest = "sha256:" + "1" * 64
    home, by_digest = Home(HOST, "t/x"), ImageRef(HOST, "t/x", digest=digest)
    yield lambda: oci.ping(HOST)
    yield lambda: oci.digest_of(REF)
    yield lambda: oci.manifests.get(REF)
    yield lambda: oci.labels_of(REF)
    yield lambda: oci.images_of(REF)
    yield lambda: oci.kinds_at(by_digest)
    yield lambda: oci.manifests.tags(HOST, "t/x")
    yield lambda: oci.manifests.catalog(HOST)
    yield lambda: oci.manifests.delete(by_digest)
    yield lambda: oci.blobs.has(home, digest)
    yield lambda: oci.blobs.read(home, digest)
    yield lambda: oci.blobs.upload(home, b"x" * 100)
    yield lambda: oci.blobs.mount(home, digest, "t/y")
    yield lambda: oci.fetch_chart(REF, tmp_path / "chart.tgz")
    yield lambda: oci.copy(REF, ImageRef(HOST, "t/z", tag="1"))


def told(question: Callable[[], object]) -> str:
    """What a question came to: nothing, or the sentence of an error of ours; anything else goes through."""
    caught: PipelinekitError | None = None
    try:
        question()
    except PipelinekitError as error:
        caught = error
    if caught is None:
        return ""
    fault = caught.faults[0]
    assert caught.exit_code in {2, 5, 6}
    assert fault.problem
    assert "\n" not in fault.problem
    assert not any(secret in f"{fault.problem} {fault.hint}" for secret in SECRETS)
    return f"{fault.problem} {fault.hint}"


# --- passwords at the wrong place -----------------------------------------------------------------

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


def refusing(challenge: str) -> Callable[[Seen], Said]:
    return lambda _: Said(401, b"", (("WWW-Authenticate", challenge),))


def granting(_: Seen) -> Said:
    return Said(200, json.dumps({"token": TOKEN}).encode())


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


# --- the same rule for everybody ------------------------------------------------------------------

USERS: dict[str, Callable[[str], object]] = {
    "nexus": lambda url: nexus.NexusClient(url, LOGIN, sleep=lambda _: None).get("v1/x"),
    "nexus at its start": lambda url: nexus.wait(url, 0.0, sleep=lambda _: None),
    "jenkins": lambda url: controller.Client(
        url, controller.Login(user=USER, password=PASSWORD), pauses=()
    ).json("api/json"),
    "charts": lambda url: HttpCharts(lambda _: LOGIN, sleep=lambda _: None).digest_of(
        ImageRef(f"{url}/repository/helm", "orders", tag="1")
    ),
    "git": lambda url: plainhttp.require_secure(f"{url}/x.git"),
}


@pytest.mark.parametrize("who", USERS)
def test_nobody_speaks_to_a_stranger_without_tls(
    world: World, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = "http://other.test"
    world.serve(place, lambda _: Said(200, b"{}", (("X-Jenkins", "2"),)))
    with pytest.raises(UsageError, match=r"without TLS") as caught:
        USERS[who](place)
    assert "PIPELINEKIT_PLAIN_HTTP=other.test" in caught.value.faults[0].hint
    assert world.seen == []
    monkeypatch.setenv("PIPELINEKIT_PLAIN_HTTP", "other.test:8080")
    with pytest.raises(UsageError):
        USERS[who](place)
    monkeypatch.setenv("PIPELINEKIT_PLAIN_HTTP", "a.test, other.test")
    told(lambda: USERS[who](place))
    assert bool(world.seen) is (who != "git")


@pytest.mark.parametrize("who", ["nexus", "jenkins", "charts"])
@pytest.mark.parametrize("target", ["http://other.test", *OTHERS])
def test_everybody_leaves_the_password_at_home(world: World, who: str, target: str) -> None:
    for place in OTHERS:
        world.serve(place, refusing('Basic realm="x"'))
    world.serve("https://charts.test", lambda seen: Said(302, b"", (("Location", target + seen.path),)))
    assert told(lambda: USERS[who]("https://charts.test"))
    assert world.places_with(*SECRETS) == {"https://charts.test"}
    assert not world.places_with(NETRC)


def test_an_archive_elsewhere_gets_no_password(world: World, tmp_path: Path) -> None:
    data = b"an archive"
    listed = {"version": "1", "urls": ["https://other.test/a.tgz"], "digest": digest_bytes(data)}
    index = json.dumps({"entries": {"orders": [listed]}}).encode()
    world.serve("https://charts.test", lambda _: Said(200, index))
    world.serve("https://other.test", lambda _: Said(200, data))
    charts = HttpCharts(lambda _: LOGIN)
    charts.fetch_chart(ImageRef("https://charts.test", "orders", tag="1"), tmp_path / "a.tgz")
    assert (tmp_path / "a.tgz").read_bytes() == data
    assert world.places_with(*SECRETS) == {"https://charts.test"}


def test_a_proxy_does_not_stand_before_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without TLS is fine on this machine because nobody listens there: a proxy would."""
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.test:3128")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    session = exchange.Session()
    for host in ("127.0.0.1:5000", "localhost:5000", "[::1]:5000"):
        found = session.merge_environment_settings(f"http://{host}/", {}, False, True, None)
        assert "http" not in found["proxies"]
    far = session.merge_environment_settings("http://far.test/", {}, False, True, None)
    assert far["proxies"]["http"] == "http://proxy.test:3128"
    led = requests.Request("GET", "http://localhost:5000/").prepare()
    assert session.rebuild_proxies(led, {"http": "http://proxy.test:3128"}) == {}


def test_whoever_asks_this_machine_changes_no_other_thread_s_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A `no_proxy` that one thread set for a moment made others miss their proxy, or crash in between."""
    changed: list[str | None] = []
    change = requests.utils.set_environ

    def seen(name: str, value: Any) -> Any:
        changed.append(value)
        return change(name, value)

    monkeypatch.setattr(requests.utils, "set_environ", seen)
    session = exchange.Session()
    session.merge_environment_settings("http://127.0.0.1:5000/", {}, False, True, None)
    session.rebuild_proxies(requests.Request("GET", "http://127.0.0.1:5000/").prepare(), {})
    assert changed
    assert set(changed) == {None}


# --- everything ends, in a sentence ---------------------------------------------------------------

CHUNKED = OPENING + b"Transfer-Encoding: chunked\r\n\r\n"
ENDLESS: dict[str, Callable[[Any], None]] = {
    "body": endless(OPENING + END, b"[" * 65536),
    "slow body": endless(OPENING + END, b" ", 0.1),
    "silence": endless(b"", b"", 0.2),
    "silent body": endless(OPENING + b"Content-Length: 9\r\n\r\n", b"", 0.2),
    "headers": endless(OPENING, b"X-A: b\r\n"),
    "one header": endless(OPENING + b"X-A: ", b"b" * 4096),
    "slow headers": endless(OPENING + b"X-A: ", b"b", 0.1),
    "status line": endless(b"HTTP/1.1 200 ", b"O" * 4096),
    "continues": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "chunks": endless(CHUNKED, b"1000\r\n" + b" " * 4096 + b"\r\n"),
    "a chunk's length": endless(CHUNKED, b"0" * 4096),
    "a chunk's extension": endless(CHUNKED + b"1;", b"x" * 4096),
    "trailers": endless(CHUNKED + b"0\r\n", b"X-A: b\r\n"),
    "slow chunks": endless(CHUNKED, b"1\r\n \r\n", 0.1),
}
PAGE = b"<!DOCTYPE html><html><body>Sign in</body></html>"
BOMB = gzip.compress(b" " * (64 * 1024 * 1024))
DEEP = b"[" * 200_000
ODD: dict[str, Said] = {
    "page": Said(200, PAGE, (("Content-Type", "text/html"),)),
    "page as json": Said(200, PAGE, (("Content-Type", "application/json"),)),
    "page with a digest": Said(
        200, PAGE, (("Content-Type", OCI_MANIFEST), ("Docker-Content-Digest", "sha256:" + "0" * 64))
    ),
    "nothing": Said(200),
    "null": Said(200, b"null"),
    "a list": Said(200, b"[1]"),
    "a number": Said(200, b"1e999999"),
    "long number": Said(200, b"9" * 100_000),
    "text": Said(200, b'"text"'),
    "deep": Said(200, DEEP),
    "deep objects": Said(200, b'{"a":' * 100_000),
    "nul": Said(200, b'{"token": "\\u0000", "tags": ["\\ud800"]}'),
    "not UTF-8": Said(200, b'{"token": "\xff\xfe"}'),
    "UTF-16": Said(200, '{"token": "x"}'.encode("utf-16")),
    "bomb": Said(200, BOMB, (("Content-Encoding", "gzip"),)),
    "no gzip": Said(200, b"{}", (("Content-Encoding", "gzip"),)),
    "brotli": Said(200, b"\x0b\x02\x80{}\x03", (("Content-Encoding", "br"),)),
    "length": Said(200, b"{}", (("Content-Length", "99999999999999999999"),)),
    "no length": Said(200, b"{}", (("Content-Length", "many"),)),
    "shapes": Said(
        200, b'{"tags": 1, "repositories": {"a": 1}, "manifests": "x", "config": [], "layers": 1}'
    ),
    "descriptors": Said(
        200,
        b'{"manifests": [null, {"digest": "../../etc"}], "tags": [{}], "config": {"digest": 1}}',
        (("Content-Type", OCI_INDEX),),
    ),
    "no children": Said(200, b'{"manifests": []}', (("Content-Type", OCI_INDEX),)),
    "a digest of its own": Said(200, b"{}", (("Docker-Content-Digest", "sha256:\x1b[31m"),)),
    "errors": Said(500, b'{"errors": ["text", {"code": 1, "detail": [1]}, null]}'),
    "errors as a list": Said(400, b'[["errors"]]'),
    "later": Said(429, b"", (("Retry-After", "\xb2"),)),
    "much later": Said(503, b"", (("Retry-After", "Fri, 31 Dec 99999999 23:59:59 GMT"),)),
    "redirect to nowhere": Said(307),
    "redirect to itself": Said(307, b"", (("Location", "?again"),)),
    "redirect to no address": Said(307, b"", (("Location", "http://[::1"),)),
    "redirect to bytes": Said(307, b"", (("Location", "\xff\xfe"),)),
    "redirect to a long name": Said(307, b"", (("Location", f"https://{'a' * 300}.test/"),)),
    "redirect to a file": Said(307, b"", (("Location", "file:///etc/passwd"),)),
    "links": Said(200, b'{"tags": []}', (("Link", '<http://[::1>; rel="next"'),)),
    "202": Said(202),
    "201": Said(201),
    "status": Said(299, b"{}"),
    "schema 1": Said(200, b'{"schemaVersion": 1, "fsLayers": []}'),
    "challenge": Said(401, b"", (("WWW-Authenticate", 'Bearer realm="' + "\\" * 5000),)),
    "challenges": Said(401, b"", (("WWW-Authenticate", "Bearer " + "a=b," * 5000),)),
    "token": Said(401, b"", (("WWW-Authenticate", f'Bearer realm="{HOME}/token"'),)),
}
CHARSETS = ("utf-7", "idna", "undefined", "hex", "punycode", "utf-16", "\x01", "zlib_codec", "unicode_escape")
ODD |= {
    f"charset {each!r}": Said(500, b"caf\xe9 \\ud800 <", (("Content-Type", f"text/plain; charset={each}"),))
    for each in CHARSETS
}
BOUND = 25.0
"""Seconds within which a question has an end here, where a grace of one second is given; a hang has none."""


@pytest.mark.parametrize("kind", ENDLESS)
def test_what_has_no_end_is_given_up(world: World, tmp_path: Path, kind: str) -> None:
    world.serve(HOME, lambda _: Said(feed=ENDLESS[kind]))
    oci = client()
    for question in (
        lambda: oci.manifests.get(REF),
        lambda: oci.blobs.read(Home(HOST, "t/x"), "sha256:" + "1" * 64),
    ):
        began = time.monotonic()
        assert told(question)
        assert time.monotonic() - began < BOUND
    for who in ("nexus", "jenkins", "charts"):
        world.serve("https://charts.test", lambda _: Said(feed=ENDLESS[kind]))
        assert told(partial(USERS[who], "https://charts.test"))


@pytest.mark.parametrize("kind", ODD)
def test_whatever_a_registry_says_is_a_sentence(world: World, tmp_path: Path, kind: str) -> None:
    world.serve(HOME, lambda _: ODD[kind])
    for question in everything(client(), tmp_path):
        told(question)
    for who in ("nexus", "jenkins", "charts"):
        world.serve("https://charts.test", lambda _: ODD[kind])
        told(partial(USERS[who], "https://charts.test"))


@pytest.mark.parametrize("kind", ODD)
def test_whatever_gives_tokens_says_is_a_sentence(world: World, kind: str) -> None:
    world.serve("https://other.test", lambda _: ODD[kind])
    world.serve(HOME, refusing('Bearer realm="https://other.test/token"'))
    assert told(lambda: client().digest_of(REF))


def test_a_page_in_the_place_of_json_is_named(world: World) -> None:
    world.serve(HOME, lambda _: ODD["page"])
    assert "an HTML page where JSON was due" in told(lambda: client().manifests.get(REF))
    world.serve(HOME, lambda _: ODD["schema 1"])
    assert "schema 1" in told(lambda: client().manifests.get(REF))


def test_a_list_without_end_is_given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifests, "PAGES", 30)
    pages = itertools.count()

    def page(_: Seen) -> Said:
        return Said(200, b"{}", (("Link", f'</v2/_catalog?last={next(pages)}>; rel="next"'),))

    world.serve(HOME, page)
    assert "without end" in told(lambda: client().manifests.catalog(HOST))
