"""Components that wrap upstream's own charts: locked, rendered, and shown to a real API server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pipelinekit.adapters.registry.login.credentials import from_docker_config
from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.model.release import ImageRef
from tests import upstreams
from tests.real.components.site import OURS
from tests.real.platform import TestPlatform, made_platform

Object = dict[str, Any]

_OF_THE_CLUSTER = (
    "ClusterRole",
    "ClusterRoleBinding",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
)


@dataclass(frozen=True, kw_only=True)
class Upstream:
    """Charts of one publisher: their folders, and the address and the version that component.yaml has."""

    charts: Sequence[Path]
    repository: str
    version: str = ""


@dataclass(frozen=True)
class Wrapped:
    """A platform whose mirror has an image by each name; `level` is how large it is."""

    platform: TestPlatform
    mirror: str
    level: str

    def rendered(self, name: str) -> list[Object]:
        self.platform.must("render", "--to", str(self.platform.folder / "rendered"))
        text = (self.platform.folder / "rendered" / f"{name}.yaml").read_text()
        return [each for each in yaml.load_all(text, Loader=yaml.CSafeLoader) if each]

    def namespace(self, name: str) -> str:
        return f"{self.platform.prefix}-{name}"

    def dry(self, objects: list[Object]) -> str:
        """Have the API server take objects without keeping them; what it warns of."""
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
        return self.applied(text, "--dry-run=server", "--validate=strict")

    def applied(self, text: str, *more: str) -> str:
        words = ["kubectl", "apply", "--server-side", "--filename", "-", *more]
        env = {**os.environ, **self.platform.env}
        done = subprocess.run(
            words, input=text, env=env, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stderr

    def space(self, name: str, level: str = "restricted") -> None:
        """Make the namespace that stands for a component's."""
        labels = {f"pod-security.kubernetes.io/{each}": level for each in ("enforce", "warn")}
        metadata = {"name": self.namespace(name), "labels": labels}
        self.applied(json.dumps({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}))

    def moved(self, each: Object, name: str) -> Object:
        """The object in the test's own namespace; one of no namespace stays so."""
        if each["kind"] in _OF_THE_CLUSTER:
            return each
        return {**each, "metadata": {**each["metadata"], "namespace": self.namespace(name)}}


@contextmanager
def wrapped(
    folder: Path,
    testbed: Mapping[str, str],
    level: str,
    *,
    upstream: Upstream,
    images: Sequence[str],
    values: Mapping[str, Any],
) -> Iterator[Wrapped]:
    """The components as they come, with the values of their `ci/` and those here, with a mirror as MIRROR."""
    with (
        upstreams.serve(folder / "upstream" / "charts", testbed["PATH"]) as served,
        made_platform(folder / "platform", testbed) as platform,
    ):
        for each in upstream.charts:
            served.take(each, upstream.version)
        mirror = f"{platform.registry}/{platform.prefix}"
        mirrored = json.loads(json.dumps(values).replace("MIRROR", mirror))
        for name, given in mirrored.items():
            _component(platform, name, level, given, (upstream.repository, served.url))
        (platform.folder / "platform.yaml").write_text(json.dumps(_document(platform, mirror, list(values))))
        login = from_docker_config(platform.registry, Path(testbed["DOCKER_CONFIG"], "config.json"))
        registry = OciRegistry(lambda _: login)
        for image in images:
            path, _, tag = image.partition(":")
            busybox = ImageRef(platform.registry, "library/busybox", "stable")
            registry.copy(busybox, ImageRef(platform.registry, f"{platform.prefix}/{path}", tag))
        yield Wrapped(platform, mirror, level)


def _component(
    platform: TestPlatform, name: str, level: str, given: Object, address: tuple[str, str]
) -> None:
    folder = platform.folder / "platform-charts" / name
    shutil.copytree(OURS / name, folder)
    text = (folder / "component.yaml").read_text()
    assert address[0] in text
    (folder / "component.yaml").write_text(text.replace(*address))
    sized = folder / "ci" / f"{level}-values.yaml"
    values = yaml.safe_load(sized.read_text()) if sized.exists() else {}
    (platform.folder / f"{name}.yaml").write_text(json.dumps(_over(values, given)))


def _over(values: Object, given: Object) -> Object:
    """`given` laid over values, mapping by mapping."""
    inner = {
        key: _over(values[key], each)
        for key, each in given.items()
        if isinstance(each, dict) and isinstance(values.get(key), dict)
    }
    return {**values, **given, **inner}


def _document(platform: TestPlatform, mirror: str, names: list[str]) -> Object:
    network = {
        "apiServers": ["192.0.2.1:6443"],
        "nodes": ["192.0.2.0/24"],
        "pods": ["10.244.0.0/16"],
        "services": ["10.96.0.0/12"],
    }
    return {
        "apiVersion": "pipelinekit/v1",
        "kind": "Platform",
        "metadata": {"name": platform.prefix},
        "images": {"registry": "r.example.com", "mirror": mirror},
        "charts": {"repository": f"oci://{platform.registry}/{platform.prefix}-charts"},
        "clusters": [{"name": "testbed", "network": network}],
        "environments": [{"name": "dev", "cluster": "testbed", "namespace": "{team}", "automatic": True}],
        "components": [{"name": each, "values": f"{each}.yaml"} for each in names],
    }
