"""Registries as tests need them: the testbed's own behind a proxy, and one that has a disk of its own."""

from __future__ import annotations

import base64
import io
import json
import os
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelinekit.adapters.registry.login.credentials import from_docker_config
from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.model.release import Credentials, ImageRef
from tests.real import app
from tests.testbed import faults, tools
from tests.testbed.faults import Proxy
from tests.testbed.layout import Layout


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
        from tests.real.transport.bench import image

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


def mirror_login(testbed: Mapping[str, str]) -> dict[str, str]:
    """The login of the testbed's registry, as a pipeline binds that of a mirror."""
    config = Path(testbed["DOCKER_CONFIG"], "config.json")
    login = from_docker_config(testbed["PK_TESTBED_REGISTRY"], config)
    assert login
    return {"PK_MIRROR_USER": login.user, "PK_MIRROR_PASSWORD": login.password}


def buildah(testbed: Mapping[str, str], folder: Path) -> dict[str, str]:
    """An agent with buildah and no engine, which starts empty."""
    return {
        **testbed,
        "DOCKER_HOST": "",
        # Where the machine has an engine of its own, buildah is used only when it is asked for.
        "PIPELINEKIT_ENGINE": "buildah" if Path("/var/run/docker.sock").exists() else "",
        "PIPELINEKIT_BUILDAH_ROOT": str(folder),
    }


def buildx(testbed: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The testbed's engine, with buildx among its client's plugins: in a Docker configuration of its own."""
    plugins = folder / "cli-plugins"
    plugins.mkdir(parents=True)
    (plugins / "docker-buildx").symlink_to(tools.buildx(Layout.from_environment()))
    (folder / "config.json").write_bytes(Path(testbed["DOCKER_CONFIG"], "config.json").read_bytes())
    return {**testbed, "DOCKER_CONFIG": str(folder)}


def signing_key(testbed: Mapping[str, str], folder: Path) -> dict[str, str]:
    """A key of cosign's in `folder`, another one beside it, and where the verbs find the first."""
    cosign = tools.cosign(Layout.from_environment())
    for name in ("k", "other"):
        subprocess.run(
            [str(cosign), "generate-key-pair", "--output-key-prefix", name],
            cwd=folder,
            env={**os.environ, "COSIGN_PASSWORD": "key-password-3f9c"},
            check=True,
            capture_output=True,
        )
    return {
        "PK_SIGNING_KEY": str(folder / "k.key"),
        "PK_SIGNING_PASSWORD": "key-password-3f9c",
        "PATH": f"{cosign.parent}:{app.BIN}:{testbed['PATH']}",
    }


FORMERLY = "pipelinekit.dev/platform: 0badcafe0badcafe0badcafe0badcafe0badcafe"


def platform(
    folder: Path,
    address: str,
    testbed: Mapping[str, str],
    *,
    sbom: bool = False,
    signing: bool = False,
    packages: Mapping[str, str] | None = None,
    **images: str,
) -> str:
    """A platform with one environment on the testbed's cluster, in a file of `folder`."""
    document = {
        "apiVersion": "pipelinekit/v1",
        "kind": "Platform",
        "metadata": {"name": "acme"},
        "images": {
            "registry": address,
            "mirror": testbed["PK_TESTBED_REGISTRY"],
            "sbom": sbom,
            **({"signing": {"credentials": "cosign"}} if signing else {}),
            **images,
        },
        "charts": {"repository": f"oci://{address}/charts"},
        "packages": dict(packages or {}),
        "clusters": [{"name": "one", "context": testbed["PK_TESTBED_CONTEXT"]}],
        "environments": [{"name": "dev", "cluster": "one", "namespace": "{team}-dev", "automatic": True}],
    }
    path = folder / "platform.yaml"
    path.write_text(json.dumps(document))
    return str(path)


def as_formerly(archive: Path) -> None:
    """Make an archive what an older version of the tool would have made of the same chart."""
    with tarfile.open(archive) as source:
        members = [(each, file.read()) for each in source if (file := source.extractfile(each))]
    with tarfile.open(archive, "w:gz", compresslevel=1) as target:
        for member, content in reversed(members):
            if member.name.count("/") == 1 and member.name.endswith("/Chart.yaml"):
                text = content.decode().replace("annotations:\n", f"annotations:\n  {FORMERLY}\n", 1)
                assert text != content.decode()
                content = text.encode()
                member.size = len(content)
            target.addfile(member, io.BytesIO(content))


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of that size (like 3m)."""
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
