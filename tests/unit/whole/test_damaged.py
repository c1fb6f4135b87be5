"""What a server answers and what is left on disk, damaged: a value, or an error of ours."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from types import SimpleNamespace
from typing import Any, cast

import pytest
import requests
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelinekit.adapters import exchange, ours, process, prometheus
from pipelinekit.adapters.bundle.folder import BundleFolder
from pipelinekit.adapters.cluster.ground.contexts import Contexts
from pipelinekit.adapters.folder.drafthome import DraftHome
from pipelinekit.adapters.registry.digests import (
    OCI_INDEX,
    OCI_MANIFEST,
    Manifest,
    canonical,
    digest_bytes,
    fault_in,
)
from pipelinekit.adapters.registry.download import Home
from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.adapters.source import remotetags
from pipelinekit.cli.draft import known
from pipelinekit.errors import PipelinekitError
from pipelinekit.model.bundle import Chart, Content
from pipelinekit.model.platform.document import Registration
from pipelinekit.model.platform.gates import Bound, Watch
from pipelinekit.model.platform.lock import LockedApplication, PlatformLock
from pipelinekit.model.release import ImageRef
from pipelinekit.plan.bundle import architectures, listing
from pipelinekit.reading import component
from pipelinekit.reading.platform import lock as platformlock
from pipelinekit.reading.releaseset import document as releaseset
from pipelinekit.render.platformlock import platform_lock_text
from pipelinekit.steps.bundle import fill
from tests.hostile import spoiled
from tests.hostile.component import COMPONENT
from tests.hostile.documents import RELEASESET

MATRIX = {
    "status": "success",
    "data": {
        "resultType": "matrix",
        "result": [{"metric": {"pod": "a"}, "values": [[1700000000, "0.5"], [1700000060.5, "NaN"]]}],
    },
}
BOUND = Bound(name="errors", query="x", lowest=0.0, highest=1.0)


def wrong_of(texts: list[str], read: Any) -> dict[str, str]:
    wrong: dict[str, str] = {}
    for each in texts:
        try:
            read(each)
        except PipelinekitError:
            continue
        except Exception as error:  # noqa: BLE001 - what a reader lets through is what is looked for
            wrong[f"{type(error).__name__}: {error}"[:200]] = each[:300]
    return wrong


def test_whatever_a_prometheus_answers_is_data_or_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(text: str) -> None:
        answer = requests.Response()
        answer.status_code, answer._content = 200, text.encode()
        monkeypatch.setattr(exchange.Session, "get", lambda *_, **__: answer)
        for each in prometheus.watched(Watch(prometheus="http://p", bounds=(BOUND,)), {}, 1700000100, 120):
            assert each.reason.isprintable()

    assert wrong_of(spoiled.answers(MATRIX), read) == {}


KUBECONFIG = {
    "kind": "Config",
    "apiVersion": "v1",
    "preferences": {},
    "clusters": [
        {"name": "c", "cluster": {"server": "https://h:6443", "certificate-authority-data": "QUJD"}},
        {"name": "d", "cluster": None},
    ],
    "users": [{"name": "u", "user": {"token": "t"}}],
    "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}, {"name": "y", "context": None}],
    "current-context": "x",
}


def test_whatever_kubectl_makes_of_a_kubeconfig(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(text: str) -> None:
        monkeypatch.setattr(process, "check", lambda *_, **__: text)
        contexts = Contexts({})
        contexts.all()
        for name in ("", "x", "y"):
            with contextlib.suppress(PipelinekitError), contexts.pinned(contexts.chosen(name).name):
                pass

    assert wrong_of(spoiled.answers(KUBECONFIG), read) == {}


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


def test_what_a_registry_says_of_an_image_can_be_written_again() -> None:
    entry = {"mediaType": OCI_MANIFEST, "digest": digest_bytes(b""), "size": 1, "annotations": {"a": "b"}}
    index = {"schemaVersion": 2, "manifests": [{**entry, "platform": {"os": "linux"}}], "annotations": {}}

    def read(text: str) -> None:
        manifest = Manifest(text.encode(), OCI_INDEX, digest_bytes(text.encode()))
        if not fault_in(manifest):
            canonical({"manifests": list(manifest.children)})
            architectures.chosen(manifest.children, ["linux/amd64"])

    assert wrong_of(spoiled.answers(index), read) == {}


NOTE = {"commit": "c", "name": "orders", "tag": "v1.2.3", "trouble": "", "asked": 1.5}


def test_a_note_of_what_a_remote_answered_may_say_anything(tmp_path: Path) -> None:
    path = tmp_path / ".pipelinekit" / remotetags.FOLDER / remotetags.FILE
    path.parent.mkdir(parents=True)

    def read(text: str) -> None:
        path.write_text(text)
        remotetags._known(tmp_path, "orders", "c")

    assert wrong_of(spoiled.answers(NOTE), read) == {}


CONFIG = b'registry = "localhost:5000"\ndeveloper = "ada"\ndays = "7"\n'
SET = yaml.safe_dump(RELEASESET).encode()
LOCK = platform_lock_text(
    PlatformLock(
        applications=(
            LockedApplication(
                registration=Registration(name="orders", team="payments", repository="https://g/o"),
                commit="a" * 40,
                descriptor="a: 1\nb:\n  - c\n",
            ),
        )
    )
).encode()


def _of_drafts(content: bytes, folder: Path) -> None:
    (folder / "config.toml").write_bytes(content)
    known.read(DraftHome(str(folder)))


def _compiled(content: bytes, folder: Path) -> None:
    path = folder / "pipelinekit" / "kept"
    ours.keep(path, b"sound")
    path.write_bytes(content)
    assert ours.read(path) in (b"", b"sound")


FILES: dict[str, tuple[bytes, Callable[[bytes, Path], object]]] = {
    "config.toml": (CONFIG, _of_drafts),
    "component.yaml": (
        yaml.safe_dump(COMPONENT).encode(),
        lambda content, _: component.read_component(content),
    ),
    "a set": (SET, lambda content, _: releaseset.read_releaseset(content)),
    "platform.lock.yaml": (LOCK, lambda content, _: platformlock.read_platform_lock(content)),
    "a cache": (sha256(b"sound").digest() + b"sound", _compiled),
}


@pytest.mark.parametrize("kind", FILES)
@settings(SAMPLED, max_examples=100)
@given(data=st.data())
def test_a_damaged_file_of_ours_is_read_or_refused(kind: str, data: st.DataObject, tmp_path: Path) -> None:
    sound, read = FILES[kind]
    with contextlib.suppress(PipelinekitError):
        read(data.draw(spoiled.damaged(sound)), tmp_path)


@pytest.mark.parametrize("kind", FILES)
def test_a_sound_file_of_ours_is_read(kind: str, tmp_path: Path) -> None:
    sound, read = FILES[kind]
    read(sound, tmp_path)
