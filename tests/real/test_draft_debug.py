"""`draft up --debug` on the testbed: each debugger answers at a local port until the next `up`."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipelinekit.reading.docker.beginning import begins
from tests import matrix
from tests.freeports import free
from tests.real import app
from tests.real.developer import Developer, developer, saying


@contextmanager
def entered(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), 30) as found:
        found.settimeout(30)
        yield found


def java(port: int) -> None:
    with entered(port) as found:
        found.sendall(b"JDWP-Handshake")
        assert found.recv(14, socket.MSG_WAITALL) == b"JDWP-Handshake"


def node(port: int) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/version", timeout=30) as answer:
        assert json.load(answer)["Browser"].startswith("node.js/")


def python(port: int) -> None:
    """The first request of the Debug Adapter Protocol."""
    wanted = {"seq": 1, "type": "request", "command": "initialize", "arguments": {"adapterID": "python"}}
    text = json.dumps(wanted).encode()
    with entered(port) as found:
        found.sendall(b"Content-Length: %d\r\n\r\n%s" % (len(text), text))
        said = b""
        while b'"command": "initialize"' not in said.replace(b'":"', b'": "'):
            piece = found.recv(65536)
            assert piece, said
            said += piece
    assert b"supportsConditionalBreakpoints" in said


LANGUAGES: Mapping[str, tuple[int, Callable[[int], None]]] = {
    "python": (5678, python),
    "node": (9229, node),
    "java-maven": (5005, java),
}


def container(dev: Developer) -> Mapping[str, object]:
    words = ("-n", dev.namespace, "get", "deployment", "orders", "-o", "json")
    pods = json.loads(dev.application.tool("kubectl", *words))["spec"]
    found: dict[str, object] = pods["template"]["spec"]["containers"][0]
    return {**found, "replicas": pods["replicas"]}


@pytest.mark.parametrize("language", matrix.sampled("draft", tuple(LANGUAGES), keep=1))
def test_a_debugger_answers_until_the_next_up(
    testbed: Mapping[str, str], tmp_path: Path, language: str
) -> None:
    remote, shakes_hands = LANGUAGES[language]
    local = free()
    with developer(testbed, tmp_path, language) as dev:
        if language == "python":
            lacks = dev.draft("up", "--debug")
            assert (lacks.code, "add debugpy to the packages" in lacks.err) == (6, True), lacks.err
            requirements = (dev.application.folder / "requirements.txt").read_text()
            dev.application.write("requirements.txt", f"{requirements}debugpy==1.8.16\n")
        # More than one as it is written.
        values = "charts/orders/values.yaml"
        dev.application.replace(values, "replicas: 1", "replicas: 2")
        found = dev.draft("up", "--debug")
        assert (found.code, f"brings it to 127.0.0.1:{remote}" in found.err) == (0, True), found.err
        debugged = container(dev)
        assert (debugged["replicas"], "livenessProbe" in debugged) == (1, False)
        assert not dev.up("--debug")["revised"]
        with saying(dev, "connect", "-p", f"{local}:{remote}", "-p", f"{free()}:8080") as said:
            assert app.eventually(lambda: any(f"is port {remote} of" in each for each in said), 60), said
            shakes_hands(local)
            dev.application.replace(values, "tmp: 1Gi", "tmp: 2Gi")
            assert dev.up("--debug")["revised"]
            assert app.eventually(lambda: sum(f"port {remote} of" in each for each in said) > 0)
            shakes_hands(local)
        before = (dev.application.folder / "draft.toml").read_text()
        dev.application.write("draft.toml", f'{before}    override-ports = ["{local}:{remote}"]\n')
        with saying(dev, "up", "--debug", "--auto-connect") as said:
            assert app.eventually(lambda: any(f"is port {remote} of" in each for each in said), 90), said
            shakes_hands(local)
        dev.application.write("draft.toml", before)
        dev.up()
        restored = container(dev)
        assert (restored["replicas"], "livenessProbe" in restored) == (2, True)
        assert "draft-debug" not in json.dumps(restored)
        assert dev.draft("status").code == 0


@pytest.mark.matrix("draft")
@pytest.mark.parametrize(("language", "reason"), [("go", "ptrace"), ("static", "no program of its own")])
def test_a_language_without_a_debugger_is_refused_and_what_runs_stays(
    testbed: Mapping[str, str], tmp_path: Path, language: str, reason: str
) -> None:
    with developer(testbed, tmp_path, language) as dev:
        before, images = dev.up(), dev.images()
        changed = dev.application.folder / ("main.go" if language == "go" else "public/index.html")
        text = changed.read_text()
        changed.write_text(f"{text}\n")
        found = dev.draft("up", "--debug")
        assert (found.code, reason in found.err) == (6, True), found.err
        # Before anything is built.
        assert ("Step " in found.err, dev.images()) == (False, images)
        changed.write_text(text)
        again = dev.up()
        assert (again["revision"], again["revised"]) == (before["revision"], False)


def test_what_an_image_begins_with_is_known_before_it_is_built(testbed: Mapping[str, str]) -> None:
    """The engine's word, over the images of Dockerfiles that make nothing but that."""
    texts = (
        'FROM scratch\nCMD ["server.js"]\n',
        'FROM scratch\nENTRYPOINT ["/app"]\n',
        'FROM scratch\nCMD ["x"]\nENTRYPOINT ["/app"]\n',
        'FROM scratch AS one\nCMD ["x"]\nFROM one AS two\nENTRYPOINT ["/app"]\n',
        'FROM scratch AS one\nENTRYPOINT ["/app"]\nFROM one\nCMD ["x", "y"]\n',
        "FROM scratch\nCMD python -m app\n",
        'FROM scratch AS one\nCMD ["x"]\nFROM scratch\nLABEL a=b\nFROM ONE\nLABEL c=d\n',
        'ARG A=one\nFROM scratch AS one\nCMD ["x"]\nFROM scratch\nLABEL a=b\nFROM ${A}\nLABEL c=d\n',
        'FROM scratch\nSHELL ["bash", "-c"]\nCMD x y\n',
    )
    docker = {**os.environ, "DOCKER_HOST": testbed["DOCKER_HOST"], "DOCKER_BUILDKIT": "0"}
    for text in texts:
        words = ["docker", "build", "--quiet", "-"]
        built = subprocess.run(words, input=text.encode(), env=docker, capture_output=True, check=True)
        shown = ["docker", "inspect", "--format", "{{json .Config}}", built.stdout.decode().strip()]
        config = json.loads(subprocess.run(shown, env=docker, capture_output=True, check=True).stdout)
        engine = (*(config.get("Entrypoint") or ()), *(config.get("Cmd") or ()))
        assert begins(text, ((), ()), {}) == engine, text
