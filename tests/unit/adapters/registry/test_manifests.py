from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from pipelinekit.adapters.bundle.layout import LayoutBlobs, LayoutManifests
from pipelinekit.adapters.registry.connection import Connection
from pipelinekit.adapters.registry.manifests import Manifests
from pipelinekit.errors import Refused
from pipelinekit.model.release import ImageRef

REF = ImageRef("registry.example.com", "team/orders", "1.4.2")


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
