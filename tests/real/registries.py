"""Registries as tests need them: the testbed's own behind a proxy, and one that has a disk of its own."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelinekit.adapters.registry import OciRegistry
from pipelinekit.model.release import Credentials, ImageRef
from tests.testbed import faults
from tests.testbed.faults import Proxy


@dataclass(frozen=True)
class Front:
    """A proxy before the testbed's registry; `env` is what leads clients through it."""

    proxy: Proxy
    login: Credentials
    env: Mapping[str, str]

    def client(self) -> OciRegistry:
        """Our client, straight to the registry behind."""
        return OciRegistry(lambda _: self.login)

    def put(self, repository: str, tag: str) -> str:
        """Give a tag to an image of somebody else; its digest."""
        from tests.real.test_registry import image

        return image(
            self.client(), ImageRef(self.proxy.upstream, repository, tag=tag), b"somebody else's"
        ).digest


@contextmanager
def front(testbed: Mapping[str, str], folder: Path) -> Iterator[Front]:
    """The testbed's registry behind a proxy, with a Docker configuration that knows both addresses."""
    upstream = testbed["PK_TESTBED_REGISTRY"]
    known = json.loads(Path(testbed["DOCKER_CONFIG"], "config.json").read_text())
    entry = known["auths"][upstream]
    user, _, password = base64.b64decode(entry["auth"]).decode().partition(":")
    with faults.before(upstream) as proxy:
        folder.mkdir(parents=True, exist_ok=True)
        config = {"auths": {upstream: entry, proxy.address: entry}}
        (folder / "config.json").write_text(json.dumps(config))
        yield Front(proxy, Credentials(user, password), {"DOCKER_CONFIG": str(folder)})


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of that size (like 3m)."""
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
