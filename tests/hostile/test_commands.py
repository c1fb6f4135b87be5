"""Each hostile repository through every verb that reads one: nothing of it runs, and nothing else changes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import warm
from tests.hostile.zoo import APP, IDENTITY, ZOO, Lair

COMMAND = Path(sys.executable).with_name("pipelinekit")
AUTHOR = {
    f"GIT_{role}_{field}": value
    for role in ("AUTHOR", "COMMITTER")
    for field, value in (("NAME", "fleet"), ("EMAIL", "fleet@example.com"))
}
HERE = (
    *("version", "validate", "explain", "generate --diff", "generate", "run --explain", "build --plan"),
    *("test", "package", "status", "diff 0.1.1", "new-app orders --from . --language go", "version"),
)
"""Verbs in the repository's folder, in an order that lets the later ones see what the first ones did."""

THERE = (
    "platform sync --platform platform.yaml",
    "generate --all --platform platform.yaml",
    "generate --all --platform platform.yaml --check",
    "generate --all --platform platform.yaml --commit --push",
    "generate --all --platform platform.yaml --checkouts . --check",
    "generate --all --platform platform.yaml --checkouts .",
    "generate --all --platform platform.yaml --checkouts . --commit --branch made --push",
)
"""Verbs of a platform that has the repository registered."""


@dataclass(frozen=True)
class Said:
    code: int
    text: str


def pipelinekit(words: str, folder: Path, **env: str) -> Said:
    """A verb where no engine, no registry and no cluster answers."""
    none = {
        "DOCKER_HOST": "unix:///nowhere",
        "KUBECONFIG": "/nowhere",
        "PIPELINEKIT_ENGINE": "docker",
        "PIPELINEKIT_REGISTRY": "127.0.0.1:9",
        "HOME": str(folder.parent / "home"),
    }
    ours = {**os.environ, **AUTHOR, **none, **env}
    done = warm.run([warm.PROGRAM, *words.split()], cwd=folder, env=ours, timeout=120, errors="replace")
    return Said(done.returncode, done.stdout + done.stderr)


PLATFORM = (
    "apiVersion: pipelinekit/v1\nkind: Platform\nmetadata: {name: acme}\nimages: {registry: 'r:5000'}\n"
    "charts: {repository: 'oci://r:5000/charts'}\nclusters: [{name: one}]\n"
    "environments: [{name: dev, cluster: one, namespace: dev, automatic: true}]\napplications:\n"
)


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound application, generated and committed."""
    root = tmp_path_factory.mktemp("sound") / "orders"
    root.mkdir()
    (root / "app.yaml").write_text(APP)
    lair = Lair(root)
    lair.git("init", "--quiet", "--initial-branch=main")
    assert pipelinekit("generate", root).code == 0
    lair.commit()
    return root


def born(name: str, sound: Path, folder: Path) -> Lair:
    """An animal of that name, in a folder of its own."""
    lair = Lair(folder / "orders")
    shutil.copytree(sound, lair.root, symlinks=True)
    descriptor = lair.root / "app.yaml"
    descriptor.write_text(descriptor.read_text().replace("team: pay", f"team: {folder.name}"))
    lair.commit()
    lair.outside.mkdir()
    (lair.outside / "secret").write_text("hunter2\n")
    (folder / "home").mkdir()
    ZOO[name](lair)
    lair.canary.unlink(missing_ok=True)
    return lair


def told(said: Said, words: str, lair: Lair) -> str:
    """What is wrong with how a verb ended; empty where nothing is."""
    if lair.canary.exists():
        return f"{words}: something of it has run"
    if said.code not in {0, 1, 2, 3, 4, 5, 6} or "Traceback" in said.text:
        return f"{words}: {said.code}\n{said.text}"
    if said.code and "error:" not in said.text and ": " not in said.text:
        return f"{words}: {said.code}, and not a word"
    return f"{words}: tells what is not its own\n{said.text}" if "hunter2" in said.text else ""


@pytest.mark.parametrize("name", ZOO)
def test_no_verb_in_its_folder_runs_or_changes_anything(name: str, sound: Path, tmp_path: Path) -> None:
    lair = born(name, sound, tmp_path / "pay")
    outside, inside = snapshot(lair.outside), snapshot(lair.root / ".git")
    bad = [told(pipelinekit(words, lair.root), words, lair) for words in HERE]
    assert [each for each in bad if each] == []
    assert snapshot(lair.outside) == outside
    assert snapshot(lair.root / ".git") == inside


def test_a_fleet_of_them_runs_and_changes_nothing_and_has_a_line_for_each(
    sound: Path, tmp_path: Path
) -> None:
    """All at once, beside one that is sound: no animal ends the report about the others."""
    lairs = {name: born(name, sound, tmp_path / f"t{number}") for number, name in enumerate(ZOO)}
    (tmp_path / "home").mkdir()
    registered = [("sound", _registered(tmp_path, "pay", _remote(sound, tmp_path / "sound.git"), "."))]
    shutil.copytree(sound, tmp_path / "pay" / "orders", symlinks=True)
    for name, lair in lairs.items():
        folder = lair.root.parent
        path = "svc" if (lair.root / "svc").exists() else "."
        registered.append(
            (name, _registered(tmp_path, folder.name, _remote(lair.root, folder / "git"), path))
        )
    (tmp_path / "platform.yaml").write_text(PLATFORM + "".join(row for _, row in registered))
    outside = {name: snapshot(lair.outside) for name, lair in lairs.items()}
    for words in THERE:
        said = pipelinekit(words, tmp_path)
        for name, lair in lairs.items():
            assert not told(said, words, lair), name
            assert snapshot(lair.outside) == outside[name], (words, name)
        if "--all" in words:
            assert f"{len(registered)} applications" in said.text, (words, said.text)
            assert "pay/orders:" not in said.text.replace("pay/orders: (", ""), (words, said.text)


def _registered(folder: Path, team: str, remote: Path, path: str) -> str:
    return f"  - {{name: orders, team: {team}, repository: '{remote}', path: '{path}'}}\n"


def _remote(root: Path, remote: Path) -> Path:
    """What can be committed of it, in a remote: made by a git that sees none of its settings."""
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", str(remote)], check=True)
    env = {**os.environ, "GIT_DIR": str(remote), "GIT_WORK_TREE": str(root)}
    for words in (["add", "--all", "."], ["commit", "--quiet", "--message", "All"]):
        subprocess.run(
            ["git", *IDENTITY, "-c", "core.bare=false", *words],
            cwd=root,
            env=env,
            check=True,
            capture_output=True,
        )
    (root.parent / "canary").unlink(missing_ok=True)
    return remote
