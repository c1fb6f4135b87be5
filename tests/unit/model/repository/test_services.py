from __future__ import annotations

import pytest

from pipelinekit.model.repository.services import Service


@pytest.mark.parametrize(
    ("base", "folder", "path"), [(".", "", "."), (".", "a/b", "a/b"), ("a", "", "a"), ("a", "b", "a/b")]
)
def test_the_descriptor_is_below_what_is_built(base: str, folder: str, path: str) -> None:
    found = Service(name="x", base=base, folder=folder, source=base, language="go", port=None, why="")
    assert found.path == path
    assert found.shared == bool(folder)
