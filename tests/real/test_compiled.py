"""The cache of compiled templates: it saves work, and nothing that is wrong with it does any harm."""

from __future__ import annotations

import os
from pathlib import Path
from types import ModuleType

import pytest

from pipelinekit import render as render_package
from pipelinekit.adapters.folder.compiled import CompiledCode
from pipelinekit.model.tree import FilePlan
from pipelinekit.render import CompiledTemplates, escape, render

TEXTS = {"greeting.j2": "Hello {{ name | plain }}\n"}
PLANS = (FilePlan(path="greeting", template="greeting.j2", inputs={"name": "you"}),)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "pipelinekit"


class Counting(CompiledCode):
    """Tells what was compiled."""

    def __init__(self, of: str = "digest") -> None:
        super().__init__(of)
        self.compiled = 0

    def keep(self, name: str, code: bytes) -> None:
        self.compiled += 1
        super().keep(name, code)


def greeted(of: str = "digest", texts: dict[str, str] = TEXTS) -> int:
    """Render as a process of its own would; how many templates had to be compiled."""
    code = Counting(of)
    name = "you" if texts is TEXTS else "changed"
    assert name in render(PLANS, CompiledTemplates(texts, code))["greeting"].text
    return code.compiled


def only(cache: Path) -> Path:
    (path,) = cache.iterdir()
    return path


def test_a_template_is_compiled_once(cache: Path) -> None:
    assert [greeted(), greeted()] == [1, 0]
    assert only(cache).stat().st_mode & 0o077 == 0
    assert cache.stat().st_mode & 0o077 == 0


def test_other_templates_and_other_texts_are_compiled_again() -> None:
    assert greeted() == 1
    assert greeted(of="another digest") == 1
    assert greeted(of="another digest", texts={"greeting.j2": "changed {{ name | plain }}\n"}) == 1


@pytest.mark.parametrize("module", [escape, render_package])
def test_other_filters_and_settings_count_as_other_code(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, module: ModuleType
) -> None:
    assert greeted() == 1
    changed = tmp_path / "changed.py"
    changed.touch()
    monkeypatch.setattr(module, "__file__", str(changed))
    assert greeted() == 1


@pytest.mark.parametrize(
    "damage", ["empty", "cut", "flipped", "foreign", "open to others", "a folder", "a pipe"]
)
def test_a_damaged_cache_is_made_again(cache: Path, damage: str) -> None:
    assert greeted() == 1
    path = only(cache)
    whole = path.read_bytes()
    match damage:
        case "empty":
            path.write_bytes(b"")
        case "cut":
            path.write_bytes(whole[:-10])
        case "flipped":
            path.write_bytes(whole[:-10] + bytes([whole[-10] ^ 1]) + whole[-9:])
        case "foreign":
            path.write_bytes(b"x" * 100)
        case "open to others":
            path.chmod(0o666)
        case "a folder":
            path.unlink()
            path.mkdir()
        case "a pipe":
            path.unlink()
            os.mkfifo(path)
    assert greeted() == 1
    if damage != "a folder":
        assert greeted() == 0


@pytest.mark.parametrize("place", ["the file", "the folder", "the folder above"])
def test_no_link_is_followed_to_code(cache: Path, tmp_path: Path, place: str) -> None:
    assert greeted() == 1
    linked = {"the file": only(cache), "the folder": cache}.get(place)
    if linked is None:
        os.environ["XDG_CACHE_HOME"] = str(tmp_path / "link")
        linked = tmp_path / "link"
        linked.symlink_to(tmp_path)
    else:
        linked.rename(tmp_path / "elsewhere")
        linked.symlink_to(tmp_path / "elsewhere")
    assert greeted() == 1


@pytest.mark.parametrize("above", [0, 1, 2])
@pytest.mark.parametrize("mode", [0o770, 0o757])
def test_no_code_counts_below_a_folder_that_others_can_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, above: int, mode: int
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home" / "cache"))
    assert [greeted(), greeted()] == [1, 0]
    folder = [tmp_path / "home/cache/pipelinekit", tmp_path / "home/cache", tmp_path / "home"][above]
    folder.chmod(mode)
    assert [greeted(), greeted()] == [1, 1]
    folder.chmod(0o700)
    assert greeted() == 0


def test_without_a_place_everything_works_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert [greeted(), greeted()] == [1, 1]
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.delenv("HOME")
    assert [greeted(), greeted()] == [1, 1]
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
