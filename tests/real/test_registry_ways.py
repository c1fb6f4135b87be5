"""Ways of registries and chart repositories that differ, none of them wrong: each is taken, or told."""

from __future__ import annotations

import base64
import gzip
import io
import json
import re
import tomllib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from pipelinekit.adapters.build import registriesconf
from pipelinekit.adapters.registry.blobs import Home
from pipelinekit.adapters.registry.digests import digest_bytes
from pipelinekit.adapters.registry.helmrepository import HttpCharts
from pipelinekit.adapters.registry.login import dockerconfig
from pipelinekit.adapters.registry.login.challenges import challenges
from pipelinekit.adapters.registry.login.credentials import for_registry, own_hosts
from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.errors import ToolFailed, UsageError
from pipelinekit.model.release import IDENTITY, Credentials, ImageRef
from tests.real import strangers
from tests.real.strangers import Said, Seen, World

HOST = "registry.test:5000"
PLACE = f"https://{HOST}"
HOME = Home(HOST, "t/x")
CONTENT = bytes(range(256)) * 4096
DIGEST = digest_bytes(CONTENT)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with strangers.world(tmp_path / "pki", monkeypatch) as made:
        yield made


def _same(said: Said, _: Seen) -> Said:
    return said


def client(chunk: int = 300_000) -> OciRegistry:
    """Anonymous, with small pieces."""
    return OciRegistry(lambda _: None, chunk=chunk, sleep=lambda _: None)


class Store:
    """A registry's uploads: `patch` is its answer to a piece, None to take it; `last` ends an upload."""

    def __init__(self, *, patch: int = 0, least: int = 0, most: int = 1 << 40, last: int = 201) -> None:
        self.patch, self.least, self.most, self.last = patch, least, most, last
        self.held, self.pieces, self.whole = b"", list[int](), b""

    def __call__(self, seen: Seen) -> Said:
        if seen.method == "HEAD":
            return Said(404)
        if seen.method == "POST":
            self.held, self.pieces = b"", []
            least = (("OCI-Chunk-Min-Length", str(self.least)),) if self.least else ()
            return Said(202, b"", (("Location", "/up?state=1"), *least))
        if seen.method == "PATCH":
            if self.patch:
                return Said(self.patch)
            if len(seen.body) > self.most:
                return Said(413, b"<html>413 Request Entity Too Large</html>")
            self.held += seen.body
            self.pieces.append(len(seen.body))
            return Said(202, b"", (("Location", "/up?state=2"),))
        self.held += seen.body
        self.whole = self.held
        return Said(self.last)


# --- uploads --------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [405, 413, 416, 501])
def test_a_registry_that_takes_no_pieces_gets_all_at_once(world: World, status: int) -> None:
    store = Store(patch=status)
    world.serve(PLACE, store)
    assert client().blobs.upload(HOME, CONTENT) == DIGEST
    assert store.whole == CONTENT
    assert [each.method for each in world.seen].count("PUT") == 1


def test_pieces_that_are_too_big_become_smaller(world: World) -> None:
    store = Store(most=512 * 1024)
    world.serve(PLACE, store)
    client(chunk=700_000).blobs.upload(HOME, CONTENT)
    assert store.whole == CONTENT
    assert max(store.pieces) <= 512 * 1024


def test_pieces_are_as_long_as_the_registry_asks(world: World) -> None:
    store = Store(least=500_000)
    world.serve(PLACE, store)
    client(chunk=100_000).blobs.upload(HOME, CONTENT)
    assert store.whole == CONTENT
    assert store.pieces[:-1] == [500_000] * (len(CONTENT) // 500_000)


@pytest.mark.parametrize("status", [201, 202, 204])
def test_the_end_of_an_upload_has_three_numbers(world: World, status: int) -> None:
    store = Store(last=status)
    world.serve(PLACE, store)
    client(chunk=1 << 24).blobs.upload(HOME, CONTENT)
    assert store.whole == CONTENT


def test_an_upload_without_an_address_is_a_sentence(world: World) -> None:
    world.serve(PLACE, lambda seen: Said(404 if seen.method == "HEAD" else 202))
    with pytest.raises(ToolFailed, match="with the address to go on at missing"):
        client().blobs.upload(HOME, CONTENT)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405])
def test_a_mount_that_is_refused_is_an_upload(world: World, status: int) -> None:
    store = Store()
    world.serve(PLACE, lambda seen: Said(status) if "mount=" in seen.path else store(seen))
    location = client().blobs.mount(HOME, DIGEST, "t/y")
    client().blobs.send(HOME, DIGEST, io.BytesIO(CONTENT), len(CONTENT), location)
    assert store.whole == CONTENT


# --- encodings ------------------------------------------------------------------------------------

ARCHIVE = gzip.compress(CONTENT, mtime=0)


@pytest.mark.parametrize(
    ("sent", "wanted"),
    [(ARCHIVE, ARCHIVE), (gzip.compress(ARCHIVE), ARCHIVE), (ARCHIVE, CONTENT), (CONTENT, CONTENT)],
    ids=["called gzip because it is", "packed twice", "packed on its way", "called gzip and is not"],
)
def test_the_bytes_are_those_that_the_digest_names(
    world: World, tmp_path: Path, sent: bytes, wanted: bytes
) -> None:
    encoded = (("Content-Encoding", "gzip"),)
    world.serve(PLACE, lambda _: Said(200, sent, encoded))
    assert client().blobs.read(HOME, digest_bytes(wanted)) == wanted
    listed = {"version": "1", "urls": ["a.tgz"], "digest": digest_bytes(wanted)}
    index = json.dumps({"entries": {"orders": [listed]}}).encode()
    world.serve(
        "https://charts.test",
        lambda seen: Said(200, index) if "index" in seen.path else Said(200, sent, encoded),
    )
    HttpCharts(lambda _: None).fetch_chart(
        ImageRef("https://charts.test", "orders", tag="1"), tmp_path / "a.tgz"
    )
    assert (tmp_path / "a.tgz").read_bytes() == wanted


# --- indexes --------------------------------------------------------------------------------------


def test_an_index_is_utf_8_and_its_sound_entries_count(world: World) -> None:
    text = """
entries:
  orders:
  - {urls: [a.tgz], description: "somebody\u2019s"}
  - {version: 1.0.0, description: no urls}
  - {version: 1.1.0, urls: []}
  - {version: 2, urls: [a.tgz]}
  - text
  - {version: 1.2.0, urls: [a.tgz], digest: DIGEST}
  strange: 3
"""
    body = text.replace("DIGEST", DIGEST).encode()
    for packed, headers in (
        (body, (("Content-Type", "text/x-yaml"),)),
        (gzip.compress(body), (("Content-Type", "text/x-yaml"), ("Content-Encoding", "gzip"))),
    ):
        said = Said(200, packed, headers)
        world.serve("https://charts.test", partial(_same, said))
        lines: list[str] = []
        charts = HttpCharts(lambda _: None, say=lines.append)
        ref = ImageRef("https://charts.test", "orders", tag="1.2.0")
        assert charts.digest_of(ref) == DIGEST
        assert charts.digest_of(ref) == DIGEST
        assert [re.sub(r".*orders ", "", line) for line in lines] == [
            "has no version; it does not count",
            "('1.0.0') has no urls; it does not count",
            "('1.1.0') has no urls; it does not count",
            "has no version; it does not count",
            "is no mapping; it does not count",
        ]
        assert charts.digest_of(ImageRef("https://charts.test", "strange", tag="1")) is None


# --- challenges -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ('Basic realm="x"', {"basic": {"realm": "x"}}),
        (
            'Basic realm="x, y", Bearer realm="https://a/t?b=c&d=e",service="s"',
            {"basic": {"realm": "x, y"}, "bearer": {"realm": "https://a/t?b=c&d=e", "service": "s"}},
        ),
        ('bEARER Realm = "a\\"b" , scope=x', {"bearer": {"realm": 'a"b', "scope": "x"}}),
        ("Negotiate, Basic", {"negotiate": {}, "basic": {}}),
        ('Negotiate YII==, Bearer realm="r"', {"negotiate": {}, "bearer": {"realm": "r"}}),
        ("", {}),
        ('Bearer realm="open', {"bearer": {}}),
    ],
)
def test_challenges_are_read_as_http_has_them(header: str, found: dict[str, dict[str, str]]) -> None:
    assert challenges(header) == found


def test_both_challenges_in_two_headers_and_a_realm_with_a_query(world: World) -> None:
    both = (
        ("WWW-Authenticate", 'Basic realm="x"'),
        ("WWW-Authenticate", f'Bearer realm="{PLACE}/token?account=a",service="s"'),
    )

    def registry(seen: Seen) -> Said:
        if seen.path.startswith("/token"):
            return Said(200, b'{"access_token": "t0k"}')
        return Said(404) if seen.headers.get("Authorization") == "Bearer t0k" else Said(401, b"", both)

    world.serve(PLACE, registry)
    assert client().digest_of(ImageRef(HOST, "t/x", tag="1")) is None
    assert world.seen[1].path == "/token?account=a&service=s&scope=repository%3At%2Fx%3Apull"


def test_an_identity_token_is_exchanged(world: World) -> None:
    asked = (("WWW-Authenticate", f'Bearer realm="{PLACE}/token",service="s"'),)

    def registry(seen: Seen) -> Said:
        if seen.path.startswith("/token"):
            return Said(200, b'{"access_token": "t0k"}')
        return Said(404) if seen.headers.get("Authorization") == "Bearer t0k" else Said(401, b"", asked)

    world.serve(PLACE, registry)
    oci = OciRegistry(lambda _: Credentials(IDENTITY, "id3ntity"))
    assert oci.digest_of(ImageRef(HOST, "t/x", tag="1")) is None
    form = next(each for each in world.seen if each.path == "/token")
    assert form.method == "POST"
    assert b"grant_type=refresh_token&refresh_token=id3ntity" in form.body
    assert world.places_with("id3ntity") == {PLACE}
    assert "id3ntity" not in "".join(each.path for each in world.seen)


# --- logins ---------------------------------------------------------------------------------------

ENTRY = {"auth": base64.b64encode(b"user:pass:word").decode()}
KNOWN = Credentials("user", "pass:word")


@pytest.mark.parametrize(
    ("config", "host", "found"),
    [
        ({"auths": {"https://index.docker.io/v1/": ENTRY}}, "docker.io", KNOWN),
        ({"auths": {"https://index.docker.io/v1/": ENTRY}}, "registry-1.docker.io", KNOWN),
        ({"auths": {"docker.io": ENTRY}}, "registry-1.docker.io", KNOWN),
        ({"auths": {"a.test:5000": ENTRY}}, "a.test:5000", KNOWN),
        ({"auths": {"a.test:5000": ENTRY}}, "a.test", None),
        ({"auths": {"a.test": ENTRY}}, "a.test:5000", None),
        ({"auths": {"a.test:443": ENTRY}}, "a.test", KNOWN),
        ({"auths": {"https://a.test/v2/": ENTRY}}, "a.test", KNOWN),
        ({"auths": {"a.test/v1/": ENTRY}}, "a.test", KNOWN),
        ({"auths": {"a.test/team": ENTRY}}, "a.test", None),
        ({"auths": {"a.test": {"identitytoken": "t", **ENTRY}}}, "a.test", Credentials(IDENTITY, "t")),
        ({"auths": None, "credHelpers": None, "credsStore": None}, "a.test", None),
        ({"auths": {"a.test": None}}, "a.test", None),
        ({"auths": {"a.test": {}}}, "a.test", None),
        ({"auths": []}, "a.test", None),
    ],
)
def test_what_docker_login_has_left(
    tmp_path: Path, config: dict[str, object], host: str, found: Credentials | None
) -> None:
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert for_registry(host, {"DOCKER_CONFIG": str(tmp_path)}) == found


@pytest.mark.parametrize("text", ["[]", "{", '"x"', "\x00", '{"auths": {"a.test": {"auth": "%%%"}}}'])
def test_a_damaged_file_is_a_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(ToolFailed, match=r"cannot be read|is damaged"):
        for_registry("a.test", {"DOCKER_CONFIG": str(tmp_path)})


def test_what_buildah_and_helm_login_have_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name, host in (
        ("run/containers/auth.json", "a.test"),
        ("other.json", "b.test"),
        ("helm.json", "c.test"),
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"auths": {host: ENTRY}}))
    environment = {
        "XDG_RUNTIME_DIR": str(tmp_path / "run"),
        "HELM_REGISTRY_CONFIG": str(tmp_path / "helm.json"),
    }
    assert for_registry("a.test", environment) == KNOWN
    assert for_registry("c.test", environment) == KNOWN
    assert for_registry("b.test", environment) is None
    # Whoever names a file means that one.
    named = {**environment, "REGISTRY_AUTH_FILE": str(tmp_path / "other.json")}
    assert for_registry("b.test", named) == KNOWN
    assert for_registry("a.test", named) is None


def test_a_token_and_a_hub_login_are_handed_on_as_docker_has_them() -> None:
    logins = {"a.test": Credentials(IDENTITY, "t"), "docker.io": KNOWN}
    with dockerconfig.written(["a.test", "docker.io"], logins.get) as folder:
        found = json.loads((folder / "config.json").read_text())["auths"]
        assert found["a.test"]["identitytoken"] == "t"
        assert found["https://index.docker.io/v1/"] == ENTRY
        assert for_registry("a.test", {"DOCKER_CONFIG": str(folder)}) == logins["a.test"]


def test_the_login_for_images_is_not_docker_hubs() -> None:
    assert own_hosts("nexus.test:5000", "docker.io", ["prod.test", ""]) == ("nexus.test:5000", "prod.test")
    assert own_hosts("nexus.test:5000", "nexus.test:5001", []) == ("nexus.test:5000", "nexus.test:5001")
    assert own_hosts("docker.io", "docker.io", []) == ("docker.io",)


# --- addresses ------------------------------------------------------------------------------------

VERBS = (
    ("build", "--registry"),
    ("push", "--registry"),
    ("package", "--registry"),
    ("publish", "--registry"),
    ("deploy", "--mirror"),
    ("test", "--mirror"),
    ("registry", "usage", "--registry"),
)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    "address",
    [
        *("http://a.test", "https://a.test", "a.test/", "user:s3cret@a.test", "http://user:s3cret@a.test"),
        *("[::1]:5000", "::1", "a.test:0", "a.test:70000", "a b", "-a.test", "a.test\n", "a.test?x"),
    ],
)
def test_every_verb_refuses_what_is_no_host(
    verb: tuple[str, ...], address: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelinekit.cli import main

    def run(*words: str) -> tuple[object, str]:
        with pytest.raises(SystemExit) as ended:
            main.run(list(words))
        said = capsys.readouterr()
        return ended.value.code, said.out + said.err

    monkeypatch.delenv("PIPELINEKIT_REGISTRY", raising=False)
    monkeypatch.delenv("PIPELINEKIT_MIRROR", raising=False)
    code, said = run(*verb, address)
    assert code == 2
    assert "s3cret" not in said
    monkeypatch.setenv(f"PIPELINEKIT_{verb[-1].strip('-').upper()}", address)
    code, again = run(*verb[:-1])
    assert (code, again) == (2, said)


@pytest.mark.parametrize("entry", ["http://a.test", "user:s3cret@a.test", "a.test/"])
def test_a_host_without_tls_is_named_as_a_host(entry: str) -> None:
    from pipelinekit.adapters.web import plainhttp

    with pytest.raises(UsageError) as caught:
        plainhttp.named({"PIPELINEKIT_PLAIN_HTTP": f"b.test:80,{entry}"})
    assert "s3cret" not in str(caught.value)
    assert plainhttp.is_named("B.test", {"PIPELINEKIT_PLAIN_HTTP": " b.test:80 ,[::1]:5000"})


# --- buildah's registries.conf --------------------------------------------------------------------


def test_buildah_keeps_mirrors_and_blocks_and_leaves_tls_out_for_named_hosts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registriesconf, "SYSTEM", tmp_path / "etc")
    monkeypatch.setattr(registriesconf, "VENDOR", tmp_path / "usr")
    drops = tmp_path / "etc" / "registries.conf.d"
    drops.mkdir(parents=True)
    (tmp_path / "etc" / "registries.conf").write_text(
        'unqualified-search-registries = ["docker.io"]\nshort-name-mode = "enforcing"\n'
        '[aliases]\n"a" = "x.test/a"\n'
        '[[registry]]\nprefix = "docker.io"\nlocation = "docker.io"\n'
        '[[registry.mirror]]\nlocation = "127.0.0.1:5000/hub"\n[[registry.mirror]]\nlocation = "m.test"\n'
        '[[registry]]\nlocation = "bad.test"\nblocked = true\n'
    )
    (drops / "x.conf").write_text(
        '[[registry]]\nlocation = "in.test"\ninsecure = true\n[aliases]\n"b" = "x/b"\n'
    )
    environment = {"HOME": str(tmp_path)}
    (tmp_path / "made").mkdir()
    words = registriesconf.write(tmp_path / "made", ["127.0.0.1:5000", "n.test:80"], environment)
    found = tomllib.loads(Path(words[1]).read_text())
    assert found["unqualified-search-registries"] == ["docker.io"]
    assert found["aliases"] == {"a": "x.test/a", "b": "x/b"}
    entries = {each.get("prefix") or each["location"]: each for each in found["registry"]}
    assert entries["docker.io"]["mirror"] == [
        {"location": "127.0.0.1:5000/hub", "insecure": True},
        {"location": "m.test"},
    ]
    assert entries["bad.test"] == {"location": "bad.test", "blocked": True}
    insecure = {name for name, each in entries.items() if each.get("insecure")}
    assert insecure == {"127.0.0.1:5000", "n.test:80", "in.test"}


def test_the_first_version_of_that_file_is_read_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    conf = tmp_path / "one.conf"
    conf.write_text(
        '[registries.search]\nregistries = ["a.test"]\n[registries.insecure]\nregistries = ["i.test"]\n'
        '[registries.block]\nregistries = ["i.test", "\\u007f\\"x"]\n'
    )
    monkeypatch.setattr(registriesconf, "SYSTEM", tmp_path / "none")
    found = registriesconf.machine({"CONTAINERS_REGISTRIES_CONF": str(conf), "HOME": str(tmp_path)})
    again = tomllib.loads(registriesconf.text(found))
    assert again == found
    assert found["unqualified-search-registries"] == ["a.test"]
    assert found["registry"][0] == {"location": "i.test", "insecure": True, "blocked": True}


def test_a_name_without_a_host_is_dockers_unless_the_machine_says_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registriesconf, "SYSTEM", tmp_path / "etc")
    monkeypatch.setattr(registriesconf, "VENDOR", tmp_path / "usr")
    environment = {"HOME": str(tmp_path)}
    assert registriesconf.machine(environment)["unqualified-search-registries"] == ["docker.io"]
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "registries.conf").write_text('unqualified-search-registries = ["own.test"]\n')
    assert registriesconf.machine(environment)["unqualified-search-registries"] == ["own.test"]
