"""Who we are to a registry: a password and a token are sent once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.errors import ToolFailed
from pipelinekit.model.release import Credentials, ImageRef
from tests.real.transport.bench import client
from tests.testbed import faults, registry
from tests.testbed.faults import Proxy


def test_a_wrong_password_is_sent_once(testbed: dict[str, str], tmp_path: Path) -> None:
    with registry.serve(tmp_path, auth=True) as served, faults.before(served.address) as proxy:
        wrong = OciRegistry(lambda _: Credentials(served.user, "wrong"), sleep=lambda _: None)
        with pytest.raises(ToolFailed, match="refuses the credentials"):
            wrong.digest_of(ImageRef(proxy.address, "t/x", tag="1"))
        assert proxy.count() == 1
        right = OciRegistry(lambda _: Credentials(served.user, served.password))
        assert right.digest_of(ImageRef(proxy.address, "t/x", tag="1")) is None
        assert proxy.count() == 2


def test_a_bearer_token_is_fetched_once_for_each_scope(bad: Proxy) -> None:
    challenge = f'Bearer realm="http://{bad.address}/token",service="s"'
    bad.fail("^HEAD", status=401, headers={"WWW-Authenticate": challenge})
    bad.fail("^GET /token", status=200, body=json.dumps({"token": "t0ken"}).encode(), times=2)
    oci = OciRegistry(lambda _: Credentials("user", "secret"))
    for _ in range(3):
        assert oci.digest_of(ImageRef(bad.address, "t/none", tag="1")) is None
    assert bad.count("^GET /token") == 1
    assert "scope=repository%3At%2Fnone%3Apull" in next(line for line in bad.log if "/token" in line)


def test_a_bearer_registry_that_refuses_the_password_is_asked_once(bad: Proxy) -> None:
    challenge = f'Bearer realm="http://{bad.address}/token",service="s"'
    bad.fail("^HEAD", status=401, headers={"WWW-Authenticate": challenge}, times=9)
    bad.fail("^GET /token", status=401, times=9)
    with pytest.raises(ToolFailed, match="refuses the credentials"):
        OciRegistry(lambda _: Credentials("user", "wrong")).digest_of(ImageRef(bad.address, "t/x", tag="1"))
    assert bad.count("^GET /token") == 1


def test_plain_http_is_for_loopback_or_by_explicit_word(monkeypatch: pytest.MonkeyPatch) -> None:
    oci = client()
    assert oci.connection.base("registry.example.com") == "https://registry.example.com"
    monkeypatch.setenv("PIPELINEKIT_PLAIN_HTTP", "registry.example.com,other.example.com:5000")
    assert client().connection.base("registry.example.com") == "http://registry.example.com"
    assert client().connection.base("other.example.com") == "https://other.example.com"
