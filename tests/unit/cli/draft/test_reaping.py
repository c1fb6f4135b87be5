from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pipelinekit.cli.draft import reaping
from pipelinekit.cli.draft.here import Draft
from pipelinekit.errors import ToolFailed, failed
from pipelinekit.model.draft import Place
from pipelinekit.model.release import Target
from tests import examples

OLD = 1_000_000_000


@dataclass
class Places:
    """Developers' namespaces. In those of `closed` nothing can be done, those of `going` go meanwhile."""

    there: tuple[Place, ...]
    closed: frozenset[str] = frozenset()
    going: frozenset[str] = frozenset()
    removed: list[str] = field(default_factory=list)
    asleep: list[str] = field(default_factory=list)

    def all(self, _: Target) -> tuple[Place, ...]:
        return self.there

    def place(self, at: Target) -> Place | None:
        if at.namespace in self.going:
            raise failed("namespace-going", f"namespace {at.namespace} is being removed")
        return next((each for each in self.there if each.namespace == at.namespace), None)

    def _do(self, at: Target, done: list[str]) -> None:
        if at.namespace in self.closed | self.going:
            raise failed("kubectl", "admission webhook denied the request")
        done.append(at.namespace)

    def now(self, at: Target) -> int:
        del at
        return int(time.time())

    def remove(self, at: Target) -> None:
        self._do(at, self.removed)

    def sleep(self, at: Target, _: str) -> int:
        self._do(at, self.asleep)
        return 1


def place(name: str, *, ends: int = 0) -> Place:
    return Place(namespace=name, owner=f"{name}s-owner", ends=ends, used=OLD)


def reap(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, places: Places, *words: str) -> Any:
    @contextmanager
    def pinned(_: Draft) -> Iterator[Target]:
        yield examples.target()

    monkeypatch.setattr(Draft, "cluster_pinned", pinned)
    monkeypatch.setattr(Draft, "places", places)
    return CliRunner().invoke(reaping.reap, ["--home", str(tmp_path), *words])


@pytest.mark.parametrize("kind", ["ended", "idle"])
def test_a_namespace_in_which_nothing_can_be_done_keeps_no_other(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str
) -> None:
    ends = OLD if kind == "ended" else 0
    there = (place("a", ends=ends), place("b", ends=ends), place("c", ends=ends), place("d"))
    places = Places(there, closed=frozenset({"a", "c"}))
    done = reap(monkeypatch, tmp_path, places)
    assert (places.removed, places.asleep) == ((["b"], ["d"]) if ends else ([], ["b", "d"]))
    assert isinstance(done.exception, ToolFailed)
    assert [each.problem for each in done.exception.faults] == [
        f"{name} of {name}s-owner: admission webhook denied the request" for name in "ac"
    ]
    assert "b of bs-owner is" in done.output
    assert "a of as-owner is" not in done.output


def test_one_that_somebody_has_removed_meanwhile_is_no_failure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    places = Places((place("a"), place("b")), going=frozenset({"a"}))
    done = reap(monkeypatch, tmp_path, places, "--json")
    assert done.exception is None, done.exception
    assert [each["namespace"] for each in json.loads(done.output)["asleep"]] == ["b"]


def test_a_plan_does_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    places = Places((place("a", ends=OLD), place("b")))
    done = reap(monkeypatch, tmp_path, places, "--plan")
    assert done.exception is None, done.exception
    assert (places.removed, places.asleep) == ([], [])
    assert "a of as-owner would be removed: it ended on 2001-09-09" in done.output
