"""Secret files do not outlive the one who wrote them: what a killed verb has left, the next one sweeps."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from uuid import uuid4

import pytest

from pipelinekit.adapters.disk import private
from pipelinekit.errors import ToolFailed
from tests.real import app
from tests.real.app import BIN, Application, eventually
from tests.real.registries import buildah, buildx

TOKEN = "npm-4711-token"
ENGINES: Mapping[str, Callable[[Mapping[str, str], Path], dict[str, str]]] = {
    "buildah": lambda testbed, folder: buildah(testbed, folder) | {"PIPELINEKIT_ENGINE": "buildah"},
    "buildx": lambda testbed, folder: buildx(testbed, folder) | {"PIPELINEKIT_ENGINE": "docker"},
}
DOCKERFILE = """\
FROM {mirror}/library/busybox:stable
RUN --mount=type=secret,id=npm-token echo {mark} && {work}
"""


def secret_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()]


def killed(application: Application, until: Callable[[], object], *arguments: str) -> None:
    """Run a verb until that is so, and kill it."""
    with subprocess.Popen(
        [str(BIN / "pipelinekit"), *arguments],
        cwd=application.folder,
        env={**os.environ, **application.env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            assert eventually(until, 120)
        finally:
            process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL


@pytest.mark.parametrize("engine", ENGINES)
def test_what_a_killed_build_has_left_is_gone_after_the_next_run(
    testbed: Mapping[str, str], tmp_path: Path, engine: str
) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    with app.new(testbed, tmp_path / "apps", "dockerfile") as application:
        language = "  language: dockerfile\n"
        application.replace("app.yaml", language, f"{language}  secrets: [npm-token]\n")
        mirror = testbed["PK_TESTBED_REGISTRY"]
        mark = uuid4().hex
        application.write("Dockerfile", DOCKERFILE.format(mirror=mirror, mark=mark, work="sleep 300"))
        application.commit()
        here = application.with_env(
            **ENGINES[engine](testbed, tmp_path / "engine"),
            TMPDIR=str(temporary),
            PK_SECRET_NPM_TOKEN=TOKEN,
        )
        killed(here, lambda: secret_files(temporary), "build")
        (left,) = secret_files(temporary)
        assert stat.S_IMODE(left.stat().st_mode) == 0o600
        mine = temporary / f"pipelinekit-{os.getuid()}"
        assert stat.S_IMODE(mine.stat().st_mode) == 0o700
        assert mine in left.parents
        application.write("Dockerfile", DOCKERFILE.format(mirror=mirror, mark=mark, work="true"))
        application.commit()
        here.must("build")
        assert secret_files(tmp_path) == []
        assert list(mine.iterdir()) == []


HOLD = """\
import sys, time
from pipelinekit.adapters.disk import private
with private.folder() as folder:
    (folder / "held").write_text("x")
    print(folder, flush=True)
    sys.stdin.read()
"""


def holder(folder: Path) -> tuple[subprocess.Popen[str], Path]:
    """Another process that has a private folder until it is told to end, and the folder."""
    process = subprocess.Popen(
        [str(BIN / "python"), "-c", HOLD],
        env={**os.environ, "TMPDIR": str(folder)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_only_the_dead_are_swept(temporary: Path) -> None:
    living, kept = holder(temporary)
    dead, left = holder(temporary)
    dead.kill()
    dead.wait()
    assert (left / "held").exists()
    with private.folder() as mine:
        assert not left.exists()
        assert (kept / "held").exists()
        assert mine.parent == kept.parent
    assert not mine.exists()
    assert living.communicate("")[0] == ""
    assert not kept.exists()
    for each in (living, dead):
        for stream in (each.stdin, each.stdout):
            if stream and not stream.closed:
                stream.close()


def test_many_at_once_have_folders_of_their_own(temporary: Path) -> None:
    holders = [holder(temporary) for _ in range(8)]
    assert len({folder for _, folder in holders}) == 8
    assert all((folder / "held").exists() for _, folder in holders)
    for process, _ in holders:
        process.communicate("")
    assert list((temporary / f"pipelinekit-{os.getuid()}").iterdir()) == []


def test_a_folder_that_is_not_ours_alone_is_refused(temporary: Path, tmp_path: Path) -> None:
    mine = temporary / f"pipelinekit-{os.getuid()}"
    mine.mkdir(mode=0o755)
    with pytest.raises(ToolFailed, match="not a folder of this user alone"), private.folder():
        pass
    mine.rmdir()
    mine.symlink_to(tmp_path)
    with pytest.raises(ToolFailed, match="not a folder of this user alone"), private.folder():
        pass


def test_a_link_among_them_leads_nowhere(temporary: Path, tmp_path: Path) -> None:
    with private.folder() as mine:
        root = mine.parent
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "file").touch()
    (root / "link").symlink_to(elsewhere)
    private._swept.clear()
    with private.folder():
        pass
    assert (elsewhere / "file").exists()
