"""PostgreSQL's Jobs around stand-ins of its programs: none ends because a name is not found for a moment."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.pages.charts import CHARTS

FILES = CHARTS / "postgresql" / "chart" / "files"
READY = """#!/bin/sh
[ -f {state}/open ] && exit 0
touch {state}/open
exit 2
"""
CLIENT = """#!/bin/sh
case "$*" in *--list*) exit 0 ;; esac
basename "$0" >> {state}/calls
[ -f {state}/open ] || {{ echo "could not translate host name" >&2; exit 2; }}
rm {state}/open
case "$*" in
*count*) echo 0 ;;
*datallowconn*) printf '5|postgres\\n7|orders\\n' ;;
*--file=*) echo dump > "$(echo "$*" | sed 's/.*--file=//')" ;;
esac
"""
CLIENTS = ("psql", "pg_dump", "pg_dumpall", "pg_restore")


@pytest.fixture
def places(tmp_path: Path) -> Path:
    """The Jobs' folders, with programs for which the server is away once before each of them."""
    for name in ("bin", "scripts", "tmp", "state", "secrets/superuser", "backup"):
        (tmp_path / name).mkdir(parents=True)
    for name, text in {"pg_isready": READY, "sleep": "#!/bin/sh\n", **dict.fromkeys(CLIENTS, CLIENT)}.items():
        (tmp_path / "bin" / name).write_text(text.format(state=tmp_path / "state"))
        (tmp_path / "bin" / name).chmod(0o755)
    (tmp_path / "secrets/superuser/password").write_text("secret\n")
    for each in FILES.iterdir():
        text = re.sub(r"(?<![\w}])/(scripts/|secrets/|backup\b|tmp\b)", rf"{tmp_path}/\1", each.read_text())
        (tmp_path / "scripts" / each.name).write_text(text)
    return tmp_path


def run(places: Path, script: str) -> tuple[str, list[str]]:
    env = {"PATH": f"{places / 'bin'}:{os.environ['PATH']}", "PGHOST": "postgresql", "KEEP": "2"}
    words = ["/bin/sh", str(places / "scripts" / script)]
    done = subprocess.run(words, env=env, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout, (places / "state" / "calls").read_text().split()


def test_a_backup_waits_for_the_server_before_each_database(places: Path) -> None:
    said, calls = run(places, "backup.sh")
    assert "2 databases" in said
    assert calls == ["pg_dumpall", "psql", "psql", "pg_dump", "pg_dump"]


def test_a_restore_waits_for_the_server_before_each_step(places: Path) -> None:
    copy = places / "backup" / "20261130T010000Z"
    copy.mkdir()
    texts = {"globals.sql": "CREATE ROLE a;\nALTER ROLE a;\n", "databases": "5|postgres\n7|orders\n"}
    texts |= {"5.dump": "x", "7.dump": "y"}
    for name, text in texts.items():
        (copy / name).write_text(text)
    sums = [f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n" for name, text in texts.items()]
    (copy / "SHA256SUMS").write_text("".join(sums))
    said, calls = run(places, "restore.sh")
    assert "restored postgres\nrestored orders\nas it was at 20261130T010000Z" in said
    assert calls == ["psql", "psql", "pg_restore", "psql", "pg_restore"]
