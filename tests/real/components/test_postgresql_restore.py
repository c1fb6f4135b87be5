"""The script that restores PostgreSQL, without a server: what it looks at first, and what it asks for."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.real.components.site import OURS

STAMP = "20260101T011700Z"
ROLES = """CREATE ROLE orders;
ALTER ROLE orders WITH PASSWORD 'SCRAM-SHA-256$x';
"""
SQL = """#!/bin/sh
{{ echo "$PGOPTIONS"; cat; }} >> {folder}/asked
"""
READER = """#!/bin/sh
echo "pg_restore $*" >> {folder}/asked
case "$*" in *--list*) exec grep -q '^dump$' "$2";; esac
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A pod's folders, with a backup of two databases, and programs that write down what they are asked."""
    for each in ("scripts", "secrets/superuser", f"backup/{STAMP}", "tmp", "bin"):
        (tmp_path / each).mkdir(parents=True)
    for path in (OURS / "postgresql" / "chart" / "files").glob("*.sh"):
        text = path.read_text().replace("/tmp/", f"{tmp_path}/tmp/")
        for each in ("scripts", "secrets", "backup"):
            for before in (" ", '"'):
                text = text.replace(f"{before}/{each}/", f"{before}{tmp_path}/{each}/")
        (tmp_path / "scripts" / path.name).write_text(text)
    (tmp_path / "secrets/superuser/password").write_text("word\n")
    backup = tmp_path / "backup" / STAMP
    (backup / "globals.sql").write_text(ROLES)
    (backup / "databases").write_text("5|postgres\n16|orders\n")
    for name in ("5.dump", "16.dump"):
        (backup / name).write_text("dump\n")
    for name, text in (("psql", SQL), ("pg_restore", READER), ("pg_isready", "#!/bin/sh\n")):
        (tmp_path / "bin" / name).write_text(text.format(folder=tmp_path))
        (tmp_path / "bin" / name).chmod(0o755)
    return tmp_path


def restored(place: Path) -> tuple[int, str]:
    """The script's exit code, and what was asked of the programs."""
    files = ("globals.sql", "databases", "5.dump", "16.dump")
    summed = subprocess.run(
        ["sha256sum", *files], cwd=place / "backup" / STAMP, capture_output=True, text=True, check=True
    )
    (place / "backup" / STAMP / "SHA256SUMS").write_text(summed.stdout)
    env = {**os.environ, "PATH": f"{place / 'bin'}:{os.environ['PATH']}", "FROM": STAMP, "PGHOST": "here"}
    script = place / "scripts" / "restore.sh"
    done = subprocess.run(["sh", str(script)], env=env, capture_output=True, text=True, check=False)
    return done.returncode, (place / "asked").read_text() if (place / "asked").exists() else done.stderr


def test_each_dump_is_read_before_the_first_database_is_dropped(place: Path) -> None:
    code, asked = restored(place)
    assert code == 0, asked
    assert asked.index("--list 16.dump") < asked.index("ALTER ROLE orders") < asked.index("DROP DATABASE")
    (place / "asked").unlink()
    (place / "backup" / STAMP / "16.dump").write_text("of a newer version\n")
    code, asked = restored(place)
    assert code
    assert "--list 16.dump" in asked
    assert "SELECT" not in asked
    assert "ROLE" not in asked


def test_no_statement_with_a_password_in_it_is_for_the_server_s_log(place: Path) -> None:
    """However the settings have it log statements."""
    _, asked = restored(place)
    before, _, _ = asked.partition("ALTER ROLE orders")
    options = [line for line in before.splitlines() if line.startswith("-c ")][-1]
    for each in ("log_statement=none", "log_min_error_statement=panic", "log_min_duration_statement=-1"):
        assert f"-c {each}" in options
