"""The double where it is a pod's program: its configuration, and a home that it finds again."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.controller import forms
from tests.controller.pod import agent, casc, home
from tests.controller.pod.cloud import accept
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


class _WayIn(BaseHTTPRequestHandler):
    """Lets in whoever has the secret."""

    def do_GET(self) -> None:
        self.send_response(101 if self.headers["Secret-Key"] == "word" else 403)
        self.send_header("Sec-WebSocket-Accept", accept(self.headers["Sec-WebSocket-Key"]))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def test_an_agent_that_nobody_answers_tries_again_and_one_that_is_refused_does_not() -> None:
    pauses: list[float] = []
    with HTTPServer(("127.0.0.1", 0), _WayIn, bind_and_activate=False) as server:
        server.server_bind()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)

        def sleep(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 2:
                server.server_activate()
                thread.start()

        agent.connected(url, "word", "a", sleep).close()
        with pytest.raises(SystemExit, match="403"):
            agent.connected(url, "other", "a", sleep)
        server.shutdown()
        thread.join()
    assert len(pauses) == 2
