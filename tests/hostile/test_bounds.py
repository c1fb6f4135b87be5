"""Whatever a repository holds, a verb ends in a sentence, and takes no more of the machine than it may."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import matrix
from tests.hostile.animals import BUILT, DESCRIPTORS, GENERATED, REPORTS, SIGNS

BIN = str(Path(sys.executable).parent / "pipelinekit")
TIMEOUT = 120.0
"""Seconds after which a verb hangs."""
MEMORY = 300 * 1024 * 1024
DISK = 300 * 1024 * 1024
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

READ_DESCRIPTOR = (
    ("validate", "--json"),
    ("explain",),
    ("generate", "--check"),
    ("version",),
    ("run", "--explain"),
)
TAKES = ("python", "node", "java-maven", "rust")
GENERATE = (("generate", "--diff"), ("generate", "--check"), ("generate", "--json"), ("generate",))
IMAGE = """
import sys
from pathlib import Path
from pipelinekit.adapters.build.context import Sources
from pipelinekit.errors import PipelinekitError
from pipelinekit.cli.output import report
from pipelinekit.reading.docker import dockerfile
sources = Sources(Path("."))
try:
    text = sources.dockerfile()
    print(dockerfile.bases(text, {}), dockerfile.secrets(text), dockerfile.arguments(text))
    print(sources.digest(report.say), sources.left_out())
except PipelinekitError as error:
    report.error(error)
    sys.exit(error.exit_code)
"""
COLLECT = """
from pathlib import Path
from pipelinekit.adapters.folder.reports import ReportFolder
from pipelinekit.cli.output import report
totals, names = ReportFolder(Path(".")).collect()
for each in totals.failures[:5]:
    report.say(f"{each.name}: {each.message}")
report.result(f"{totals.passed} {totals.failed} {names}")
"""


@dataclass(frozen=True)
class Ended:
    """How a program ended, and the most that it and its children had at any moment, in bytes."""

    code: int
    out: str
    err: str
    memory: int
    disk: int


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An application as `new-app` makes it."""
    folder = tmp_path_factory.mktemp("sound")
    made = [BIN, "new-app", "orders", "--language", "python", "--team", "payments", "--git"]
    subprocess.run(made, cwd=folder, check=True, capture_output=True)
    return folder / "orders"


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Iterator[Path]:
    copy = tmp_path / "orders"
    shutil.copytree(sound, copy, symlinks=True)
    yield copy
    # Paths that are too long for Python's own.
    subprocess.run(["rm", "-rf", str(tmp_path)], check=True)


def run(argv: list[str], folder: Path) -> Ended:
    """Run a program in a folder, and look at it and its children all the while."""
    scratch = folder.parent / "scratch"
    scratch.mkdir(exist_ok=True)
    before = _disk(folder.parent)
    out, err = folder.parent / "out", folder.parent / "err"
    with out.open("wb") as to, err.open("wb") as to_err:
        process = subprocess.Popen(
            argv,
            cwd=folder,
            env={**os.environ, "TMPDIR": str(scratch), "PYTHONIOENCODING": "utf-8"},
            stdin=subprocess.DEVNULL,
            stdout=to,
            stderr=to_err,
        )
    memory = disk = 0
    until = time.monotonic() + TIMEOUT
    try:
        while process.poll() is None:
            assert time.monotonic() < until, f"{argv} hangs"
            memory = max(memory, _memory(process.pid))
            disk = max(disk, _disk(scratch))
            time.sleep(0.01)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    grown = _disk(folder.parent) - before
    return Ended(process.returncode, out.read_text(), err.read_text(), memory, max(disk, grown))


def _memory(pid: int) -> int:
    """What a process and all below it have in memory."""
    total, waiting = 0, [pid]
    while waiting:
        each = waiting.pop()
        try:
            total += int(Path(f"/proc/{each}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            waiting += map(int, Path(f"/proc/{each}/task/{each}/children").read_text().split())
        except (OSError, IndexError):
            continue
    return total


def _disk(folder: Path) -> int:
    """What the files below a folder take on the disk; those in folders without end are not counted."""
    total = 0
    for above, folders, names in os.walk(folder):
        folders[:] = [each for each in folders if each not in {"d", ".git"}]
        for name in names:
            try:
                total += os.lstat(os.path.join(above, name)).st_blocks * 512  # noqa: PTH118
            except OSError:
                continue
    return total


def check(ended: Ended) -> None:
    """It ended in a sentence, and within its bounds."""
    assert ended.code in {0, 1, 2, 3, 4, 5, 6}, ended.err[-3000:]
    assert ended.memory < MEMORY
    assert ended.disk < DISK
    for text in (ended.out, ended.err):
        assert not OBEYED.search(text.replace("\r\n", "\n"))
        assert len(text) < 5_000_000
    if ended.code > 1 or (ended.code == 1 and not ended.out):
        assert "error" in ended.out + ended.err


def animals(*kinds: dict[str, Callable[[Path], None]]) -> list[object]:
    return [pytest.param(make, id=name) for each in kinds for name, make in each.items()]


@pytest.mark.parametrize("animal", animals(DESCRIPTORS))
def test_a_descriptor(folder: Path, animal: Callable[[Path], None]) -> None:
    animal(folder)
    ended = run([BIN, "validate"], folder)
    check(ended)
    assert ended.code


@pytest.mark.parametrize(
    ("name", "verb"),
    matrix.sampled(
        "hostile", [(name, " ".join(verb)) for name in DESCRIPTORS for verb in READ_DESCRIPTOR], keep=40
    ),
)
def test_each_verb_that_reads_a_descriptor(folder: Path, name: str, verb: str) -> None:
    DESCRIPTORS[name](folder)
    ended = run([BIN, *verb.split()], folder)
    check(ended)
    assert ended.code


@pytest.mark.parametrize("animal", animals(GENERATED))
def test_what_was_generated(folder: Path, animal: Callable[[Path], None]) -> None:
    animal(folder)
    for verb in GENERATE:
        check(run([BIN, *verb], folder))


@pytest.mark.parametrize("animal", animals(BUILT))
def test_what_an_image_is_made_from(folder: Path, animal: Callable[[Path], None]) -> None:
    animal(folder)
    check(run([sys.executable, "-c", IMAGE], folder))


@pytest.mark.parametrize("animal", animals(REPORTS))
def test_reports(folder: Path, animal: Callable[[Path], None]) -> None:
    animal(folder)
    ended = run([sys.executable, "-c", COLLECT], folder)
    check(ended)
    assert ended.code == 0


@pytest.mark.parametrize("name", matrix.sampled("hostile", [*DESCRIPTORS, *GENERATED], keep=12))
def test_a_fleet_has_a_line_for_each(folder: Path, sound: Path, name: str) -> None:
    (DESCRIPTORS | GENERATED)[name](folder)
    shutil.copytree(sound, folder.parent / "fleet" / "payments" / "sound", symlinks=True)
    folder.rename(folder.parent / "fleet" / "payments" / "orders")
    platform = folder.parent / "platform.yaml"
    platform.write_text(FLEET)
    words = ["generate", "--all", "--platform", str(platform), "--checkouts", str(folder.parent / "fleet")]
    folder.mkdir()
    ended = run([BIN, *words, "--json"], folder)
    check(ended)
    assert '"payments/orders"' in ended.out
    assert '"payments/sound"' in ended.out


@pytest.mark.parametrize(
    ("name", "language"),
    matrix.sampled("hostile", [(name, language) for name in SIGNS for language in TAKES], keep=24),
)
def test_a_repository_that_is_taken_in(tmp_path: Path, name: str, language: str) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir()
    for each in ("pyproject.toml", "requirements.txt", "go.mod"):
        (folder / each).write_text("")
    (folder / "pom.xml").write_text("spring-boot")
    SIGNS[name](folder)
    check(run([BIN, "new-app", "orders", "--language", language, "--from", ".", "--no-git"], folder))
    subprocess.run(["rm", "-rf", str(tmp_path)], check=True)


FLEET = """\
apiVersion: pipelinekit/v1
kind: Platform
metadata: {name: acme}
images: {registry: "localhost:5000"}
charts: {repository: "oci://localhost:5000/charts"}
clusters: [{name: one, context: one}]
environments: [{name: dev, cluster: one, namespace: "{team}-dev"}]
applications:
  - {name: orders, team: payments, repository: "https://localhost/orders"}
  - {name: sound, team: payments, repository: "https://localhost/sound"}
"""


def test_sync_takes_no_more_than_a_descriptor_from_a_repository(folder: Path, tmp_path: Path) -> None:
    repository = tmp_path / "large"
    repository.mkdir()
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-C", str(repository)]
    subprocess.run([*git, "init", "--quiet", "--initial-branch=main"], check=True)
    with (repository / "app.yaml").open("wb") as stream:
        for _ in range(400):
            stream.write(b"x" * 1024 * 1024)
    subprocess.run([*git, "-c", "core.bigFileThreshold=1m", "add", "."], check=True)
    subprocess.run([*git, "commit", "--quiet", "-m", "x"], check=True)
    (repository / "app.yaml").unlink()
    (folder / "platform.yaml").write_text(FLEET.replace("https://localhost/orders", f"file://{repository}"))
    ended = run([BIN, "platform", "sync", "--platform", "."], folder)
    check(ended)
    assert "failed  payments/orders: " in ended.err
    assert "failed  payments/sound: " in ended.err
