from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
import requests

from pipelinekit.adapters.bundle.layout import LayoutBlobs, LayoutManifests
from pipelinekit.adapters.registry.connection import Connection
from pipelinekit.adapters.registry.digests import Manifest
from pipelinekit.adapters.registry.manifests import Manifests
from pipelinekit.errors import Fault, Refused, ToolFailed
from pipelinekit.model.release import ImageRef

REF = ImageRef("registry.example.com", "team/orders", "1.4.2")
MADE = Manifest(b"{}", "application/vnd.oci.image.manifest.v1+json", "sha256:44")


def test_a_tag_that_is_not_there_is_told_with_what_asks_for_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Manifests, "find", lambda *_: None)
    with pytest.raises(Refused, match=r"registry\.example\.com/team/orders:1\.4\.2 is not there") as caught:
        Manifests(cast("Connection", None)).get(REF)
    assert f"`docker buildx imagetools inspect {REF}`" in caught.value.faults[0].hint


def test_what_a_bundle_lacks_is_made_anew(tmp_path: Path) -> None:
    layout: Any = LayoutManifests.__new__(LayoutManifests)
    layout.folder, layout.entries, layout.blobs = tmp_path, {}, cast("LayoutBlobs", None)
    with pytest.raises(Refused, match="is not in") as caught:
        layout.get(REF)
    assert "`pipelinekit platform bundle`" in caught.value.faults[0].hint


class Answering:
    """A connection whose registry answers so, one answer after the other."""

    def __init__(self, *texts: str) -> None:
        self.texts, self.paused = list(texts), 0

    def request(self, *_: object, **__: object) -> requests.Response:
        answer = requests.Response()
        text = self.texts.pop(0)
        answer.status_code, answer._content = 400 if text else 201, text.encode()
        return answer

    def expect(self, answer: requests.Response, host: str, *statuses: int) -> requests.Response:
        if answer.status_code not in statuses:
            raise ToolFailed(Fault("x", f"{host}: {answer.text}"))
        return answer

    def pause(self, *_: object) -> None:
        self.paused += 1


@pytest.mark.parametrize(("texts", "paused"), [(("",), 0), (("BLOB", ""), 1), (("BLOB", "BLOB", ""), 2)])
def test_a_blob_that_others_store_at_the_same_moment_is_asked_for_again(
    texts: tuple[str, ...], paused: int
) -> None:
    connection = Answering(*(each and f"MANIFEST_{each}_UNKNOWN: blob unknown to registry" for each in texts))
    Manifests(cast("Connection", connection)).put(REF, MADE)
    assert connection.paused == paused


@pytest.mark.parametrize("text", ["MANIFEST_BLOB_UNKNOWN", "MANIFEST_INVALID"])
def test_a_manifest_that_is_none_is_told(text: str) -> None:
    connection = Answering(*[text] * 9)
    with pytest.raises(ToolFailed, match=text):
        Manifests(cast("Connection", connection)).put(REF, MADE)
    assert connection.paused == (2 if "BLOB" in text else 0)
