from __future__ import annotations

from pathlib import Path

from pipelinekit.adapters.folder import libraries
from pipelinekit.adapters.folder.components import FOLDER


def library(platform: Path, name: str, version: str) -> Path:
    """A library chart of the platform's own."""
    folder = platform / FOLDER / name
    folder.mkdir(parents=True)
    (folder / "Chart.yaml").write_text(f"name: {name}\nversion: {version}\ntype: library\n")
    return folder


def chart(folder: Path, version: str, *, lock: str = "") -> Path:
    """A chart that names the library in that version."""
    folder.mkdir(exist_ok=True)
    entry = "dependencies: [{{name: pk-common, version: {}, repository: file://../../pk-common}}]\n"
    (folder / "Chart.yaml").write_text(entry.format(version))
    if lock:
        (folder / "Chart.lock").write_text(entry.format(lock))
    return folder


def test_the_package_has_the_library_of_its_components() -> None:
    assert list(libraries.find(None).folders) == ["pk-common"]


def test_one_of_the_platform_s_own_goes_before_it(tmp_path: Path) -> None:
    mine = library(tmp_path, "pk-common", "7.0.0")
    other = library(tmp_path, "other", "1.0.0")
    found = libraries.find(tmp_path)
    assert found.folders == {"pk-common": mine, "other": other}
    made = chart(tmp_path / "chart", "7.0.0")
    assert found.of(made) == (mine,)
    assert found.faults(made) == []


def test_a_lock_that_says_another_version_is_told_too(tmp_path: Path) -> None:
    library(tmp_path, "pk-common", "7.0.0")
    found = libraries.find(tmp_path)
    (only,) = found.faults(chart(tmp_path / "chart", "7.0.0", lock="6.0.0"))
    assert only.place is not None
    assert only.place.origin == str(tmp_path / "chart" / "Chart.lock")
    assert len(found.faults(chart(tmp_path / "chart", "6.0.0", lock="6.0.0"))) == 2


def test_a_folder_without_a_chart_has_none(tmp_path: Path) -> None:
    found = libraries.find(None)
    assert (found.of(tmp_path), found.faults(tmp_path)) == ((), [])


def test_only_what_is_named_is_read(tmp_path: Path) -> None:
    (library(tmp_path, "broken", "1.0.0") / "Chart.yaml").write_text("[")
    made = chart(tmp_path / "chart", "0.0.0")
    assert [each.code for each in libraries.find(tmp_path).faults(made)] == ["library-chart-version"]
