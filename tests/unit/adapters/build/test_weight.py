from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.adapters.build import context, weight
from pipelinekit.adapters.build.context import Sources, context_digest


def files(folder: Path, **sizes: int) -> list[str]:
    """Files of so many bytes, without any on the disk; `__` in a name is a slash."""
    names = []
    for key, size in sizes.items():
        path = folder / key.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as stream:
            stream.truncate(size)
        names.append(path.relative_to(folder).as_posix())
    return names


def test_a_large_context_is_told_with_its_largest_folders(tmp_path: Path) -> None:
    names = files(
        tmp_path,
        data__dumps__old=900_000_000,
        data__dumps__older=500_000_000,
        data__note=7,
        web__node_modules__a=60_000_000,
        web__src=40_000_000,
        model=2_000,
        app=1,
    )
    assert weight.told(tmp_path, [*names, "data", "web", "gone"]) == (
        "reading the build context: 1.5 GB in 7 files, the largest: data/dumps 1.4 GB, web 100.0 MB, "
        "model 2.0 kB; what no build needs belongs into .dockerignore"
    )


def test_one_large_file_is_named_itself(tmp_path: Path) -> None:
    names = files(tmp_path, a__b__dump=5_000_000, a__b__x=10, a__y=10)
    assert "1 file" not in weight.told(tmp_path, names)
    assert "the largest: a/b/dump 5.0 MB;" in weight.told(tmp_path, names)


@pytest.mark.parametrize(("rest", "largest"), [(5_000, "a/b 20.0 kB"), (5_001, "a 25.0 kB")])
def test_what_is_four_fifths_of_a_folder_is_named_in_its_place(
    tmp_path: Path, rest: int, largest: str
) -> None:
    names = files(tmp_path, a__b=20_000, a__c=rest)
    assert f"the largest: {largest};" in weight.told(tmp_path, names)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (1_500_000_000, "1.5 GB"),
        (2_500_000_000_000, "2500.0 GB"),
    ],
)
def test_an_amount(size: int, text: str) -> None:
    assert weight.amount(size) == text


def test_a_context_that_takes_long_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files(tmp_path, a__large=300_000, b__small=10, c__small=10)
    monkeypatch.setattr(context, "PATIENCE", -1.0)
    said: list[str] = []
    made = Sources(tmp_path).digest(said.append)
    (line,) = said
    assert "300.0 kB in 3 files, the largest: a/large 300.0 kB, b/small 10 B, c/small 10 B;" in line
    assert made == context_digest(tmp_path, "Dockerfile")


def test_one_that_is_read_in_no_time_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files(tmp_path, a=10)
    monkeypatch.setattr(context, "PATIENCE", 3600.0)
    said: list[str] = []
    Sources(tmp_path).digest(said.append)
    assert said == []
