"""What a server answers and what is left on disk, damaged: a value, or an error of ours."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
import requests
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelinekit.adapters import prometheus
from pipelinekit.adapters.cluster.ground.contexts import Contexts
from pipelinekit.adapters.disk import ours
from pipelinekit.adapters.folder.drafthome import DraftHome
from pipelinekit.adapters.registry.digests import (
    OCI_INDEX,
    OCI_MANIFEST,
    Manifest,
    canonical,
    digest_bytes,
    fault_in,
)
from pipelinekit.adapters.running import process
from pipelinekit.adapters.source import remotetags
from pipelinekit.adapters.web import exchange
from pipelinekit.cli.draft import known
from pipelinekit.errors import PipelinekitError
from pipelinekit.model.platform.document import Registration
from pipelinekit.model.platform.gates import Bound, Watch
from pipelinekit.model.platform.lock import LockedApplication, PlatformLock
from pipelinekit.plan.bundle import architectures
from pipelinekit.reading import component
from pipelinekit.reading.platform import lock as platformlock
from pipelinekit.reading.releaseset import document as releaseset
from pipelinekit.render.platformlock import platform_lock_text
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


def test_whatever_a_prometheus_answers_is_data_or_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(text: str) -> None:
        answer = requests.Response()
        answer.status_code, answer._content = 200, text.encode()
        monkeypatch.setattr(exchange.Session, "get", lambda *_, **__: answer)
        for each in prometheus.watched(Watch(prometheus="http://p", bounds=(BOUND,)), {}, 1700000100, 120):
            assert each.reason.isprintable()

    assert spoiled.wrong_of(spoiled.answers(MATRIX), read) == {}


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

    assert spoiled.wrong_of(spoiled.answers(KUBECONFIG), read) == {}


@pytest.fixture(autouse=True)
def _nothing_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    """What these tests write is gone with them: no disk has to be waited for."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


SAMPLED = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def test_what_a_registry_says_of_an_image_can_be_written_again() -> None:
    entry = {"mediaType": OCI_MANIFEST, "digest": digest_bytes(b""), "size": 1, "annotations": {"a": "b"}}
    index = {"schemaVersion": 2, "manifests": [{**entry, "platform": {"os": "linux"}}], "annotations": {}}

    def read(text: str) -> None:
        manifest = Manifest(text.encode(), OCI_INDEX, digest_bytes(text.encode()))
        if not fault_in(manifest):
            canonical({"manifests": list(manifest.children)})
            architectures.chosen(manifest.children, ["linux/amd64"])

    assert spoiled.wrong_of(spoiled.answers(index), read) == {}


NOTE = {"commit": "c", "name": "orders", "tag": "v1.2.3", "trouble": "", "asked": 1.5}


def test_a_note_of_what_a_remote_answered_may_say_anything(tmp_path: Path) -> None:
    path = tmp_path / ".pipelinekit" / remotetags.FOLDER / remotetags.FILE
    path.parent.mkdir(parents=True)

    def read(text: str) -> None:
        path.write_text(text)
        remotetags._known(tmp_path, "orders", "c")

    assert spoiled.wrong_of(spoiled.answers(NOTE), read) == {}


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
