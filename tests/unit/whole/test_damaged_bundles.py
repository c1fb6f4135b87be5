"""A bundle whose lists, manifests or files are damaged: repaired, or an error of ours."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from tempfile import mkdtemp
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelinekit.adapters.bundle.folder import BundleFolder
from pipelinekit.adapters.registry.digests import (
    OCI_MANIFEST,
    Manifest,
    canonical,
    digest_bytes,
)
from pipelinekit.adapters.registry.download import Home
from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.errors import PipelinekitError
from pipelinekit.model.release import ImageRef
from pipelinekit.model.rollout.bundle import Chart, Content
from pipelinekit.plan.bundle import listing
from pipelinekit.steps.bundle import fill
from tests.hostile import spoiled

CHART = {"apiVersion": "v2", "name": "vault", "version": "1.2.3"}


def bundled(folder: Path) -> BundleFolder:
    """A bundle of one chart, and something that refers to it."""
    archive = folder.with_suffix(".tgz")
    archive.write_bytes(b"x" * 100)
    bundle = BundleFolder(folder, cast("OciRegistry", None))
    with bundle.alone():
        chart = Chart(component="vault", name="vault", version="1.2.3", archive=str(archive), about=CHART)
        stored = bundle.chart(chart)
        subject = ImageRef("charts", "platform/vault", digest=stored.digest)
        notes = {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "artifactType": "text/x", "config": EMPTY}
        told = canonical({**notes, "layers": [EMPTY], "subject": {**EMPTY, "digest": stored.digest}})
        bundle.blobs.upload(Home("charts", "platform/vault"), b"{}")
        bundle.manifests.attach(subject, Manifest(told, OCI_MANIFEST, digest_bytes(told)))
        content = Content(
            platform="acme", environment="dev", charts=(chart,), images=(), files={"crds/a": "b"}
        )
        bundle.finish(content.files, listing.listing(content, [stored], []))
    return bundle


EMPTY = {"mediaType": "application/vnd.oci.empty.v1+json", "digest": digest_bytes(b"{}"), "size": 2}


@pytest.fixture(autouse=True)
def _nothing_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    """What these tests write is gone with them: no disk has to be waited for."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


class Site:
    """A registry that takes whatever it is given."""

    def head(self, ref: ImageRef) -> str | None:
        return None

    find = head

    def put(self, ref: ImageRef, manifest: Manifest) -> bool:
        return bool(manifest.content)

    def attach(self, subject: ImageRef, manifest: Manifest) -> None:
        assert manifest.content

    def referrers(self, ref: ImageRef) -> tuple[()]:
        return ()

    def has(self, home: Home, digest: str) -> bool:
        return False

    def mount(self, *_: object) -> str:
        return ""

    def send(self, home: Home, digest: str, stream: Any, size: int, location: str = "") -> None:
        stream.seek(0)
        assert len(stream.read()) == size


def looked_at(folder: Path) -> None:
    """All that a site does with a bundle, and whoever fills it again."""
    site = SimpleNamespace(manifests=Site(), blobs=Site())
    bundle = BundleFolder(folder, cast("OciRegistry", site))
    with contextlib.suppress(PipelinekitError), bundle.told():
        fill.load(bundle, "site.example:5000/acme", lambda _: None)
    with bundle.alone():
        bundle.repair()
        bundle._tidy(frozenset())


SAMPLED = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.parametrize("name", ["bundle.json", "index.json"])
@SAMPLED
@given(data=st.data())
def test_a_bundle_whose_lists_say_anything(name: str, data: st.DataObject, tmp_path: Path) -> None:
    folder = Path(mkdtemp(dir=tmp_path), "bundle")
    bundled(folder)
    path = folder / name
    path.write_text(data.draw(st.sampled_from(spoiled.answers(json.loads(path.read_text())))))
    with contextlib.suppress(PipelinekitError):
        looked_at(folder)


@SAMPLED
@given(data=st.data())
def test_a_bundle_whose_manifests_say_anything(data: st.DataObject, tmp_path: Path) -> None:
    folder = Path(mkdtemp(dir=tmp_path), "bundle")
    bundle = bundled(folder)
    entries = bundle.manifests.entries
    name, entry = data.draw(st.sampled_from(sorted(entries.items())))
    sound = json.loads(bundle.manifests._manifest(str(entry["digest"])).content)
    content = data.draw(st.sampled_from(spoiled.answers(sound))).encode()
    digest = bundle.blobs.upload(Home("charts", "platform/vault"), content)
    index = {"schemaVersion": 2, "manifests": [*{**entries, name: {**entry, "digest": digest}}.values()]}
    (folder / "index.json").write_text(json.dumps(index))
    listed = folder / "bundle.json"
    listed.write_text(listed.read_text().replace(str(entry["digest"]), digest))
    with contextlib.suppress(PipelinekitError):
        looked_at(folder)


@SAMPLED
@given(data=st.data())
def test_a_bundle_with_damaged_files(data: st.DataObject, tmp_path: Path) -> None:
    folder = Path(mkdtemp(dir=tmp_path), "bundle")
    bundled(folder)
    path = data.draw(st.sampled_from(sorted(each for each in folder.rglob("*") if each.is_file())))
    path.write_bytes(data.draw(spoiled.damaged(path.read_bytes())))
    with contextlib.suppress(PipelinekitError):
        looked_at(folder)
