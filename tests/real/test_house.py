"""The house's own rules: style, types, floors, what is at the top, and a wheel that works elsewhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent
ROOT = Path(__file__).resolve().parent.parent.parent

TOP = {
    *(".ci", ".gitignore", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md"),
    *("SECURITY.md", "docs"),
    *("pipelinekit", "platform-charts", "pyproject.toml", "seed-jobs", "templates", "tests", "vars"),
}
"""What may be at the top of the repository, and no more: who looks for something knows where."""

DATA = ("templates", "vars", "seed-jobs", "platform-charts")
"""What travels with the package as data, where it is there."""

LONGEST = 300
"""Lines after which a module has a second noun in it."""


def run(*command: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, timeout=300, check=False, stdin=subprocess.DEVNULL
    )


@pytest.mark.parametrize(
    "command",
    [("ruff", "check"), ("ruff", "format", "--check"), ("mypy",), ("lint-imports", "--no-logo")],
    ids=" ".join,
)
def test_style_types_and_floors(command: tuple[str, ...]) -> None:
    done = run(str(BIN / command[0]), *command[1:])
    assert done.returncode == 0, done.stdout + done.stderr


def tracked() -> list[Path]:
    """Every file of the repository, those included that are not committed yet."""
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").stdout.split("\0")
    return [Path(each) for each in listed if each and (ROOT / each).exists()]


def test_the_top_of_the_repository_has_what_everybody_knows() -> None:
    assert {path.parts[0] for path in tracked()} <= TOP


def test_no_module_is_too_long() -> None:
    long = [
        path.as_posix()
        for path in tracked()
        if path.parts[0] == "pipelinekit" and path.suffix == ".py"
        if len((ROOT / path).read_text().splitlines()) > LONGEST
    ]
    assert long == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    nothing = {"utils", "util", "helpers", "helper", "manager", "base", "common", "misc"}
    assert [path for path in tracked() if path.suffix == ".py" and path.stem in nothing] == []


# --- the wheel ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of the checkout, built without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    done = run(
        *(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"),
        *("--no-index", "--disable-pip-version-check", "--wheel-dir", str(folder), str(ROOT)),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of a fresh environment in which the wheel is installed.

    It has this environment's libraries, but none of its `.pth` files, and so not the checkout.
    """
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False, symlinks=True)
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    done = run(
        *(sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "install", "--quiet"),
        *("--no-deps", "--no-index", "--disable-pip-version-check", "--ignore-installed", str(wheel)),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "bin" / "pipelinekit"


def test_the_wheel_has_every_file_of_the_package_and_its_data(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        there = {name for name in archive.namelist() if ".dist-info/" not in name}
    expected = {
        f"pipelinekit/data/{path.as_posix()}" if path.parts[0] in DATA else path.as_posix()
        for path in tracked()
        if path.parts[0] in {"pipelinekit", *DATA}
    }
    assert there == expected


def test_the_wheel_needs_what_the_package_imports(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        lines = archive.read(metadata).decode().splitlines()
    needed = {line for line in lines if line.startswith("Requires-Dist: ") and "extra ==" not in line}
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert len(needed) == len(stated)


def test_the_installed_command_makes_an_application_in_a_foreign_folder(
    installed: Path, tmp_path: Path
) -> None:
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    done = subprocess.run(
        [str(installed), "new-app", "orders", "--language", "python"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "orders" / "charts" / "orders" / "Chart.yaml").exists()
    again = subprocess.run(
        [str(installed), "generate", "--path", "orders", "--json"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert json.loads(again.stdout)["current"]


def test_the_installed_command_has_the_words_of_errors_and_all_its_data(
    installed: Path, tmp_path: Path
) -> None:
    told = run(str(installed), "explain-error", "receipt-stale", cwd=tmp_path)
    assert told.returncode == 0, told.stdout + told.stderr
    question = f"from pipelinekit.adapters.folder.packaged import folder; print(*map(folder, {DATA}))"
    done = run(str(installed.with_name("python")), "-c", question, cwd=tmp_path)
    inside = installed.parent.parent
    assert [Path(each).is_relative_to(inside) for each in done.stdout.split()] == [True] * len(DATA)


def test_the_installed_command_packs_a_component_with_its_library(
    installed: Path, testbed: Mapping[str, str], tmp_path: Path
) -> None:
    """Without a network, and without a word into the folder of the package."""
    document = {
        "apiVersion": "pipelinekit/v1",
        "kind": "Platform",
        "metadata": {"name": "acme"},
        "images": {"registry": "r:5000"},
        "charts": {"repository": "oci://r:5000/charts"},
        "clusters": [{"name": "one"}],
        "environments": [{"name": "dev", "cluster": "one", "namespace": "{team}"}],
        "components": [{"name": "openbao", "values": "openbao.yaml"}],
    }
    (tmp_path / "platform.yaml").write_text(json.dumps(document))
    (tmp_path / "openbao.yaml").write_text(json.dumps({"image": {"digest": "sha256:" + "1" * 64}}))
    (data,) = installed.parents[1].glob("lib/python*/site-packages/pipelinekit/data/platform-charts")
    before = sorted(data.rglob("*"))
    done = subprocess.run(
        [str(installed), "platform", "render", "--platform", str(tmp_path)],
        cwd=tmp_path,
        env={"PATH": testbed["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "kind: PodDisruptionBudget" in done.stdout
    assert sorted(data.rglob("*")) == before


def test_the_installed_package_is_not_the_checkout(installed: Path, tmp_path: Path) -> None:
    question = "import pipelinekit; print(pipelinekit.__file__)"
    where = run(str(installed.with_name("python")), "-c", question, cwd=tmp_path)
    assert Path(where.stdout.strip()).is_relative_to(installed.parent.parent)
