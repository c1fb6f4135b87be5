"""What the components' documents declare and what their charts and policies open, held against each other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.network import whole
from tests.real.test_network_verb import network


@pytest.mark.parametrize("values", whole.VALUES)
def test_everything_declared_is_open_and_nothing_else_is(tmp_path: Path, values: str) -> None:
    names = whole.write(tmp_path, values)
    said = network(tmp_path, "--check", "--json")
    proof = json.loads(said.stdout or "{}")
    assert said.returncode == 0, said.stderr + json.dumps(proof.get("findings"), indent=1)
    assert (proof["holds"], proof["components"], proof["applications"]) == (True, len(names), 1)
