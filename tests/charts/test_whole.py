"""The whole platform of our charts as `platform render` writes it, small and large: golden trees.

A file of them is what one component applies: its definitions, its policies, itself.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from pipelinekit.model.tree import File, Tree
from tests.charts.helm import Helm
from tests.golden import trees
from tests.network import whole
from tests.real.platform import BIN

GOLDEN = Path(__file__).parent / "golden"


def rendered(helm: Helm, folder: Path, values: str) -> Tree:
    """What the verb writes, by the name of its file."""
    whole.write(folder, values)
    done = subprocess.run(
        [str(BIN / "pipelinekit"), "platform", "render", "--platform", str(folder), "--to", "rendered"],
        cwd=folder,
        env={**os.environ, "HOME": str(folder), "PATH": f"{Path(helm.path).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {each.name: File(each.read_text()) for each in (folder / "rendered").iterdir()}


@pytest.mark.parametrize("values", whole.VALUES)
def test_the_platform_is_rendered_as_it_was(
    helm: Helm, tmp_path: Path, values: str, pytestconfig: pytest.Config
) -> None:
    tree, golden = rendered(helm, tmp_path, values), GOLDEN / values
    if pytestconfig.getoption("--update-golden"):
        trees.rewrite(golden, tree)
    found = trees.differences(golden, tree)
    assert not found, f"{', '.join(found)}; to see it in a diff: pytest {__file__} --update-golden"
