from __future__ import annotations

import base64
from typing import Any

import pytest

from pipelinekit.adapters.certificates import secrets
from pipelinekit.adapters.certificates.x509 import Authorities
from pipelinekit.adapters.cluster import kubectl
from pipelinekit.adapters.running import process
from pipelinekit.model.certificate import Reader
from pipelinekit.model.release import Target
from tests import examples

AT = Target(name="certificates", environment=examples.environment("dev"), namespace="web", context="")
BINARY = base64.b64encode(b"\x30\x82\xff\x00").decode()
LABELS = '{"pipelinekit.dev/platform":"acme"}'


def held(monkeypatch: pytest.MonkeyPatch, out: str) -> secrets.CertificateSecrets:
    monkeypatch.setattr(kubectl, "run", lambda *_, **__: process.Completed(0, out, ""))
    return secrets.CertificateSecrets({})


@pytest.mark.parametrize("labels", [LABELS, "{}"])
def test_one_that_holds_no_text_is_looked_at_all_the_same(
    monkeypatch: pytest.MonkeyPatch, labels: str
) -> None:
    out = f"7\n{labels}\nkubernetes.io/tls\n2026-01-01T00:00:00Z\n{BINARY}\n{BINARY}\n{BINARY}"
    found = held(monkeypatch, out).look(AT, "Secret", "web-tls", "acme")
    assert found is not None
    assert bool(found.owner) == (labels == "{}")
    assert found.certificate
    assert Authorities().facts(found.certificate, "") is None
    assert Authorities().misfit(found.key, found.certificate) == "is no private key of ours"


def test_a_key_is_in_no_text_about_what_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    key = base64.b64encode(b"PRIVATE KEY").decode()
    found = held(monkeypatch, f"7\n{LABELS}\nkubernetes.io/tls\n\n\n{key}\n").look(AT, "Secret", "a", "acme")
    assert found is not None
    assert found.key == "PRIVATE KEY"
    assert "PRIVATE" not in repr(found)


def workload(**notes: str) -> dict[str, Any]:
    pod = {"volumes": [{"secret": {"secretName": "web-tls"}}]}
    return {
        "kind": "StatefulSet",
        "metadata": {"name": "web"},
        "spec": {
            "updateStrategy": {"type": "OnDelete"},
            "template": {"metadata": {"annotations": notes}, "spec": pod},
        },
    }


@pytest.mark.parametrize(
    ("notes", "reloads", "told"),
    [
        ({}, False, ""),
        ({secrets.RELOADS: "web-tls"}, True, ""),
        ({secrets.RELOADS: "another-tls"}, False, ""),
        ({f"{secrets.MARK}/web-tls": "a1"}, False, "a1"),
    ],
)
def test_who_reads_a_secret_says_whether_its_pods_read_it_anew(
    monkeypatch: pytest.MonkeyPatch, notes: dict[str, str], reloads: bool, told: str
) -> None:
    there: dict[str, list[Any]] = {"pods": []}
    monkeypatch.setattr(kubectl, "listed", lambda _env, _at, kinds: there.get(kinds, [workload(**notes)]))
    (found,) = secrets.CertificateSecrets({}).reading(AT, "web-tls", "").readers
    assert found == Reader(name="StatefulSet/web", told=told, by_hand=True, reloads=reloads)
