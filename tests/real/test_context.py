"""What never enters a build context, and what a committed file may."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from pipelinekit.adapters.build import context
from pipelinekit.adapters.build.context import Sources, context_digest, names
from pipelinekit.adapters.disk import regular
from pipelinekit.adapters.source.clone.tracked import tracked
from pipelinekit.errors import Refused
from pipelinekit.reading.docker.dockerignore import read_dockerignore

SECRET = (
    ".env",
    ".env.local",
    "keys/server.pem",
    "keys/tls.key",
    "id_rsa",
    "a/b/id_ed25519",
    "x.p12",
    "x.pfx",
    "x.jks",
)
OURS = (".git/config", ".pipelinekit/lock.yaml", "vendor/lib/.git")
FILES = ("Dockerfile", "app.py", "env", ".envoy")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet")
    for name in (*SECRET, *OURS, *FILES):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name != ".git/config":
            path.write_text("FROM scratch\n" if name == "Dockerfile" else name)
    return tmp_path


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def files(folder: Path) -> set[str]:
    return {each for each in names(folder, "Dockerfile") if not (folder / each).is_dir()}


def test_without_a_dockerignore_nothing_secret_is_in_and_it_is_told(folder: Path) -> None:
    assert files(folder) == set(FILES)
    assert set(SECRET) <= set(Sources(folder).left_out())


def test_what_dockerignore_names_is_not_told(folder: Path) -> None:
    (folder / ".dockerignore").write_text("*\n!app.py\n")
    assert files(folder) == {"app.py", "Dockerfile", ".dockerignore"}
    assert Sources(folder).left_out() == ()


def test_no_pattern_brings_it_back(folder: Path) -> None:
    (folder / ".dockerignore").write_text("*\n" + "".join(f"!{each}\n" for each in (*SECRET, *OURS)))
    assert files(folder) == {"Dockerfile", ".dockerignore"}


def test_what_is_committed_is_in(folder: Path) -> None:
    git(folder, "add", "--force", ".env", "keys/server.pem")
    assert files(folder) == {*FILES, ".env", "keys/server.pem"}
    assert tracked(folder) == frozenset((".env", "keys/server.pem"))
    (folder / ".dockerignore").write_text("**.pem\n")
    assert "keys/server.pem" not in files(folder)


def test_in_a_folder_of_a_monorepo_the_same_counts(folder: Path) -> None:
    below = folder / "a"
    (below / "Dockerfile").write_text("FROM scratch\n")
    assert files(below) == {"Dockerfile"}
    git(folder, "add", "--force", "a/b/id_ed25519")
    assert files(below) == {"Dockerfile", "b/id_ed25519"}


def test_outside_of_git_nothing_is_committed(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    (tmp_path / ".env").write_text("x")
    assert files(tmp_path) == {"Dockerfile"}


def test_an_empty_commit_changes_no_digest(folder: Path) -> None:
    before = context_digest(folder, "Dockerfile")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "nothing")
    assert context_digest(folder, "Dockerfile") == before


def test_a_hard_link_and_a_copy_are_one_content(tmp_path: Path) -> None:
    linked, copied = tmp_path / "linked", tmp_path / "copied"
    for each in (linked, copied):
        each.mkdir()
        (each / "Dockerfile").write_text("FROM scratch\n")
        (each / "one").write_text("x")
    os.link(linked / "one", linked / "two")
    (copied / "two").write_text("x")
    assert context_digest(linked, "Dockerfile") == context_digest(copied, "Dockerfile")


def test_folders_without_end_are_refused(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    (tmp_path / "/".join(["d"] * 250)).mkdir(parents=True)
    with pytest.raises(Refused, match="folders inside each other"):
        names(tmp_path, "Dockerfile")


def test_what_goes_while_it_is_read_is_not_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a checkout of another branch removes it: no error, for there is nothing that could be mended."""
    for name in ("a", "b/c", "d"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    listed = names(tmp_path, "Dockerfile")
    walked = context._walk(tmp_path, read_dockerignore(""))
    assert next(walked)
    shutil.rmtree(tmp_path / "b")
    assert "b/c" not in set(walked)
    expected = context_digest(tmp_path, "Dockerfile")
    monkeypatch.setattr(context, "names", lambda *_: listed)
    assert context_digest(tmp_path, "Dockerfile") == expected
    real = regular.descriptor

    def opened(path: Path, *, follow: bool) -> int:
        (tmp_path / "d").write_text("")
        return real(path, follow=follow)

    monkeypatch.setattr(regular, "descriptor", opened)
    assert context_digest(tmp_path, "Dockerfile") != expected
    monkeypatch.setattr(regular, "descriptor", lambda *_, follow: real(tmp_path / "gone", follow=follow))
    assert context_digest(tmp_path, "Dockerfile") != expected
