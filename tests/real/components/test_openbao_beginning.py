"""The first start of OpenBao that does not come to its end: its script against a server of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.real.components.site import OURS
from tests.real.kube import eventually

CONFIGURATION = """
listener "tcp" {{
  address = "127.0.0.1:{port}"
  tls_disable = true
}}
storage "raft" {{
  path = "{folder}/data"
  node_id = "a"
}}
seal "static" {{
  current_key_id = "1"
  current_key = "file://{folder}/key"
}}
api_addr = "http://127.0.0.1:{port}"
cluster_addr = "http://127.0.0.1:{beside}"
disable_mlock = true
"""
CALLER = """#!/bin/sh
export BAO_ADDR=http://127.0.0.1:{port}
! rm "{folder}/away from $1" 2>/dev/null || export BAO_ADDR=http://127.0.0.1:1
echo "$1 $2 $BAO_ADDR" >> {folder}/calls
printf '%s\\n' "$BAO_TOKEN" >> {folder}/tokens
exec {program} "$@"
"""


def ports() -> tuple[int, int]:
    """Two that are free."""
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


@contextmanager
def server(program: str, folder: Path) -> Iterator[int]:
    """One that nobody has initialized."""
    port, beside = ports()
    (folder / "data").mkdir()
    (folder / "key").write_text("0123456789abcdef0123456789abcdef")
    (folder / "server.hcl").write_text(CONFIGURATION.format(folder=folder, port=port, beside=beside))
    words = [program, "server", f"-config={folder / 'server.hcl'}"]
    with (folder / "log").open("w") as log, subprocess.Popen(words, stdout=log, stderr=log) as process:
        try:
            assert eventually(lambda: answers(port)), (folder / "log").read_text()
            yield port
        finally:
            process.kill()


def answers(port: int) -> bool:
    try:
        url = f"http://127.0.0.1:{port}/v1/sys/health?uninitcode=200"
        return bool(urllib.request.urlopen(url, timeout=2).status == 200)
    except OSError:
        return False


@contextmanager
def pod(program: str, tmp_path: Path) -> Iterator[tuple[int, Callable[[], subprocess.CompletedProcess[str]]]]:
    """A new server's port, and what runs its script as in a pod of the Job."""
    scripts, scratch, programs = tmp_path / "scripts", tmp_path / "scratch", tmp_path / "bin"
    for each in (scripts, scratch, programs):
        each.mkdir()
    for path in (OURS / "openbao" / "chart" / "files").iterdir():
        # Paths of a pod, here.
        text = path.read_text().replace("/tmp", str(scratch)).replace("/scripts/", f"{scripts}/")
        (scripts / path.name).write_text(text)
    with server(program, tmp_path) as port:
        caller = programs / "bao"
        caller.write_text(CALLER.format(port=port, folder=tmp_path, program=program))
        caller.chmod(0o755)
        env = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}
        env |= {"SERVERS": "openbao", "REPLICAS": "1", "NAMESPACE": "openbao"}
        env |= {"SCHEME": "http", "TLS": "require"}
        words = ["sh", str(scripts / "provision.sh")]

        def provision() -> subprocess.CompletedProcess[str]:
            return subprocess.run(words, env=env, capture_output=True, text=True, timeout=120, check=False)

        yield port, provision


@pytest.mark.parametrize("word", ["status", "operator"])
def test_a_server_that_is_away_is_waited_for_and_not_taken_for_a_new_one(
    testbed: Mapping[str, str], tmp_path: Path, word: str
) -> None:
    away = tmp_path / f"away from {word}"
    with pod(testbed["PK_TESTBED_BAO"], tmp_path) as (port, provision):
        away.touch()
        done = provision()
    assert "initialized" in done.stdout, done.stderr
    assert not away.exists()
    calls = (tmp_path / "calls").read_text().splitlines()
    first = next(number for number, call in enumerate(calls) if call.startswith("operator init"))
    assert calls[first - 1] == f"status -format=json http://127.0.0.1:{port}", (
        "nobody has said that it is new"
    )


def test_nobody_is_left_with_the_root_token(testbed: Mapping[str, str], tmp_path: Path) -> None:
    program = testbed["PK_TESTBED_BAO"]
    with pod(program, tmp_path) as (port, provision):
        done = provision()
        assert "initialized" in done.stdout, done.stderr
        # Outside of a cluster it cannot ask whose a token is.
        assert done.returncode
        (token,) = {*(tmp_path / "tokens").read_text().split()}
        asked = [program, "token", "lookup", f"-address=http://127.0.0.1:{port}"]
        looked = subprocess.run(
            asked, env={**os.environ, "BAO_TOKEN": token}, capture_output=True, text=True, check=False
        )
        assert "permission denied" in looked.stderr
    kept = [path.read_text() for path in (tmp_path / "scratch").rglob("*") if path.is_file()]
    assert not [text for text in (*kept, done.stdout, done.stderr) if token in text]
