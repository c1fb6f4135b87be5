"""What the programs of Cassandra's chart do: snapshots that come and go, and what cqlsh prints."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.charts.programs import Programs, imported
from tests.pages.charts import CHARTS
from tests.real.app import eventually

FILES = CHARTS / "cassandra" / "chart" / "files"


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Programs]:
    with imported(FILES, monkeypatch) as found:
        yield found


@pytest.fixture
def keeper(programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The keeper of a server whose files are here, and whose nodetool is `words`."""
    module = programs("keeper")
    monkeypatch.setattr(module, "DATA", tmp_path / "data")
    monkeypatch.setattr(module, "ROOM", tmp_path / "import")
    words: list[tuple[str, ...]] = []
    monkeypatch.setattr(module, "nodetool", lambda *said: words.append(said))
    module.words = words
    return module


def packed(**files: str) -> bytes:
    """An archive of these files; their names have `__` for a slash."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name.replace("__", "/"))
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return out.getvalue()


def test_a_snapshot_has_the_tables_of_others_and_an_end(keeper: Any, tmp_path: Path) -> None:
    for path in (
        "orders/mine-0a1b/snapshots/pipelinekit/nb-1-big-Data.db",
        "orders/mine-0a1b/snapshots/pipelinekit/manifest.json",
        "orders/mine-0a1b/snapshots/dropped-1-mine/nb-2-big-Data.db",
        "orders/mine-0a1b/nb-3-big-Data.db",
        "systematic/x-0a1b/snapshots/pipelinekit/nb-1-big-SAI+ba+by_word+Meta.db",
        "system_auth/roles-0a1b/snapshots/pipelinekit/nb-1-big-Data.db",
        "system/local-0a1b/snapshots/pipelinekit/nb-1-big-Data.db",
    ):
        (tmp_path / "data" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "data" / path).write_text("x")
    out = io.BytesIO()
    keeper.archived(out)
    out.seek(0)
    with tarfile.open(fileobj=out) as archive:
        found = archive.getnames()
    assert found == [
        "orders/mine/nb-1-big-Data.db",
        "systematic/x/nb-1-big-SAI+ba+by_word+Meta.db",
        "complete",
    ]


def test_what_comes_back_is_taken_over_table_by_table(keeper: Any, tmp_path: Path) -> None:
    given = packed(
        **{"a__T__nb-1-big-Data.db": "x", "a__T__nb-1-big-Index.db": "x", "a__u__nb-9-big-Data.db": "x"},
        complete="",
    )
    said = list(keeper.brought(keeper.Body(io.BytesIO(given + b"next"), len(given))))
    assert said == ["a.T: 1 files", "a.u: 1 files"]
    room = tmp_path / "import"
    assert keeper.words == [
        ("import", "--no-tokens", "a", "T", str(room / "a" / "T")),
        ("import", "--no-tokens", "a", "u", str(room / "a" / "u")),
        ("cleanup", "a"),
    ]
    assert not room.exists()


@pytest.mark.parametrize(
    "name", ["..__..__x", "a__..__x", "a__b__..__x", "__etc__passwd__x", "a__b__c__d", "a__b", "a__b__$(x)"]
)
def test_what_is_no_part_of_a_table_is_not_written(keeper: Any, tmp_path: Path, name: str) -> None:
    given = packed(**{name: "x"})
    with pytest.raises(keeper.Fault, match="no part of a table"):
        list(keeper.brought(keeper.Body(io.BytesIO(given), len(given))))
    assert keeper.words == []
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


PRINTED = """
 keyspace_name | replication
---------------+-----------------------------
        orders | {'class': 'x', 'dc1': '1'}
   system_auth | {'class': 'y'}

(2 rows)

Warnings :
 something
"""


def test_rows_are_read_as_cqlsh_prints_them(programs: Programs) -> None:
    rows = programs("servers").rows
    assert rows(PRINTED) == [["orders", "{'class': 'x', 'dc1': '1'}"], ["system_auth", "{'class': 'y'}"]]
    assert rows("\n role\n------\n\n\n(0 rows)\n") == []
    assert rows("") == []


CQLSH = """#!/bin/sh
echo 'WARNING: cqlsh was built against another server'
cat "${1#--credentials=}" > "$HOME/login"
file=$(sed -n "s/^CAPTURE '\\(.*\\)';/\\1/p" "${2#--file=}")
sed 's/^CAPTURE.*//' "${2#--file=}" > "$file"
echo "$TOLD" >&2
exit "$CODE"
"""


@pytest.mark.parametrize(
    ("told", "code", "fault"),
    [
        ("", 0, ""),
        ("message: Provided username admin and/or password are incorrect", 1, "Refused"),
        ("message: admin is not permitted to log in", 1, "Refused"),
        # Told as a failed login, too: nobody knows yet whether it is one.
        ("AuthenticationFailed: Cannot achieve consistency level QUORUM", 1, "Fault"),
        ("", 2, "Fault"),
    ],
)
def test_what_cqlsh_says_of_itself_is_no_result_and_only_a_wrong_login_is_refused(
    programs: Programs,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    told: str,
    code: int,
    fault: str,
) -> None:
    servers = programs("servers")
    (tmp_path / "cqlsh").write_text(CQLSH)
    (tmp_path / "cqlsh").chmod(0o755)
    given = {"PATH": f"{tmp_path}:/usr/bin:/bin", "HOME": str(tmp_path), "SERVERS": "cassandra"}
    for name, value in {**given, "TOLD": told, "CODE": str(code)}.items():
        monkeypatch.setenv(name, value)
    login = servers.Login("admin", "a%(b)s = 'c'")
    if fault:
        with pytest.raises(getattr(servers, fault)):
            servers.cql("SELECT 1;", login)
    else:
        assert servers.cql("SELECT 1;", login).strip() == "SELECT 1;"
    assert (tmp_path / "login").read_text().splitlines()[2] == "password = a%(b)s = 'c'"


def test_an_archive_without_its_end_is_no_backup(
    programs: Programs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    backup = programs("backup")
    monkeypatch.setattr(backup, "WORK", tmp_path)
    whole = packed(**{"a__b__nb-1-big-Data.db": "x"}, complete="")
    for content in (packed(**{"a__b__nb-1-big-Data.db": "x"}), b"", whole[:700]):
        monkeypatch.setattr(backup, "asked", lambda *_, content=content: io.BytesIO(content))
        with pytest.raises(SystemExit, match="its archive has no end"):
            backup.fetched("one", 0)
    monkeypatch.setattr(backup, "asked", lambda *_: io.BytesIO(whole))
    assert backup.fetched("one", 0) == 1


HEAD = "CREATE KEYSPACE orders WITH replication = {'dc1': '1'};"


@pytest.mark.parametrize(
    ("described", "lacking"),
    [
        (f'{HEAD}CREATE TABLE orders.x (n int);CREATE KEYSPACE "table" WITH y;', ""),
        (f'\n{HEAD}\n\nCREATE KEYSPACE "table" WITH y;\n', ""),
        (HEAD, "table"),
        (f"{HEAD}CREATE KEYSPACE tables WITH y;", "table"),
        (f'WARNING: of another version\n{HEAD}CREATE KEYSPACE "table" WITH y;', "orders"),
    ],
)
def test_a_schema_without_a_keyspace_that_a_restore_would_drop_is_no_backup(
    programs: Programs, monkeypatch: pytest.MonkeyPatch, described: str, lacking: str
) -> None:
    backup = programs("backup")
    answers = {
        "SELECT release_version": " v\n---\n 5.0.9\n\n(1 rows)\n",
        "SELECT keyspace_name": " k\n---\n system\n system_auth\n table\n orders\n\n(4 rows)\n",
        "DESCRIBE SCHEMA": described,
    }
    monkeypatch.setattr(backup, "admin", lambda: None)
    monkeypatch.setattr(
        backup,
        "cql",
        lambda asked, _: next(text for words, text in answers.items() if asked.startswith(words)),
    )
    if lacking:
        with pytest.raises(SystemExit, match=f"has no {lacking}:"):
            backup.schema()
    else:
        assert backup.schema() == (described, ["orders", "table"], "5.0.9")


def test_the_keeper_ends_when_it_is_told_to() -> None:
    """As the first process of its container it is told nothing that it does not ask for."""
    began = "import runpy, servers; servers.KEEPER = 0; runpy.run_path('keeper.py', run_name='__main__')"
    with subprocess.Popen([sys.executable, "-c", began], cwd=FILES) as running:
        try:
            asked = Path(f"/proc/{running.pid}/status")
            assert eventually(lambda: _heard(asked.read_text()) >> (signal.SIGTERM - 1) & 1, 30)
            running.terminate()
            assert running.wait(30) == 0
        finally:
            running.kill()


def _heard(status: str) -> int:
    """The signals that a process has asked for, a bit each."""
    return int(next(each for each in status.splitlines() if each.startswith("SigCgt")).split()[1], 16)
