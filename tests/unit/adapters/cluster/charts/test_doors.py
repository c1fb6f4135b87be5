"""What waits ends with whoever has begun it, whatever else still holds what it has written to."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from threading import Thread

import pytest

from pipelinekit.adapters.cluster.charts import doors
from pipelinekit.adapters.cluster.charts.helm import Helm
from pipelinekit.adapters.running import process
from pipelinekit.adapters.running.lines import Collector
from tests import examples

TARGET = examples.target()


class Begun:
    """A program that is killed, while one that it had begun itself goes on and has its output still."""

    def __init__(self) -> None:
        self.code: int | None = None
        pipes = [os.pipe(), os.pipe()]
        self.stdout, self.stderr = (os.fdopen(each[0], "rb") for each in pipes)
        self.held = [each[1] for each in pipes]

    def poll(self) -> int | None:
        return self.code

    def kill(self) -> None:
        self.code = -9

    def wait(self) -> int:
        return self.code or 0


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> Iterator[Begun]:
    made = Begun()
    monkeypatch.setattr(process, "begin", lambda *_, **__: made)
    yield made
    for each in made.held:
        os.close(each)
    for stream in (made.stdout, made.stderr):
        stream.close()


def test_one_that_is_attended_is_ended_while_its_output_is_still_read(tmp_path: Path, begun: Begun) -> None:
    doors_of_it: list[str] = []

    def words(_: Path, files: Sequence[str]) -> Sequence[str]:
        doors_of_it.append(files[1])
        return []

    waiting = doors.Waiting(words, tmp_path, 1, {})
    reader = os.open(doors_of_it[0], os.O_RDONLY | os.O_NONBLOCK)
    assert waiting.let_in(tmp_path, ["a: 1"])
    os.close(reader)
    read = [Collector(each, None) for each in (begun.stdout, begun.stderr)]
    ending = Thread(target=waiting.close, daemon=True)
    ending.start()
    ending.join(2)
    assert not ending.is_alive()
    assert all(each.thread.is_alive() for each in read)
    assert not Path(doors_of_it[0]).parent.exists()


def test_one_that_nobody_lets_in_leaves_nothing_open(tmp_path: Path, begun: Begun) -> None:
    doors.Waiting(lambda *_: [], tmp_path, 1, {}).close()
    assert (begun.code, begun.stdout.closed, begun.stderr.closed) == (-9, True, True)


@pytest.mark.parametrize("fails", [False, True])
def test_what_it_was_given_is_gone_as_soon_as_it_has_ended(
    tmp_path: Path, begun: Begun, monkeypatch: pytest.MonkeyPatch, *, fails: bool
) -> None:
    given: list[str] = []

    def begin(argv: Sequence[str], **_: object) -> Begun:
        given.extend(each for each in argv if Path(each).parent.name.endswith(".moment"))
        return begun

    def attend(*_: object, **__: object) -> process.Completed:
        assert "word: secret" in [Path(each).read_text() for each in given]
        begun.kill()
        if fails:
            raise KeyboardInterrupt
        return process.Completed(0, '{"version": 1, "info": {"status": "deployed"}}', "")

    monkeypatch.setattr(process, "begin", begin)
    monkeypatch.setattr(process, "attend", attend)
    monkeypatch.setattr(doors, "is_sure", lambda: True)
    helm = Helm({})
    with helm.ready(TARGET, tmp_path, 1, timeout=60):
        reader = os.open(given[0], os.O_RDONLY | os.O_NONBLOCK)
        with pytest.raises(KeyboardInterrupt) if fails else nullcontext():
            helm.install(TARGET, tmp_path, ["word: secret"], timeout=60, hopeless=lambda: False)
        os.close(reader)
        assert given
        assert not [each for each in given if Path(each).exists()]
