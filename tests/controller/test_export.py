"""`seed export` into a folder: written once, known again, and made whole when somebody has touched it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelinekit.adapters.folder.exported import STATE
from tests.controller.conftest import Platform, Ran

Kit = Callable[..., Ran]
ORDERS = "apps/payments/orders/config.xml"


@pytest.fixture
def export(kit: Kit, tmp_path: Path) -> Callable[[], str]:
    """Exports each job's config.xml; says how many files were written."""

    def run() -> str:
        ran = kit("seed", "export", "--config-xml", f"--to={tmp_path / 'out'}")
        assert ran.code == 0, ran.err
        return ran.out.partition(": ")[2].strip()

    return run


def test_the_second_export_writes_nothing(export: Callable[[], str], tmp_path: Path) -> None:
    assert export() == "9 files, 9 of them written"
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    assert export() == "9 files, 0 of them written"
    assert times == {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}


def test_its_memory_is_what_sha256sum_reads(export: Callable[[], str], tmp_path: Path) -> None:
    export()
    checked = ["sha256sum", "--quiet", "--strict", "--check", STATE]
    subprocess.run(checked, cwd=tmp_path / "out", check=True)
    (tmp_path / "out" / ORDERS).write_text("changed")
    assert subprocess.run(checked, cwd=tmp_path / "out", check=False, capture_output=True).returncode


@pytest.mark.parametrize("harm", ["edit", "remove"])
def test_a_touched_file_is_made_anew_alone(export: Callable[[], str], tmp_path: Path, harm: str) -> None:
    export()
    path = tmp_path / "out" / ORDERS
    before = path.read_bytes()
    path.unlink() if harm == "remove" else path.write_text("mine")
    assert export() == "9 files, 1 of them written"
    assert path.read_bytes() == before


def test_what_an_administrator_needs_is_there_without_any_job(kit: Kit, tmp_path: Path) -> None:
    ran = kit("seed", "export", f"--to={tmp_path / 'controller'}")
    assert ran.code == 0, ran.err
    assert {each.name for each in (tmp_path / "controller").iterdir()} == {
        "plugins.txt",
        "jenkins.yaml",
        "hooks",
    }


def test_another_document_is_another_export(
    export: Callable[[], str], platform: Platform, tmp_path: Path
) -> None:
    export()
    platform.applications[0]["path"] = "services/orders"
    assert export() == "9 files, 1 of them written"
    assert "services/orders/Jenkinsfile" in (tmp_path / "out" / ORDERS).read_text()


def test_another_tool_of_the_same_version_is_another_export(platform: Platform, tmp_path: Path) -> None:
    tool, repository = tmp_path / "tool", Path(__file__).parents[2]
    for name in ("pipelinekit", "templates", "seed-jobs"):
        shutil.copytree(repository / name, tool / name)
    document, out = platform.write(), tmp_path / "out"

    def export() -> str:
        words = ["seed", "export", "--config-xml", f"--platform={document}", f"--to={out}"]
        call = [sys.executable, "-c", "from pipelinekit.cli.main import entry; entry()", *words]
        env = {**os.environ, "PYTHONPATH": str(tool)}
        return subprocess.run(call, cwd=tmp_path, env=env, check=True, capture_output=True, text=True).stdout

    assert export().endswith(": 9 files, 9 of them written\n")
    assert export().endswith(": 9 files, 0 of them written\n")
    generator = tool / "pipelinekit/generators/configxml.py"
    before = generator.read_text()
    generator.write_text(before.replace('("abortBuilds", "false")', '("abortBuilds", "true")'))
    assert export().endswith(": 9 files, 2 of them written\n")
    assert "<abortBuilds>true" in (out / ORDERS).read_text()
    assert export().endswith(": 9 files, 0 of them written\n")


@pytest.mark.parametrize("text", [b"", b"\xff\x00", b"# sha256:0\n", b"no line of ours\n"])
def test_a_damaged_memory_costs_time_alone(export: Callable[[], str], tmp_path: Path, text: bytes) -> None:
    export()
    state = tmp_path / "out" / STATE
    whole = state.read_bytes()
    state.write_bytes(text)
    assert export() == "9 files, 0 of them written"
    assert state.read_bytes() == whole
    state.write_bytes(whole[: len(whole) // 2].rpartition(b"\n")[0] + b"\n")
    assert export() == "9 files, 0 of them written"
    assert state.read_bytes() == whole


def test_an_export_for_job_dsl_has_no_seed_of_ours(kit: Kit, platform: Platform) -> None:
    platform.jenkins = {"source": {"repository": "https://git.acme.example/platform.git"}}
    ran = kit("seed", "export", "--job-dsl")
    assert ran.code == 0, ran.err
    script = ran.out
    assert "multibranchPipelineJob('apps/payments/orders')" in script
    assert "folder('pipelinekit')" in script
    assert "pipelineJob('" not in script
    assert "pipelinekit/seed" not in script
    assert script.count("noTags(false)") == script.count("shallow(false)") == 2
