"""Somebody who calls Keycloak from a pod of theirs: what it answers, and what its tokens say."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tests.real.components.site import Site, image

NAME, DATABASE = "keycloak", "postgresql"
# What a shell, JSON, and Keycloak's own configuration take for something else.
PASSWORD = "a:b\\c'd\"e$(f)${g} `h`"

CALL = """
import json, sys, urllib.error, urllib.request
url, method, headers, body = json.load(sys.stdin)
data = None if body is None else body.encode()
request = urllib.request.Request(url, data=data, headers=headers, method=method)
try:
    with urllib.request.urlopen(request, timeout=15) as answer:
        print(json.dumps([answer.status, answer.read().decode()]))
except urllib.error.HTTPError as error:
    print(json.dumps([error.code, error.read().decode()]))
except OSError as error:
    print(json.dumps([0, str(error)]))
"""


def basic(login: str) -> str:
    """A login as a header has it."""
    return f"Basic {base64.b64encode(login.encode()).decode()}"


def answered(
    site: Site, space: str, url: str, method: str, headers: Mapping[str, str], body: str | None
) -> tuple[int, str]:
    """Status and text of what a namespace's pod `caller` is answered; 0 where there is no answer."""
    words = json.dumps([url, method, headers, body])
    said = site.said(space, "exec", "-i", "caller", "--", "python3", "-c", CALL, stdin=words)
    status, text = json.loads(said)
    return status, text


@dataclass
class Caller:
    """A pod of somebody's, with Python in it."""

    site: Site
    space: str
    address: str

    def ask(
        self, path: str, form: Any = None, *, token: str = "", method: str = "", body: Any = None
    ) -> tuple[int, Any]:
        """Status and content of an answer of Keycloak's; 0 where there was none."""
        verb = method or ("POST" if form or body else "GET")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        data = urlencode(form) if form else None
        if body is not None:
            data, headers["Content-Type"] = json.dumps(body), "application/json"
        status, text = answered(self.site, self.space, f"{self.address}{path}", verb, headers, data)
        return status, json.loads(text) if text[:1] in ("{", "[") else text

    def token(self, realm: str = "platform", **form: str) -> str:
        """A token for whom the form names."""
        status, said = self.ask(f"/realms/{realm}/protocol/openid-connect/token", form)
        assert status == 200, said
        return str(said["access_token"])

    def reaches(self, host: str, port: int) -> bool:
        """Whether a connection comes about."""
        script = f"import socket; socket.create_connection(({host!r}, {port}), 4).close(); print('reached')"
        words = ("exec", "caller", "--", "python3", "-c", script)
        return "reached\n" in self.site.tried(self.space, *words)


def called(site: Site, space: str, labels: Mapping[str, str]) -> Caller:
    """A pod with these labels, in a namespace, which is made unless it is a component's."""
    if space not in (NAME, DATABASE):
        site.space(space)
    return placed(site, space, labels)


def placed(
    site: Site,
    space: str,
    labels: Mapping[str, str],
    annotations: Mapping[str, str] | None = None,
    **more: Any,
) -> Caller:
    """A pod with these labels, in a namespace that is there; `more` is laid over its container."""
    found = image(site.env, "library/python:3.11-slim")
    container = {
        "name": "caller",
        "image": f"{found['registry']}/{found['repository']}@{found['digest']}",
        "command": ["sleep", "3600"],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "runAsUser": 10001,
        },
        **more,
    }
    spec = {
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 0,
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container],
    }
    said = {"labels": dict(labels), "annotations": dict(annotations or {})}
    metadata = {"name": "caller", "namespace": site.namespace(space), **said}
    site.apply({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
    site.kubectl(space, "wait", "--for=condition=Ready", "pod/caller", "--timeout=120s")
    return Caller(site, space, f"http://{NAME}.{site.namespace(NAME)}:8080")


AGAIN = """
import json, pathlib, sys, time, urllib.error, urllib.request
url, headers, body = json.loads(sys.argv[1])
data = None if body is None else body.encode()
over, answers = pathlib.Path("/tmp/over"), []
while not over.exists():
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=30) as answer:
            answers.append(answer.status)
    except urllib.error.HTTPError as error:
        answers.append(error.code)
    except OSError as error:
        answers.append(str(error))
    time.sleep(0.3)
print(json.dumps(answers))
"""


@contextmanager
def asking(
    site: Site, space: str, url: str, headers: Mapping[str, str | None], body: str | None, patience: float
) -> Iterator[list[Any]]:
    """What a pod `caller` is told that asks again and again in the block; there at its end."""
    words = json.dumps([url, headers, body])
    answers: list[Any] = []
    with ThreadPoolExecutor(1) as aside:
        begun = aside.submit(
            site.platform.kubectl,
            *("exec", "caller", "--", "python3", "-c", AGAIN, words),
            component=space,
            patience=patience,
        )
        try:
            yield answers
        finally:
            site.kubectl(space, "exec", "caller", "--", "touch", "/tmp/over")
            answers += json.loads(begun.result())


def administrator(caller: Caller) -> str:
    """A token of the administrator of the first start."""
    return caller.token(
        "master", grant_type="password", client_id="admin-cli", username="admin", password=PASSWORD
    )


def client(caller: Caller, token: str, name: str) -> dict[str, Any]:
    """A client as the server has it."""
    status, (found,) = caller.ask(f"/admin/realms/platform/clients?clientId={name}", token=token)
    assert status == 200
    return dict(found)


def claims(caller: Caller, token: str) -> dict[str, Any]:
    """What a token says, once its signature is held against the realm's key of its name."""
    head, body, signature = token.split(".")
    about = json.loads(_decoded(head))
    assert about["alg"] == "RS256"
    _, keys = caller.ask("/realms/platform/protocol/openid-connect/certs")
    (key,) = [each for each in keys["keys"] if each["kid"] == about["kid"]]
    assert _signed(f"{head}.{body}".encode(), _decoded(signature), key)
    assert not _signed(f"{head}.{body}x".encode(), _decoded(signature), key)
    return dict(json.loads(_decoded(body)))


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _signed(content: bytes, signature: bytes, key: Mapping[str, str]) -> bool:
    """Whether RSA's signature (PKCS #1 v1.5, SHA-256) by this key is of this content."""
    modulus, exponent = (int.from_bytes(_decoded(key[each]), "big") for each in ("n", "e"))
    size = (modulus.bit_length() + 7) // 8
    opened = pow(int.from_bytes(signature, "big"), exponent, modulus).to_bytes(size, "big")
    # What RFC 8017 puts before a SHA-256 digest.
    digest = bytes.fromhex("3031300d060960864801650304020105000420") + hashlib.sha256(content).digest()
    return opened == b"\x00\x01" + b"\xff" * (size - 3 - len(digest)) + b"\x00" + digest
