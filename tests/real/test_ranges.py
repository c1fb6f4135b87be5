"""Which lines of a language npm's and Python's own readers of ranges take: ours is the first of them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from pipelinekit.plan.detect.ranges import NODE, PYTHON, choose

OF_NPM = (
    *("^18", "~20", "16.x", ">=14 <17", ">=16", "18 || 20", "^18.17 || >=20.5", "v20", "=20", "= v22", ">20"),
    *("<20", "<=20", ">=18 <=20", "18 - 20", "*", "x", "22.x.x", ">=18.0.0 <23", "^20.0.0-rc.1", ">= 18"),
    *("> 18 < 21", "18.*", "20.x || 22.x", "^22.3.1", "~22.3.1", ">20.5", "<24", ">=24.5", "<22.0.0", "^ 18"),
)
OF_PYTHON = (
    *(">=3.8", ">=3.8,<3.13", "==3.11.*", "~=3.10", "~=3.10.2", ">3.10", "<3.12", "<=3.11", "!=3.13.*"),
    *(">=3.9,!=3.13.*,<4", "==3.12", "<3.13.0", "<4.0", "~=3.0", ">=3.13.1"),
)
_ASKED = """
const semver = require(process.argv[1]), [ranges, lines] = JSON.parse(process.argv[2]);
const taken = each => lines.filter(line => semver.intersects(each, line + ".x"));
console.log(JSON.stringify(ranges.map(taken)));
"""


def test_a_range_of_npm_has_the_line_that_npm_takes() -> None:
    where = subprocess.run(["npm", "root", "--global"], capture_output=True, text=True, check=True).stdout
    module = Path(where.strip(), "npm/node_modules/semver")
    question = json.dumps([OF_NPM, [*NODE.maintained, *NODE.ended]])
    words = ["node", "--eval", _ASKED, str(module), question]
    taken = json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
    assert {each: choose(each, NODE).version.partition(".")[0] for each in OF_NPM} == {
        each: lines[0] for each, lines in zip(OF_NPM, taken, strict=True)
    }


@pytest.mark.parametrize("said", OF_PYTHON)
def test_a_range_of_python_has_the_line_that_packaging_takes(said: str) -> None:
    wanted = SpecifierSet(said)
    lines = (*PYTHON.maintained, *PYTHON.ended)
    taken = [each for each in lines if any(f"{each}.{patch}" in wanted for patch in range(30))]
    assert ".".join(choose(said, PYTHON).version.split(".")[:2]) == taken[0]
