"""Ways to ask for a login and to keep one that differ: each is taken, or told."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from pipelinekit.adapters.registry.login import dockerconfig
from pipelinekit.adapters.registry.login.challenges import challenges
from pipelinekit.adapters.registry.login.credentials import for_registry, own_hosts
from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.errors import ToolFailed
from pipelinekit.model.release import IDENTITY, Credentials, ImageRef
from tests.real.registry.place import HOST, PLACE, client
from tests.real.strangers import Said, Seen, World


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
