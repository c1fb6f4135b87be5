from __future__ import annotations

import base64

import pytest

from pipelinekit.adapters import process
from pipelinekit.adapters.certificates import secrets
from pipelinekit.adapters.certificates.x509 import Authorities
from pipelinekit.adapters.cluster import kubectl
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
