"""The double where it is a pod's program: its configuration, and a home that it finds again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.controller import forms
from tests.controller.pod import casc, home
from tests.controller.state import State


def test_files_are_laid_together_and_references_filled(tmp_path: Path) -> None:
    for name, text in (("a", "jenkins: {x: '${ONE}', y: [1]}"), ("b", "jenkins: {y: ['^${TWO}']}")):
        (tmp_path / f"{name}.yaml").write_text(text)
    (tmp_path / "ONE").write_text(" ${THREE} ^${TWO}\n")
    (tmp_path / "THREE").write_text("three")
    assert casc.read(tmp_path, tmp_path) == {"jenkins": {"x": "three ${TWO}", "y": [1, "${TWO}"]}}


@pytest.mark.parametrize(
    "text", ["jenkins: {x: 2}", "jenkins: {x: 1}", "more: '${NONE}'", "more: '${SECRET}'", "jenkins: 3"]
)
def test_what_contradicts_or_refers_to_nothing_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.yaml").write_text("jenkins: {x: 1}")
    (tmp_path / "b.yaml").write_text(text)
    (tmp_path / "SECRET").write_text("a${NONE}")
    with pytest.raises(casc.Wrong):
        casc.read(tmp_path, tmp_path)


def test_a_home_is_found_again_as_it_was(tmp_path: Path) -> None:
    assert not home.begun(tmp_path)
    state = State()
    for name in ("apps/orders", "apps/shop"):
        state.make(
            name, "pipeline", f"<{forms.PIPELINE}><description>{name}</description></{forms.PIPELINE}>"
        )
    orders = state.find("apps/orders")
    assert orders is not None
    for result in ("SUCCESS", "FAILURE"):
        build = state.begin(state.enqueue(orders, {}))
        build.write(f"it is {result}\n")
        build.finish(result)
    running = state.begin(state.enqueue(orders, {}))
    home.keep(tmp_path, state)
    again = State()
    home.load(tmp_path, again)
    assert home.begun(tmp_path)
    found = again.find("apps/orders")
    assert found is not None
    assert (found.text, found.next_number) == (orders.text, running.number + 1)
    assert {number: (each.result, each.since(0)) for number, each in found.builds.items()} == {
        1: ("SUCCESS", "it is SUCCESS\n"),
        2: ("FAILURE", "it is FAILURE\n"),
    }
    assert again.find("apps") is not None
    assert again.root.children["apps"].root == forms.FOLDER


def test_what_was_deleted_is_gone_and_two_never_have_one_home(tmp_path: Path) -> None:
    state = State()
    state.make("apps/orders", "pipeline")
    home.keep(tmp_path, state)
    del state.root.children["apps"]
    home.keep(tmp_path, state)
    assert list((tmp_path / "jobs").iterdir()) == []
    home.taken(tmp_path)
    with pytest.raises(BlockingIOError):
        home.taken(tmp_path)
