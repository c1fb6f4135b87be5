"""`make release`, in a small repository of its own: what is in its way, and that it is done once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from pipelinekit import __version__
from pipelinekit.model.platform.document import Jenkins
from pipelinekit.plan.jenkins.library import tag_of
from tests import release

TODAY = dt.date(2026, 11, 29)


@pytest.mark.parametrize(
    ("changelog", "changed", "words"),
    [
        ("# Changes\n\n## 0.1.0 (2026-11-29)\n\n## 0.0.9 (soon)\n", "", ""),
        ("## 0.1.0 (not released yet)\n", "", "write '## 0.1.0 (YYYY-MM-DD)'"),
        ("## 0.2.0 (2026-11-01)\n## 0.1.0 (2026-11-01)\n", "", "begins with '## 0.2.0 (2026-11-01)'"),
        ("## 0.1.0\n", "", "write '## 0.1.0 (YYYY-MM-DD)'"),
        ("# Changes\n", "", "write '## 0.1.0 (YYYY-MM-DD)'"),
        ("## 0.1.0 (2026-02-30)\n", "", "2026-02-30 is no day"),
        ("## 0.1.0 (2026-11-30)\n", "", "2026-11-30 has not come yet"),
        ("## 0.1.0 (2026-11-29)\n", " M README.md\n?? x\n", "not committed: README.md, x"),
    ],
)
def test_a_version_is_released_with_its_day_and_all_committed(
    changelog: str, changed: str, words: str
) -> None:
    found = release.faults("0.1.0", changelog, changed, TODAY)
    assert bool(found) == bool(words)
    assert words in " ".join(found)


def test_pipelines_name_the_tag_that_a_release_makes() -> None:
    assert (
        tag_of(Jenkins(url="https://ci.example.com"), __version__) == f"v{release.version_of(release.ROOT)}"
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pipelinekit").mkdir()
    (tmp_path / "pipelinekit" / "__init__.py").write_text('__version__ = "1.2.3"\n')
    (tmp_path / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "pipelinekit"\nversion = "1.2.3"\n'
    )
    (tmp_path / "CHANGELOG.md").write_text("# Changes\n\n## 1.2.3 (2026-11-29)\n")
    (tmp_path / ".gitignore").write_text("/dist/\n/build/\n")
    release.git(tmp_path, "init", "--quiet")
    release.git(tmp_path, "config", "user.name", "A")
    release.git(tmp_path, "config", "user.email", "a@example.com")
    commit(tmp_path)
    return tmp_path


def commit(project: Path) -> None:
    release.git(project, "add", "--all")
    release.git(project, "commit", "--quiet", "--allow-empty", "--message", "x")


def test_wheel_and_tag_are_made_once(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert release.release(project, TODAY) == 0
    assert "git push origin v1.2.3" in capsys.readouterr().out
    assert len(list((project / "dist").glob("pipelinekit-1.2.3-*.whl"))) == 1
    tag = release.git(project, "rev-parse", "v1.2.3")
    assert release.release(project, TODAY) == 0
    assert release.git(project, "rev-parse", "v1.2.3") == tag
    commit(project)
    assert release.release(project, TODAY) == 6
    assert "tag v1.2.3 is another commit's" in capsys.readouterr().err
    assert release.git(project, "rev-parse", "v1.2.3") == tag


def test_nothing_is_made_where_something_is_in_the_way(project: Path) -> None:
    (project / "CHANGELOG.md").write_text("## 1.2.3 (not released yet)\n")
    assert release.release(project, TODAY) == 6
    assert release.git(project, "tag") == ""
    assert not (project / "dist").exists()


def test_a_build_that_fails_leaves_no_tag(project: Path) -> None:
    (project / "pyproject.toml").write_text("[build-system\n")
    commit(project)
    assert release.release(project, TODAY) == 5
    assert release.git(project, "tag") == ""
