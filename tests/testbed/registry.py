"""The image registry: the testbed's own, and further ones that a test starts to see things fail."""

from __future__ import annotations

import base64
import http.client
import json
import secrets as randomness
import socket
import ssl
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.testbed import certificates, network, packages
from tests.testbed.errors import ToolFailedError
from tests.testbed.processes import Program
from tests.testbed.record import write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.testbed.certificates import Secrets
    from tests.testbed.layout import Layout

_READY = 15.0  # seconds


@dataclass(frozen=True)
class Registry:
    """A registry that answers, and how to be let in."""

    address: str  # "127.0.0.1:PORT", what stands before the first slash of an image's name
    user: str = ""
    password: str = ""
    ca: Path | None = None  # to be trusted where it speaks TLS; plain http without

    def answers(self, *, user: str | None = None, password: str | None = None) -> bool:
        """Whether it lets these in; its own user and password where not said otherwise."""
        user = self.user if user is None else user
        password = self.password if password is None else password
        return self._status(user, password) == http.client.OK

    def _status(self, user: str, password: str) -> int | None:
        headers = {"Authorization": _basic(user, password)} if user else {}
        connection: http.client.HTTPConnection
        if self.ca is None:
            connection = http.client.HTTPConnection(self.address, timeout=5)
        else:
            context = ssl.create_default_context(cafile=str(self.ca))
            connection = http.client.HTTPSConnection(self.address, timeout=5, context=context)
        try:
            connection.request("GET", "/v2/", headers=headers)
            return connection.getresponse().status
        except OSError:
            return None
        finally:
            connection.close()


def main(secrets: Secrets) -> Registry:
    """The testbed's own registry."""
    return Registry(network.REGISTRY, certificates.REGISTRY_USER, secrets.registry_password)


def program(layout: Layout, secrets: Secrets) -> Program:
    """Writes the files of the testbed's own registry; what to start. Raises ToolFailedError."""
    folder = layout.state / "registry"
    passwords = folder / "htpasswd"
    if not passwords.exists():
        certificates.htpasswd(passwords, certificates.REGISTRY_USER, secrets.registry_password)
    return _program(folder, layout.registry_storage, network.REGISTRY, passwords, None)


def write_docker_config(layout: Layout, secrets: Secrets) -> None:
    """Logs docker, helm and every other client of DOCKER_CONFIG in."""
    auth = base64.b64encode(f"{certificates.REGISTRY_USER}:{secrets.registry_password}".encode()).decode()
    write(layout.docker_config / "config.json", json.dumps({"auths": {network.REGISTRY: {"auth": auth}}}))


@contextmanager
def serve(
    folder: Path, *, tls: bool = False, auth: bool = False, storage: Path | None = None
) -> Iterator[Registry]:
    """Another registry on a free port of 127.0.0.1, for the duration of the block.

    `folder` takes its files: with `tls` a CA (`ca.crt`) and a certificate of its own, with `auth` a random
    password, and its content unless `storage` says where. Raises ToolFailedError when it does not start.
    """
    folder.mkdir(parents=True, exist_ok=True)
    address = f"127.0.0.1:{_free_port()}"
    user, password, passwords, ca = "", "", None, None
    if auth:
        user, password, passwords = "tester", randomness.token_urlsafe(18), folder / "htpasswd"
        certificates.htpasswd(passwords, user, password)
    if tls:
        authority = certificates.authority(folder, "pipelinekit-testbed-registry")
        certificates.issue(authority, folder, "registry", "/CN=registry", ("IP:127.0.0.1", "DNS:localhost"))
        ca = authority.certificate
    registry = Registry(address, user, password, ca)
    started = _program(folder, storage or folder / "storage", address, passwords, folder if tls else None)
    log = folder / "registry.log"
    with (
        log.open("ab") as out,
        subprocess.Popen(started.argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out) as process,
    ):
        try:
            _wait(registry, process, log)
            yield registry
        finally:
            process.terminate()
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()


def _program(folder: Path, storage: Path, address: str, passwords: Path | None, pki: Path | None) -> Program:
    settings: dict[str, object] = {
        "version": "0.1",
        "log": {"level": "warn", "accesslog": {"disabled": True}},
        "storage": {
            "filesystem": {"rootdirectory": str(storage)},
            "delete": {"enabled": True},
            "maintenance": {"uploadpurging": {"enabled": False}},
        },
        # Its own secret would change with each start and end uploads that are under way.
        "http": {"addr": address, "secret": folder.name},
    }
    if passwords is not None:
        settings["auth"] = {"htpasswd": {"realm": "testbed", "path": str(passwords)}}
    if pki is not None:
        tls = {"certificate": str(pki / "registry.crt"), "key": str(pki / "registry.key")}
        settings["http"] = {"addr": address, "secret": folder.name, "tls": tls}
    text = json.dumps(settings, indent=2)  # which is YAML too
    config = folder / "config.yml"
    write(config, text)
    return Program(argv=(packages.required("docker-registry"), "serve", str(config)), reads=(text,))


def _wait(registry: Registry, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _READY
    while not registry.answers():
        if process.poll() is not None or time.monotonic() > until:
            said = "\n".join(log.read_text(errors="replace").splitlines()[-5:])
            raise ToolFailedError(f"the registry on {registry.address} does not answer:\n{said}")
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
