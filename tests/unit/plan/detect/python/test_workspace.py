"""A workspace of uv: its members, and which of them runs."""

from __future__ import annotations

import pytest

from pipelinekit.plan.detect import detect
from pipelinekit.plan.detect.python import workspace

ROOT = '[tool.uv.workspace]\nmembers = ["packages/*"]\nexclude = ["packages/old"]\n'
BACKEND = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
INSTALL = "pip --no-cache-dir --python /venv/bin/python install"


def package(name: str, *needs: str, backend: str = BACKEND) -> str:
    listed = ", ".join(f'"{each}"' for each in needs)
    return f'[project]\nname = "{name}"\nversion = "1"\ndependencies = [{listed}]\n{backend}'


TEXTS = {
    "pyproject.toml": ROOT,
    "uv.lock": "",
    "packages/api/pyproject.toml": package("my-api", "fastapi", "uvicorn", "My_Core>=1"),
    "packages/api/src/my_api/__init__.py": "",
    "packages/api/src/my_api/main.py": "app = FastAPI()",
    "packages/core/pyproject.toml": package("my-core", "deep"),
    "packages/core/src/my_core/__init__.py": "",
    "packages/deep/pyproject.toml": package("deep", "my-core"),
    "packages/deep/deep/__init__.py": "",
    "packages/unused/pyproject.toml": package("unused"),
    "packages/unused/unused/__init__.py": "",
    "packages/old/pyproject.toml": package("old"),
    "packages/old/old/__init__.py": "app = FastAPI()",
}


def test_the_one_that_runs_is_built_from_the_top_with_what_it_takes() -> None:
    found = detect(TEXTS)
    assert found is not None
    assert found.command == ("uvicorn", "--host=0.0.0.0", "--port=8000", "my_api.main:app")
    assert found.commands == (f"{INSTALL} --no-deps ./packages/deep ./packages/core ./packages/api",)
    assert found.doubts == ()


def test_of_two_that_run_one_has_to_be_named() -> None:
    bot = {
        "packages/bot/pyproject.toml": package("bot", "my-core", backend=""),
        "packages/bot/main.py": "while True: pass",
    }
    found = detect({**TEXTS, **bot})
    assert found is not None
    assert [each.package for each in found.choices] == ["packages/api", "packages/bot"]
    one = detect({**TEXTS, **bot}, service="packages/bot")
    assert one is not None
    assert one.command == ("sh", "-c", "cd packages/bot && exec python main.py")
    assert one.commands == (f"{INSTALL} --no-deps ./packages/deep ./packages/core",)
    assert not one.server
    assert detect({**TEXTS, **bot}, name="bot") == one


def test_a_program_at_the_top_has_its_members_installed() -> None:
    said = package("shop", "flask", "deep", backend="") + ROOT
    top = {"pyproject.toml": said, "app.py": "app = Flask(__name__)"}
    found = detect({**TEXTS, **top})
    assert found is not None
    assert found.command[-1] == "app:app"
    assert found.commands is not None
    assert found.commands[0] == f"{INSTALL} --no-deps ./packages/core ./packages/deep"


@pytest.mark.parametrize(
    "said",
    [
        "[tool.uv]\nworkspace = 3\n",
        "[tool.uv.workspace]\nmembers = 3\n",
        '[tool.uv.workspace]\nmembers = [3, "../*"]\n',
        "",
    ],
)
def test_what_is_no_workspace_has_no_members(said: str) -> None:
    assert workspace.members({**TEXTS, "pyproject.toml": said}) == {}


def test_a_members_folder_is_a_plain_path() -> None:
    odd = {"packages/a b; rm/pyproject.toml": "", "packages/$(x)/pyproject.toml": ""}
    assert set(workspace.members({**TEXTS, **odd})) == set(workspace.members(TEXTS))


def test_without_a_program_that_is_said() -> None:
    found = detect({each: text for each, text in TEXTS.items() if "/api/" not in each})
    assert found is not None
    assert any(each.startswith(workspace.NO_PROGRAM) for each in found.doubts)


def test_members_that_take_each_other_in_a_long_row_are_all_found() -> None:
    row = {f"packages/m{at}/pyproject.toml": package(f"m{at}", f"m{at + 1}") for at in range(2000)}
    those = workspace.members({"pyproject.toml": ROOT, "uv.lock": "", **row})
    taken = workspace.taken({}, those, "packages/m0")
    assert len(taken) == 2000
    assert (taken[0], taken[-1]) == ("packages/m1999", "packages/m0")
