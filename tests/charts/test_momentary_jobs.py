"""Jobs for which a server is away for a moment before each call: none ends half done by that."""

from __future__ import annotations

import io
import re
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.charts.programs import Programs, imported
from tests.pages.charts import CHARTS

AWAY = """#!/bin/sh
echo "$*" >> {state}/tried
[ -f {state}/open ] || {{ touch {state}/open; echo '{away}' >&2; exit 1; }}
rm {state}/open
echo "$*" >> {state}/calls
case "$*" in
{answers}
esac
"""
DIAL = 'Get "http://x:9/": dial tcp: lookup x on 192.0.2.1:53: no such host'
BAO = """*"login role"*) echo token ;;
*"snapshot save"*) echo whole | gzip > "$5" ;;"""
MC = """*"alias set"*) cat > /dev/null ;;
*" ls "*) echo "[2026-12-01 00:00:00 UTC]     0B orders/" ;;
*"user add"*) cat > {state}/given ;;"""


def placed(tmp_path: Path, chart: str, program: str, answers: str) -> Path:
    """The Jobs' folders, with a program for whose every call the server is away once."""
    for name in ("bin", "scripts", "tmp", "state", "backup", "secrets"):
        (tmp_path / name).mkdir(parents=True)
    known = answers.format(state=tmp_path / "state")
    made = AWAY.format(state=tmp_path / "state", answers=known, away=DIAL)
    for name, said in {program: made, "sleep": "#!/bin/sh\n"}.items():
        (tmp_path / "bin" / name).write_text(said)
        (tmp_path / "bin" / name).chmod(0o755)
    for each in (CHARTS / chart / "chart" / "files").glob("*.sh"):
        said = re.sub(r"(?<![\w}])/(scripts/|secrets/|backup\b|tmp\b)", rf"{tmp_path}/\1", each.read_text())
        (tmp_path / "scripts" / each.name).write_text(said)
    return tmp_path


def run(place: Path, script: str, **env: str) -> list[str]:
    """The calls that came to a server, once the script has ended well."""
    words = ["/bin/sh", str(place / "scripts" / script)]
    path = {"PATH": f"{place / 'bin'}:/usr/bin:/bin", "HOSTNAME": "pod"}
    done = subprocess.run(words, env=path | env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return (place / "state" / "calls").read_text().splitlines()


VAULT = {"SERVERS": "openbao", "SCHEME": "http", "TLS": "require", "KEEP": "2", "FROM": ""}


def test_a_snapshot_is_asked_for_again(tmp_path: Path) -> None:
    place = placed(tmp_path, "openbao", "bao", answers=BAO)
    # What asks again by itself, within a call, is there at the second look.
    (place / "bin" / "bao").write_text(retrying(place / "bin" / "bao", place / "state"))
    calls = run(place, "backup.sh", **VAULT)
    assert calls[-1].startswith("operator raft snapshot save ")
    (copy,) = (place / "backup").glob("*.snap")
    calls = run(place, "restore.sh", **VAULT)
    assert calls[-1] == f"operator raft snapshot restore -force {copy}"


def retrying(program: Path, state: Path) -> str:
    """A client that asks again by itself where it may, as BAO_MAX_RETRIES says."""
    again = f'[ "$BAO_MAX_RETRIES" = 0 ] || case "$*" in *snapshot*) ;; *) touch {state}/open ;; esac'
    return program.read_text().replace("#!/bin/sh\n", f"#!/bin/sh\n{again}\n", 1)


def test_what_was_asked_once_is_not_asked_twice(tmp_path: Path) -> None:
    """Only where no connection came about was nothing begun."""
    place = placed(
        tmp_path, "openbao", "bao", answers="*) echo 'dial tcp: told by the server' >&2; exit 2 ;;"
    )
    (place / "state" / "open").touch()
    words = ["sh", "-c", f". {place}/scripts/connect.sh; once bao operator init"]
    env = {"PATH": f"{place / 'bin'}:/usr/bin:/bin"}
    done = subprocess.run(words, env=env, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 1
    assert done.stderr == "dial tcp: told by the server\n"
    assert (place / "state" / "tried").read_text() == "operator init\n"


MINIO = {"ENDPOINT": "http://minio:9000", "TO": "http://other:9000", "BUCKET": "copies", "EXTERNAL": "false"}


@pytest.fixture
def minio(tmp_path: Path) -> Path:
    place = placed(tmp_path, "minio", "mc", answers=MC)
    logins = {"minio": "root", "backup": "other", "users/0": "orders"}
    for name, key in logins.items():
        (place / "secrets" / name).mkdir(parents=True)
        (place / "secrets" / name / "accessKey").write_text(f"{key}\n")
        (place / "secrets" / name / "secretKey").write_text("word\n")
    files = {"buckets": "orders|true\n", "policies": "reader\n", "users": "0|orders\n"}
    for name, text in files.items():
        (place / "scripts" / name).write_text(text)
    return place


@pytest.mark.parametrize(
    ("script", "last"),
    [
        ("backup.sh", "mirror --overwrite minio/orders backup/copies/orders"),
        ("restore.sh", "cp --recursive backup/copies/orders/ minio/orders/"),
        ("test.sh", "stat minio/orders"),
        ("provision.sh", "admin policy attach minio user-orders --user orders"),
    ],
)
def test_each_call_of_mc_is_made_again(minio: Path, script: str, last: str) -> None:
    assert run(minio, script, **MINIO)[-1] == f"--quiet {last}"
    if script == "provision.sh":
        assert (minio / "state" / "given").read_text() == "orders\nword\n"


def test_what_mc_is_refused_is_said_at_once(minio: Path) -> None:
    (minio / "bin" / "mc").write_text("#!/bin/sh\necho called >&2; echo Access Denied >&2; exit 1\n")
    words = ["sh", "-c", f". {minio}/scripts/connect.sh; work ls minio"]
    env = {"PATH": f"{minio / 'bin'}:/usr/bin:/bin"}
    done = subprocess.run(words, env=env, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stderr) == (1, "called\nAccess Denied\n")


@pytest.fixture
def cassandra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[tuple[Programs, Path]]:
    """The programs of its chart, beside a cqlsh that has no connection the first time."""
    text = """Connection error: ("Unable to connect to any servers", {})"""
    (tmp_path / "state").mkdir()
    made = AWAY.format(state=tmp_path / "state", answers="*) ;;", away=text)
    (tmp_path / "cqlsh").write_text(made)
    (tmp_path / "cqlsh").chmod(0o755)
    (tmp_path / "superuser").mkdir()
    (tmp_path / "superuser" / "password").write_text("word\n")
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin", "SERVERS": "cassandra", "REPLICAS": "1", "ROLE": "admin"}
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    with imported(CHARTS / "cassandra" / "chart" / "files", monkeypatch) as found:
        servers = found("servers")
        monkeypatch.setattr(servers, "_PAUSE", 0)
        monkeypatch.setattr(servers, "SECRETS", tmp_path)
        yield found, tmp_path / "state"


def test_a_statement_is_said_again_that_nobody_has_heard(cassandra: tuple[Programs, Path]) -> None:
    found, state = cassandra
    servers = found("servers")
    for _ in range(2):
        servers.cql("DROP KEYSPACE x;", servers.admin())
    assert len((state / "calls").read_text().splitlines()) == 2
    assert len((state / "tried").read_text().splitlines()) == 4


def test_who_is_never_there_is_asked_for_so_long_and_no_longer(cassandra: tuple[Programs, Path]) -> None:
    found, state = cassandra
    servers = found("servers")
    program = state.parent / "cqlsh"
    program.write_text(program.read_text().replace("touch " + str(state / "open") + ";", ""))
    with pytest.raises(servers.Unreached, match="Unable to connect"):
        servers.patiently(lambda: servers.cql("SELECT 1;", servers.admin()))
    assert len((state / "tried").read_text().splitlines()) == servers._TRIES


class Heard(BaseHTTPRequestHandler):
    """A keeper that takes what comes."""

    def do_POST(self) -> None:
        self.server.heard.append(self.rfile.read(int(self.headers["Content-Length"])))  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"brought")

    def log_message(self, *_: object) -> None:
        pass


def test_a_keeper_gets_an_archive_once_and_whole(
    cassandra: tuple[Programs, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    servers = cassandra[0]("servers")
    begun = urllib.request.urlopen
    with ThreadingHTTPServer(("127.0.0.1", 0), Heard) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        server.heard = []  # type: ignore[attr-defined]
        monkeypatch.setattr(servers, "KEEPER", server.server_port)
        tried: list[str] = []

        def later(request: urllib.request.Request, **more: Any) -> Any:
            tried.append(request.host)
            if len(tried) < 3:
                # No name of anybody, and a port at which nobody listens.
                request.host = ["nowhere.invalid:1", "127.0.0.1:1"][len(tried) - 1]
            else:
                request.host = f"127.0.0.1:{server.server_port}"
            return begun(request, **more)

        monkeypatch.setattr(servers.urllib.request, "urlopen", later)
        servers.told("127.0.0.1", "import", io.BytesIO(b"archive"), 7)
        assert server.heard == [b"archive"]  # type: ignore[attr-defined]
        assert len(tried) == 3
        server.shutdown()
    assert capsys.readouterr().out == "127.0.0.1: brought\n"
