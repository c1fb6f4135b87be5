"""The way to a controller: what is in between, whom we trust there, and who we are to it."""

from __future__ import annotations

import socket
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.controller.conftest import Platform, Ran
from tests.controller.faults import Fault
from tests.controller.server import Controller

Kit = Callable[..., Ran]


# --- the way there --------------------------------------------------------------------------------


def test_nobody_listens(platform: Platform, kit: Kit) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        platform.url = f"http://127.0.0.1:{free.getsockname()[1]}"
    ran = kit("jobs", "plan")
    assert ran.code == 5
    assert "cannot be reached: Connection refused" in ran.err
    assert "does the controller run?" in ran.err


def test_a_host_that_does_not_exist(platform: Platform, kit: Kit) -> None:
    platform.url = "https://jenkins.invalid"
    ran = kit("jobs", "plan")
    assert ran.code == 5
    assert "jenkins.invalid cannot be reached" in ran.err


def test_a_wrong_path(jenkins: Controller, platform: Platform, kit: Kit) -> None:
    platform.url = f"{jenkins.url}/jenkins"
    ran = kit("jobs", "plan")
    assert ran.code == 5
    assert "Jenkins has no api/json" in ran.err


@pytest.mark.parametrize("verb", ["plan", "apply", "drift", "prune", "status"])
def test_a_proxy_or_login_page_in_between(jenkins: Controller, kit: Kit, verb: str) -> None:
    jenkins.faults = [Fault("not-jenkins")]
    ran = kit("jobs", verb)
    assert ran.code == 5
    assert "answers, but not as Jenkins does" in ran.err
    assert jenkins.requests("POST") == []


def test_a_proxy_that_leads_nowhere(platform: Platform, kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    platform.url = "http://jenkins.example"
    monkeypatch.setenv("PIPELINEKIT_PLAIN_HTTP", "jenkins.example")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    ran = kit("jobs", "plan")
    assert ran.code == 5
    assert "the proxy does not lead to jenkins.example" in ran.err


@pytest.fixture
def tls(jenkins: Controller, platform: Platform, tmp_path: Path) -> Path:
    """The same controller with a certificate that an authority of its own has signed."""
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        [
            *(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=localhost",
            ),
            *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    jenkins._server.socket = context.wrap_socket(jenkins._server.socket, server_side=True)
    platform.url = jenkins.url.replace("http://", "https://")
    return certificate


def test_an_authority_of_ones_own(tls: Path, kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = kit("jobs", "plan")
    assert ran.code == 5
    assert "the certificate of 127.0.0.1" in ran.err
    assert "is not trusted" in ran.err
    assert "REQUESTS_CA_BUNDLE" in ran.err
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tls))
    assert kit("jobs", "plan").code == 0


# --- who we are -----------------------------------------------------------------------------------


@pytest.mark.parametrize("password", ["password", "token"])
def test_a_password_or_a_token_will_do(
    jenkins: Controller, kit: Kit, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    jenkins.state.users = {"robot": ("password", "token")}
    ran = _with_account(kit, monkeypatch, password)
    assert ran.code == 0, ran.err


def _with_account(kit: Kit, monkeypatch: pytest.MonkeyPatch, password: str) -> Ran:
    monkeypatch.setenv("PK_JENKINS_USER", "robot")
    monkeypatch.setenv("PK_JENKINS_PASSWORD", password)
    return kit("jobs", "apply", "--yes")


def test_a_wrong_token(jenkins: Controller, kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    jenkins.state.users = {"robot": ("password", "token")}
    ran = _with_account(kit, monkeypatch, "hunter2")
    assert ran.code == 5
    assert "refuses user robot (401)" in ran.err
    assert "PK_JENKINS_USER and PK_JENKINS_PASSWORD" in ran.err
    assert "hunter2" not in ran.err + ran.out


def test_no_account_at_all(jenkins: Controller, kit: Kit) -> None:
    jenkins.state.users = {"robot": ("password", "token")}
    ran = kit("jobs", "plan")
    assert ran.code == 5
    assert "refuses anonymous access (403)" in ran.err
