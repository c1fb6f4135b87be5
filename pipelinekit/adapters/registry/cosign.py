"""cosign: signatures with a key. Nothing outside the registry is contacted unless it is named."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipelinekit.adapters.disk import momentary
from pipelinekit.adapters.disk.files import write_atomic
from pipelinekit.adapters.registry.login import dockerconfig
from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.adapters.running import process
from pipelinekit.errors import refused
from pipelinekit.model.platform.registries import Signing
from pipelinekit.model.release import ImageRef

KEY, PASSWORD = "PK_SIGNING_KEY", "PK_SIGNING_PASSWORD"
"""Where the key's file is, and what it is encrypted with."""
_CONFIG = "application/vnd.dev.sigstore.signingconfig.v0.2+json"
_ROOT = "application/vnd.dev.sigstore.trustedroot+json;version=0.1"


class CosignVerifier:
    """cosign with the public key of the platform's document, which is no secret."""

    def __init__(self, public_key: str, registry: OciRegistry, login: dockerconfig.Login) -> None:
        self.public_key = public_key
        self.registry = registry
        self.login = login

    def signed(self, ref: ImageRef) -> bool:
        """Whether what has this digest has a signature of the key; what cosign cannot say is a no."""
        with _scratch() as folder, dockerconfig.written([ref.registry], self.login) as config:
            public = folder / "cosign.pub"
            write_atomic(public, self._public() + "\n")
            done = process.run(
                [
                    *("cosign", "verify", "--key", str(public), "--trusted-root", str(folder / "root.json")),
                    *("--insecure-ignore-tlog=true", *self._where(ref)),
                ],
                env={**dockerconfig.trust(), "DOCKER_CONFIG": str(config)},
                timeout=120,
            )
        return done.code == 0

    def _public(self) -> str:
        return self.public_key

    def _where(self, ref: ImageRef) -> list[str]:
        plain = ["--allow-http-registry"] if self.registry.is_plain(ref.registry) else []
        return [*plain, f"{ref.registry}/{ref.repository}@{ref.digest}"]


class Cosign(CosignVerifier):
    """cosign with the key that the environment names as well."""

    def __init__(
        self,
        signing: Signing,
        registry: OciRegistry,
        login: dockerconfig.Login,
        environment: Mapping[str, str],
    ) -> None:
        super().__init__(signing.public_key, registry, login)
        self.signing = signing
        self.key = environment.get(KEY, "")
        self.password = environment.get(PASSWORD, "")
        if not self.key or not Path(self.key).is_file():
            raise refused(
                "signing-key-missing",
                f"images are signed here, and {KEY} names no file",
                hint=f"bind credential '{signing.credentials}' (a secret file) to {KEY}, "
                f"and its password to {PASSWORD}",
            )

    def check_key(self) -> None:
        """Raise `Refused` when the key is not the one that the platform verifies with: nothing signed with it
        would ever be taken."""
        if self.public_key and _bare(self._derived()) != _bare(self.public_key):
            raise refused(
                "signing-key-differs",
                f"the key in {KEY} is not that of images.signing.publicKey",
                hint="correct the credential, or put what `cosign public-key` prints into platform.yaml",
            )

    def sign(self, ref: ImageRef) -> None:
        """Sign the image in its registry; the signature refers to it. Raises `ToolFailed` with the reason."""
        with _scratch() as folder, dockerconfig.written([ref.registry], self.login) as config:
            write_atomic(folder / "signing.json", json.dumps(services(self.signing)))
            process.check(
                [
                    *("cosign", "sign", "--yes", "--key", self.key),
                    *("--signing-config", str(folder / "signing.json")),
                    *("--trusted-root", str(folder / "root.json"), *self._where(ref)),
                ],
                env={**self._secret(), "DOCKER_CONFIG": str(config)},
                timeout=120,
                code="signing-failed",
            )

    def _public(self) -> str:
        return self.public_key or self._derived()

    def _derived(self) -> str:
        words = ["cosign", "public-key", "--key", self.key]
        return process.check(words, env=self._secret(), timeout=60, code="signing-failed").strip()

    def _secret(self) -> dict[str, str]:
        return {"COSIGN_PASSWORD": self.password, **dockerconfig.trust()}


@contextlib.contextmanager
def _scratch() -> Iterator[Path]:
    with momentary.folder() as scratch:
        # An empty one, so that the public one is not fetched: a key needs no root.
        write_atomic(Path(scratch, "root.json"), json.dumps({"mediaType": _ROOT}))
        yield Path(scratch)


def _bare(pem: str) -> str:
    return "".join(pem.split())


def services(signing: Signing) -> dict[str, Any]:
    """Which services see a signature: those that the platform names, and no other."""
    found: dict[str, Any] = {"mediaType": _CONFIG}
    if signing.log:
        found |= {"rekorTlogUrls": [_service(signing.log)], "rekorTlogConfig": {"selector": "ANY"}}
    if signing.timestamps:
        found |= {"tsaUrls": [_service(signing.timestamps)], "tsaConfig": {"selector": "ANY"}}
    return found


def _service(url: str) -> dict[str, Any]:
    valid = {"start": "2020-01-01T00:00:00Z"}
    return {"url": url, "majorApiVersion": 1, "validFor": valid, "operator": "platform"}
