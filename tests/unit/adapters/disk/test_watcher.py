from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import watchfiles
from watchfiles._rust_notify import WatchfilesRustInternalError

from pipelinekit.adapters.disk import watcher

CHANGED = {(watchfiles.Change.modified, "/x")}
NO_TEXT = WatchfilesRustInternalError('Unable to decode path "/a\\xFF" to string')


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[list[Any]]:
    """What each watch that is begun tells: batches, and an error as its end."""
    scripts: list[list[Any]] = []

    def watch(_: Path, **options: Any) -> Iterator[Any]:
        if options["force_polling"]:
            yield from (set(), CHANGED)
            return
        for each in scripts.pop(0) if len(scripts) > 1 else scripts[0]:
            if isinstance(each, Exception):
                raise each
            yield each

    monkeypatch.setattr(watchfiles, "watch", watch)
    monkeypatch.setattr(watcher, "_require_room", lambda _: None)
    return scripts


def told(root: Path, said: list[str]) -> list[int]:
    return list(watcher.changes(root, lambda _: True, 0.1, said.append))


def test_a_folder_whose_name_is_no_text_is_looked_at_and_not_tried_for_ever(
    tmp_path: Path, begun: list[list[Any]]
) -> None:
    begun.append([NO_TEXT])
    said: list[str] = []
    assert told(tmp_path, said) == [0, 1]
    (line,) = said
    assert line.startswith("a name in it is no text, so nothing tells of changes: rename what has it")


def test_names_that_are_no_text_now_and_then_end_no_watch_however_many(
    tmp_path: Path, begun: list[list[Any]]
) -> None:
    begun += [[set(), NO_TEXT]] + [[NO_TEXT], [set(), NO_TEXT]] * 9 + [[set()]]
    said: list[str] = []
    assert told(tmp_path, said) == [0, *(1 for _ in range(10))]
    assert said == []
