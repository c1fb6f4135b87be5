from __future__ import annotations

import pytest

from pipelinekit.plan.detect.needs.writes import writing
from pipelinekit.plan.detect.signs import Detected

APP = Detected(language="node")


def test_a_folder_that_is_written_to_goes_with_the_pod() -> None:
    found = writing(APP, "/app/cache/", "Dockerfile: VOLUME", stays=False)
    assert found.volumes == {"cache": {"path": "/app/cache", "disk": "1Gi"}}
    assert found.doubts == (
        "Dockerfile: VOLUME /app/cache/: run.volumes lets it be written, and it goes with the pod",
    )


def test_a_folder_that_is_kept_stays() -> None:
    found = writing(APP, "/data", "compose.yaml:7 keeps", stays=True)
    assert found.volumes == {"data": {"path": "/data", "persistent": "1Gi"}}
    assert found.doubts == ("compose.yaml:7 keeps /data: run.volumes keeps 1Gi of it, which is a guess",)


def test_who_keeps_a_folder_knows_better_than_who_writes_to_it() -> None:
    found = writing(APP, "/data", "Dockerfile: VOLUME", stays=False)
    found = writing(found, "/data", "compose.yaml:7 keeps", stays=True)
    assert found.volumes == {"data": {"path": "/data", "persistent": "1Gi"}}
    assert len(found.doubts) == 1
    assert writing(found, "/data", "Dockerfile: VOLUME", stays=False) == found


def test_two_folders_of_one_name_have_two() -> None:
    found = writing(writing(APP, "/a/data", "x", stays=False), "/b/data", "x", stays=False)
    assert [*found.volumes] == ["data", "data-2"]


@pytest.mark.parametrize(
    "path", ["/", "/etc/app", "/usr/share/x", "/var/../proc", "relative", "/a b", "/$HOME"]
)
def test_what_can_be_no_volume_is_told(path: str) -> None:
    found = writing(APP, path, "Dockerfile: VOLUME", stays=False)
    assert found.volumes == {}
    assert len(found.doubts) == 1


def test_what_can_be_written_to_anyway_needs_none() -> None:
    assert writing(APP, "/tmp", "x", stays=False) == APP


@pytest.mark.parametrize("path", ["/app/tmp", "/vaults/vault", "/app/_"])
def test_names_are_such_as_the_descriptor_takes(path: str) -> None:
    (name,) = writing(APP, path, "x", stays=False).volumes
    assert name.split("-")[0] not in ("tmp", "vault")
    assert name
