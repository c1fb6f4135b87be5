from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.errors import PipelinekitError, failed
from pipelinekit.model.platform.document import Registration
from pipelinekit.model.platform.lock import PlatformLock
from pipelinekit.steps.sync import check, next_lock, sync
from tests import examples
from tests.doubles import Repositories

TEXT = (
    "apiVersion: pipelinekit/v1\nkind: Application\nmetadata: {{name: {name}, team: {team}}}\n"
    "build: {{language: go}}\n{more}"
)


def _registered(*names: str) -> tuple[Registration, ...]:
    return tuple(Registration(name=name, team="t", repository=f"https://git/{name}") for name in names)


def _text(name: str, team: str = "t", more: str = "") -> str:
    return TEXT.format(name=name, team=team, more=more)


def _quiet(_: str) -> None:
    pass


def test_every_application_is_read_once_per_commit() -> None:
    repositories = Repositories()
    for name in ("a", "b"):
        repositories.put(f"https://git/{name}", "1" * 40, "app.yaml", _text(name))
    platform = replace(examples.platform(), applications=_registered("b", "a"))
    first = sync(platform, PlatformLock(), repositories, _quiet)
    assert [each.state for each in first] == ["added", "added"]
    lock = next_lock(first)
    assert [each.title for each in lock.applications] == ["t/a", "t/b"]
    repositories.put("https://git/a", "2" * 40, "app.yaml", _text("a", more="calls: [b]\n"))
    repositories.reads.clear()
    second = sync(platform, lock, repositories, _quiet)
    assert [(each.title, each.state) for each in second] == [("t/b", "unchanged"), ("t/a", "updated")]
    assert repositories.reads == ["https://git/a"]
    assert next_lock(second).applications[0].commit == "2" * 40


@pytest.mark.parametrize("problem", [ValueError("embedded null byte"), MemoryError(), RecursionError("deep")])
def test_whatever_one_repository_does_is_its_line(
    monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    repositories = Repositories()
    for name in ("a", "b"):
        repositories.put(f"https://git/{name}", "1" * 40, "app.yaml", _text(name))
    platform = replace(examples.platform(), applications=_registered("a", "b"))
    read = repositories.read

    def broken(repository: str, *rest: str) -> str:
        if repository.endswith("/a"):
            raise problem
        return read(repository, *rest)

    monkeypatch.setattr(repositories, "read", broken)
    seen: list[Exception] = []

    def unforeseen(error: Exception) -> PipelinekitError:
        seen.append(error)
        return failed("bug", "a bug")

    results = sync(platform, PlatformLock(), repositories, _quiet, unforeseen)
    assert [each.state for each in results] == ["failed", "added"]
    assert seen == [problem]
    assert [each.state for each in sync(platform, PlatformLock(), repositories, _quiet)] == [
        "failed",
        "added",
    ]


def test_a_bad_repository_keeps_its_entry_and_stops_nobody() -> None:
    repositories = Repositories()
    for name in ("a", "b"):
        repositories.put(f"https://git/{name}", "1" * 40, "app.yaml", _text(name))
    platform = replace(examples.platform(), applications=_registered("a", "b"))
    lock = next_lock(sync(platform, PlatformLock(), repositories, _quiet))
    del repositories.heads["https://git/a"]
    repositories.put("https://git/b", "2" * 40, "app.yaml", "not: a descriptor\n")
    said: list[str] = []
    results = sync(platform, lock, repositories, said.append)
    assert [each.state for each in results] == ["failed", "failed"]
    assert next_lock(results) == lock
    assert any("t/a: git cannot read https://git/a" in each for each in said)


def test_an_application_that_is_registered_no_more_leaves_the_lock() -> None:
    repositories = Repositories()
    repositories.put("https://git/a", "1" * 40, "app.yaml", _text("a"))
    platform = replace(examples.platform(), applications=_registered("a"))
    lock = next_lock(sync(platform, PlatformLock(), repositories, _quiet))
    assert next_lock(sync(replace(platform, applications=()), lock, repositories, _quiet)) == PlatformLock()


def test_a_descriptor_of_another_name_than_registered_is_a_fault() -> None:
    repositories = Repositories()
    repositories.put("https://git/a", "1" * 40, "app.yaml", _text("a", team="other"))
    platform = replace(examples.platform(), applications=_registered("a"))
    (result,) = sync(platform, PlatformLock(), repositories, _quiet)
    assert result.error is not None
    assert "describes other/a, but is registered as t/a" in str(result.error)


def test_a_monorepos_folder_is_where_the_registration_says() -> None:
    repositories = Repositories()
    repositories.put("https://git/a", "1" * 40, "services/a/app.yaml", _text("a"))
    registered = tuple(replace(each, path="services/a/") for each in _registered("a"))
    (result,) = sync(
        replace(examples.platform(), applications=registered), PlatformLock(), repositories, _quiet
    )
    assert result.state == "added"


def test_the_locked_applications_are_checked_against_each_other() -> None:
    repositories = Repositories()
    repositories.put("https://git/a", "1" * 40, "app.yaml", _text("a", more="calls: [b]\n"))
    repositories.put("https://git/b", "1" * 40, "app.yaml", _text("b"))
    platform = replace(examples.platform(), applications=_registered("a", "b"))
    lock = next_lock(sync(platform, PlatformLock(), repositories, _quiet))
    (fault,) = check(platform, lock)
    assert str(fault).startswith("https://git/a@1111111111:app.yaml:5:9: calls[0]: 't/b' does not accept 'a'")
