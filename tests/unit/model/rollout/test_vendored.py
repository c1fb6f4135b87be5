from __future__ import annotations

from dataclasses import replace

from pipelinekit.model.rollout.component import Archive
from pipelinekit.model.rollout.vendored import Vendored, digest_of

ARCHIVE = Archive(name="up", repository="https://charts.example.com", version="1.2.3")
LOCK = Vendored(name="up", repository="https://charts.example.com", version="1.2.3", digest="sha256:1")


def test_a_lock_counts_for_the_archive_that_it_names() -> None:
    assert digest_of(ARCHIVE, LOCK) == "sha256:1"
    assert digest_of(ARCHIVE, None) == ""
    for field in ("name", "repository", "version"):
        assert digest_of(replace(ARCHIVE, **{field: "another"}), LOCK) == ""


def test_what_component_yaml_says_goes_before_the_lock() -> None:
    assert digest_of(replace(ARCHIVE, digest="sha256:2"), LOCK) == "sha256:2"
