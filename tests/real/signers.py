"""SSH keys and an agent of our own, and a platform whose people have them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelinekit.adapters.source.ledger import signing
from pipelinekit.model.platform.document import Platform
from pipelinekit.model.platform.people import SigningKey
from tests.ledgers import platform


@dataclass(frozen=True)
class Signers:
    """A folder of private keys, one a name."""

    folder: Path

    def private(self, name: str) -> Path:
        """The key's file; it is made when it is first asked for."""
        path = self.folder / name
        if not path.exists():
            command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", f"{name}@desk", "-f", str(path)]
            subprocess.run(command, check=True)
        return path

    def public(self, name: str, until: str = "") -> SigningKey:
        self.private(name)
        kind, body, _ = (self.folder / f"{name}.pub").read_text().split(maxsplit=2)
        return SigningKey(key=f"{kind} {body}", until=until)

    def platform(self, **until: str) -> Platform:
        """The platform of the ledgers' tests with these keys; `until` by the name of a key."""
        names = ("ada", "grace", "release", "payments", "stock")
        return platform(**{name: self.public(name, until.get(name, "")) for name in names})


def sign_as(monkeypatch: pytest.MonkeyPatch, signers: Signers, name: str, user: str = "") -> None:
    """From now on that key signs; in Jenkins somebody may have answered as `user`."""
    monkeypatch.setenv(signing.KEY, str(signers.private(name)))
    monkeypatch.setenv(signing.USER, user)


@contextmanager
def agent(*keys: Path) -> Iterator[dict[str, str]]:
    """An ssh-agent that has these keys; what the environment says of it."""
    with subprocess.Popen(["ssh-agent", "-D", "-s"], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            line = server.stdout.readline()
            env = {"SSH_AUTH_SOCK": line.partition("=")[2].partition(";")[0]}
            for each in keys:
                subprocess.run(
                    ["ssh-add", "-q", str(each)], env={**os.environ, **env}, check=True, capture_output=True
                )
            yield env
        finally:
            server.terminate()
