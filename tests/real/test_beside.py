"""Programs that take a local folder beside their own: taken in, built from what has both, and run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests import matrix
from tests.real.app import Application
from tests.real.test_services import laid_out

WORD = "said by what is shared"
PYTHON = {
    "lib/setup.py": 'from setuptools import setup\n\nsetup(name="lib", version="1", packages=["lib"])\n',
    "lib/lib/__init__.py": f'WORD = "{WORD}"\n',
    "api/api.py": "import lib\n\nprint(lib.WORD)\n",
    "api/.python-version": "3.11\n",
    "api/Procfile": "worker: python api.py\n",
}
CASES: dict[str, dict[str, str]] = {
    "go": {
        "lib/go.mod": "module example.com/lib\n\ngo 1.26\n",
        "lib/lib.go": f'package lib\n\nconst Word = "{WORD}"\n',
        "api/go.mod": (
            "module example.com/api\n\ngo 1.26\n\nrequire example.com/lib v0.0.0\n\n"
            "replace example.com/lib => ../lib\n"
        ),
        "api/main.go": (
            'package main\n\nimport (\n\t"fmt"\n\n\t"example.com/lib"\n)\n\n'
            "func main() { fmt.Println(lib.Word) }\n"
        ),
    },
    "node": {
        "lib/package.json": '{"name": "lib", "version": "1.0.0", "main": "index.js"}\n',
        "lib/index.js": f'module.exports = "{WORD}";\n',
        "services/api/package.json": (
            '{"name": "api", "main": "index.js", "scripts": {"start": "node index.js"}, '
            '"dependencies": {"lib": "file:../../lib"}}\n'
        ),
        "services/api/.nvmrc": "22\n",
        "services/api/Procfile": "worker: node index.js\n",
        "services/api/index.js": 'console.log(require("lib"));\n',
    },
    "rust": {
        "lib/Cargo.toml": '[package]\nname = "lib"\nversion = "0.1.0"\nedition = "2021"\n',
        "lib/src/lib.rs": f'pub const WORD: &str = "{WORD}";\n',
        "api/Cargo.toml": (
            '[package]\nname = "api"\nversion = "0.1.0"\nedition = "2021"\n\n'
            '[dependencies]\nlib = { path = "../lib" }\n'
        ),
        "api/src/main.rs": 'fn main() { println!("{}", lib::WORD); }\n',
    },
    "pip": {**PYTHON, "api/requirements.txt": "-e ../lib\n"},
    "uv": {
        **PYTHON,
        "api/pyproject.toml": (
            '[project]\nname = "api"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["lib"]\n\n'
            '[tool.uv.sources]\nlib = { path = "../lib", editable = true }\n'
        ),
        "api/uv.lock": (
            'version = 1\nrevision = 3\nrequires-python = ">=3.11"\n\n'
            '[[package]]\nname = "api"\nversion = "1"\nsource = { virtual = "." }\n'
            'dependencies = [\n    { name = "lib" },\n]\n\n'
            '[package.metadata]\nrequires-dist = [{ name = "lib", editable = "../lib" }]\n\n'
            '[[package]]\nname = "lib"\nversion = "1"\nsource = { editable = "../lib" }\n'
        ),
    },
}


@pytest.mark.parametrize("case", matrix.sampled("takein", list(CASES), keep=1, seed=2))
def test_what_is_shared_is_in_the_image(testbed: Mapping[str, str], tmp_path: Path, case: str) -> None:
    registry = testbed["PK_TESTBED_REGISTRY"]
    whole = laid_out(tmp_path / "shop", CASES[case])
    whole.must("new-app", "--from", ".", "--all", "--team", "beside")
    (descriptor,) = whole.folder.rglob("app.yaml")
    env = {**testbed, "PIPELINEKIT_REGISTRY": registry, "PIPELINEKIT_MIRROR": registry}
    api = Application(descriptor.parent, "api", "beside", env)
    api.commit("First version")
    api.must("validate")
    api.must("build")
    receipt = json.loads((api.folder / ".pipelinekit/receipts/build.json").read_text())
    image = receipt["image_id"]
    try:
        said = api.tool("docker", "run", "--rm", "--read-only", "--network=none", image)
        assert said.strip() == WORD
        # What is shared is part of its inputs.
        assert "built already" in api.must("build").out + api.must("build").err
        shared = next(path for path in (whole.folder / "lib").rglob("*") if path.is_file())
        shared.write_text(shared.read_text() + "\n")
        assert "built already" not in (again := api.must("build")).out + again.err
    finally:
        for tag in api.tool("docker", "images", "--quiet", f"{registry}/beside/api").split():
            api.tool("docker", "rmi", "--force", tag)
