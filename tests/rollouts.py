"""Components in a folder, and the world that they are rolled out into."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from pipelinekit.model.rollout.component import Archive, Component
from pipelinekit.model.rollout.part import Outcome
from pipelinekit.steps.deploying.preflight import Missing
from pipelinekit.steps.rollout import deploy as steps
from pipelinekit.steps.rollout.deploy import Site
from pipelinekit.steps.rollout.part import Part, Shelf
from tests import doubles, examples, parts

CRD = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "widgets.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"kind": "Widget", "plural": "widgets"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {"properties": {"spec": {"properties": {"size": {"type": "integer"}}}}}
                },
            }
        ],
    },
}
SET: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "StatefulSet",
    "metadata": {"name": "store"},
    "spec": {
        "replicas": 3,
        "selector": {"matchLabels": {"app": "store"}},
        "updateStrategy": {"type": "OnDelete"},
    },
}


class Bench:
    """Each part is written to disk as it is asked for; `said` is all that was said."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.platform = examples.platform()
        self.registry = doubles.Registry()
        self.charts = doubles.Charts()
        self.cluster = doubles.Cluster()
        self.releases = parts.Releases(self.cluster)
        self.components = parts.Components(self.releases)
        self.definitions = parts.Definitions()
        self.parts = parts.Parts()
        self.answers = parts.Answers()
        self.said: list[str] = []
        self.fetched: list[str] = []
        self.upstream: dict[str, bytes] = {}
        self.receipts: dict[str, doubles.Receipts] = {}
        self.libraries: list[Path] = []
        self.missing: Missing | None = None

    @property
    def shelf(self) -> Shelf:
        return Shelf(
            platform=self.platform,
            environment=self.platform.environments[0],
            charts=self.charts,
            registry=self.registry,
            fetch=self._fetch,
            digest=_digest,
            libraries=lambda _: self.libraries,
        )

    @property
    def site(self) -> Site:
        return Site(
            releases=self.releases,
            components=self.components,
            cluster=self.cluster,
            objects=self.cluster.things,
            definitions=self.definitions,
            parts=self.parts,
            answers=self.answers,
            missing=self.missing,
        )

    def part(
        self,
        name: str = "store",
        version: str = "1.0.0",
        *,
        objects: tuple[Mapping[str, Any], ...] = (),
        values: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> Part:
        folder = self.root / name
        for chart in ("chart", "policies"):
            (folder / chart / "templates").mkdir(parents=True, exist_ok=True)
            about = {"name": f"{name}-{chart}", "version": version, "appVersion": version}
            (folder / chart / "Chart.yaml").write_text(json.dumps(about))
            (folder / chart / "values.yaml").write_text("{}")
        for number, each in enumerate(objects):
            (folder / "chart" / "templates" / f"{number}.yaml").write_text(json.dumps(each))
        component = Component(**{"name": name, "namespace": f"{name}s", "chart": "chart", **fields})
        work = self.root / "work" / name
        work.mkdir(parents=True, exist_ok=True)
        return Part(
            component=component,
            document=b"component",
            folder=folder,
            root=self.root,
            own="{}",
            values=json.dumps(values or {}),
            workspace=doubles.Workspace(work),
            receipts=self.receipts.setdefault(name, doubles.Receipts()),
            policies=self.receipts.setdefault(f"{name} policies", doubles.Receipts()),
        )

    def archive(self, name: str = "upstream", version: str = "7.0.0") -> Archive:
        """An upstream chart that can be fetched."""
        texts = {"Chart.yaml": json.dumps({"name": name, "version": version, "appVersion": "9.1.0"})}
        content = json.dumps({**texts, "values.yaml": "{}"}).encode()
        self.upstream[name] = content
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        return Archive(name=name, repository="oci://upstream/charts", version=version, digest=digest)

    def deploy(self, part: Part, timeout: int = 0) -> Outcome:
        return steps.deploy(part, self.shelf, self.site, timeout=timeout, say=self.said.append)

    def killed(self, part: Part, deadly: Deadly) -> bool:
        """Whether a deployment was killed."""
        shelf = self.shelf
        ways = replace(shelf, charts=deadly.through(shelf.charts), registry=deadly.through(shelf.registry))
        try:
            steps.deploy(part, ways, deadly.site(self.site), timeout=0, say=self.said.append)
        except Killed:
            return True
        return False

    def _fetch(self, archive: Archive, to: Path) -> None:
        self.fetched.append(archive.name)
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(self.upstream[archive.name])


class Killed(BaseException):
    """The process is gone at this moment."""


class Deadly:
    """Ports through which only so many calls go: right after the last of them the process is gone."""

    def __init__(self, calls: int) -> None:
        self.left = calls

    def through(self, port: Any) -> Any:
        """The port, with its calls counted."""
        return _Counted(port, self)

    def site(self, site: Site) -> Site:
        """All ports of a cluster so."""
        names = [each.name for each in fields(site) if each.name not in ("survey", "missing")]
        return Site(**{name: self.through(getattr(site, name)) for name in names})


class _Counted:
    def __init__(self, port: Any, deadly: Deadly) -> None:
        self._port, self._deadly = port, deadly

    def __getattr__(self, name: str) -> Any:
        there = getattr(self._port, name)
        if not callable(there):
            return there

        def call(*words: Any, **more: Any) -> Any:
            said = there(*words, **more)
            self._deadly.left -= 1
            if not self._deadly.left:
                raise Killed
            return said

        return call


def _digest(folder: Path) -> str:
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found.update(path.name.encode() + path.read_bytes())
    return "sha256:" + found.hexdigest()


def other(part: Part, **fields: Any) -> Part:
    """The part with another component.yaml."""
    return replace(part, component=replace(part.component, **fields))
