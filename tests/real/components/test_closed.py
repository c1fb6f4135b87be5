"""What the components' documents declare and what their charts and policies open, held against each other."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml

from pipelinekit.plan.rollout.handover import LABEL
from tests.network import whole
from tests.pages.charts import CHARTS
from tests.pages.denying import denied
from tests.real.test_network_verb import network


@pytest.mark.parametrize("values", whole.VALUES)
def test_everything_declared_is_open_and_nothing_else_is(tmp_path: Path, values: str) -> None:
    prove(tmp_path, whole.write(tmp_path, values))


def prove(folder: Path, names: tuple[str, ...]) -> None:
    """What is declared in the platform of a folder is open, and nothing else."""
    said = network(folder, "--check", "--json")
    proof = json.loads(said.stdout or "{}")
    assert said.returncode == 0, said.stderr + json.dumps(proof.get("findings"), indent=1)
    assert (proof["holds"], proof["components"], proof["applications"]) == (True, len(names), 1)


@pytest.mark.matrix("components")
@pytest.mark.parametrize("values", whole.VALUES)
def test_it_is_as_open_in_namespaces_that_are_closed_as_a_whole(tmp_path: Path, values: str) -> None:
    names = whole.write(tmp_path, values)
    policy = denied()
    assert policy["spec"]["podSelector"]["matchExpressions"][0]["key"] == LABEL
    own = tmp_path / "platform-charts"
    shutil.copytree(CHARTS / "pk-common", own / "pk-common")
    for each in names:
        shutil.copytree(CHARTS / each, own / each)
        named = {**policy, "metadata": {"name": f"{each}-deny"}}
        (own / each / "policies" / "templates" / "deny.yaml").write_text(yaml.safe_dump(named))
    prove(tmp_path, names)
