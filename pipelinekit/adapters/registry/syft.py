"""syft: an image's bill of materials, as SPDX."""

from __future__ import annotations

from pipelinekit.adapters.registry.login import dockerconfig
from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.adapters.running import process
from pipelinekit.model.release import ImageRef

KIND = "application/spdx+json"


class Syft:
    """syft against registries."""

    kind = KIND

    def __init__(self, registry: OciRegistry, login: dockerconfig.Login) -> None:
        self.registry = registry
        self.login = login

    def describe(self, ref: ImageRef) -> bytes:
        """The bill of materials of an image in a registry; raises `ToolFailed` with syft's reason."""
        with dockerconfig.written([ref.registry], self.login) as folder:
            env = {
                "DOCKER_CONFIG": str(folder),
                "SYFT_CHECK_FOR_APP_UPDATE": "false",
                "SYFT_REGISTRY_INSECURE_USE_HTTP": str(self.registry.is_plain(ref.registry)).lower(),
                "NO_COLOR": "1",
                **dockerconfig.trust(),
            }
            source = f"registry:{ref.registry}/{ref.repository}@{ref.digest}"
            name = f"{ref.repository}@{ref.digest}"
            words = ["--output", "spdx-json", "--quiet", "--source-name", name]
            return process.check(
                ["syft", "scan", source, *words], env=env, timeout=900, code="sbom-failed"
            ).encode()
