"""A Nexus whose answers are JSON of any other shape: an error in words, never a bug of ours."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from pipelinekit.adapters.nexus import NexusClient
from pipelinekit.errors import ToolFailed
from pipelinekit.model.platform.nexus import Nexus
from pipelinekit.model.release import Credentials
from pipelinekit.steps import nexus

FORMS: dict[str, Any] = {
    "v1/system/eula": {"accepted": True, "disclaimer": "text"},
    "v1/security/anonymous": {},
    "v1/repositories": [],
    "v1/security/realms/active": [],
    "v1/security/roles": {},
    "v1/security/users": [],
}
ODD: tuple[Any, ...] = (
    None,
    1,
    "x",
    True,
    ["x", 1],
    [None],
    [[]],
    [{}],
    [{"name": [], "userId": 1}],
    {"x": 1},
    {"privileges": [{}, 1]},
)


@pytest.fixture
def server() -> Iterator[tuple[str, dict[str, Any]]]:
    said = dict(FORMS)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Says nothing."""

        def do_GET(self) -> None:
            body = json.dumps(next((said[each] for each in said if each in self.path), {})).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_address[1]}", said
        listening.shutdown()
        thread.join()


@pytest.mark.parametrize("place", FORMS)
@pytest.mark.parametrize("odd", ODD, ids=json.dumps)
def test_nexus_may_answer_anything(place: str, odd: Any, server: tuple[str, dict[str, Any]]) -> None:
    url, said = server
    said[place] = odd
    client = NexusClient(url, Credentials("admin", "secret"), sleep=lambda _: None)
    try:
        assert isinstance(nexus.plan(Nexus(url=url), client).lines, tuple)
    except ToolFailed as error:
        assert error.faults[0].code == "registry-odd"  # noqa: PT017 - some shapes are as good as none
