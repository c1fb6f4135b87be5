"""Two teams with an application each, and one Nexus that both publish to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.model.release import Credentials, ImageRef
from tests.real import tenants
from tests.real.app import Application

REGISTRATION, REGISTRY, SIGNATURE = "the registration", "Nexus' selectors", "our verification"
VERSION, INDEX = "the version that is there", "the name of its file"


@dataclass
class World:
    """`short` is a team whose name is the beginning of that of `long`."""

    site: tenants.Site
    platform: str
    short: Application
    long: Application
    folder: Path

    def client(self, team: str) -> OciRegistry:
        """Our client with a team's password, as that team's pipeline has it."""
        return OciRegistry(lambda _: Credentials(f"nexus-{team}", f"{team}-secret"))

    def root(self) -> OciRegistry:
        """Somebody who may push everywhere, and has not the key."""
        return OciRegistry(lambda _: Credentials("push", "push-secret"))

    def ref(self, of: Application, tag: str, below: str = "") -> ImageRef:
        return ImageRef(self.site.address, f"{below}{of.team}/{of.name}", tag=tag)


def document(
    folder: Path, address: str, testbed: Mapping[str, str], key: str, teams: list[tuple[str, str]], url: str
) -> str:
    path = folder / "platform.json"
    path.write_text(
        json.dumps(
            {
                "apiVersion": "pipelinekit/v1",
                "kind": "Platform",
                "metadata": {"name": "acme"},
                "images": {
                    "registry": address,
                    "mirror": testbed["PK_TESTBED_REGISTRY"],
                    "signing": {"credentials": "cosign", "publicKey": key},
                },
                "charts": {"repository": f"oci://{address}/charts"},
                "clusters": [{"name": "one", "context": testbed["PK_TESTBED_CONTEXT"]}],
                "environments": [
                    {"name": "dev", "cluster": "one", "namespace": "{team}-dev", "automatic": True}
                ],
                "applications": [
                    {"name": name, "team": team, "repository": f"https://git.acme.example/{team}/{name}.git"}
                    for team, name in teams
                ],
                "nexus": {
                    "url": url,
                    "acceptEula": True,
                    "users": {"push": "push", "pull": "pull"},
                    "repositories": [
                        {"name": "docker-hosted", "format": "docker", "kind": "hosted", "port": 5000},
                        {"name": "helm-hosted", "format": "helm", "kind": "hosted"},
                    ],
                },
            }
        )
    )
    return str(path)
