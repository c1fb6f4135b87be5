"""What classic Draft 0.16's own packages make of our packs, and we of its draft.toml.

The program is built of classic Draft's Go module v0.16.0 and Helm 2.9's loader. One module that it
imports, for names where no folder has one, is served no more and has a stand-in. Nothing is rendered: our
charts use functions that came with Helm 3.
"""

from __future__ import annotations

import json
import os
import subprocess
import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.errors import DocumentInvalid
from pipelinekit.generators.packs import languages
from pipelinekit.reading.draft.settings import read_settings
from tests.real.app import BIN
from tests.testbed import tools
from tests.testbed.layout import Layout

WRITTEN = {
    "name": "orders",
    "container-builder": "docker",
    "registry": "registry.example.com:5000/team",
    "namespace": "shared",
    "set": ["ingress.enabled=true", "basedomain=example.com"],
    "wait": True,
    "watch": True,
    "watch-delay": 5,
    "override-ports": ["8080:80"],
    "auto-connect": True,
    "custom-tags": ["latest"],
    "dockerfile": "Dockerfile.dev",
    "chart": "orders",
    "image-build-args": {"LEVEL": "1"},
}
REFUSED = {"resource-group-name": "rg", "build-tar": "a.tgz", "chart-tar": "b.tgz"}
"""Each key of an environment that classic Draft reads, with a value: honoured, and refused by name."""
WITHOUT_FIELD = {"container-builder", "wait"}
"""Keys that say here what is so in any case."""


@pytest.fixture(scope="module")
def classic() -> Path:
    return tools.draft_classic(Layout.from_environment())


def ask(program: Path, *words: str, cwd: Path | None = None) -> Any:
    done = subprocess.run(
        [str(program), *words], cwd=cwd, env=dict(os.environ), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def toml(table: dict[str, object]) -> str:
    # JSON's texts, lists and numbers are TOML's as well; tables are not.
    pairs = {key: each for key, each in table.items() if not isinstance(each, dict)}
    lines = [f"{key} = {json.dumps(value)}" for key, value in pairs.items()]
    for key, value in table.items():
        if isinstance(value, dict):
            lines.append(f"[environments.development.{key}]")
            lines += [f"{name} = {json.dumps(each)}" for name, each in value.items()]
    return "\n".join(("[environments.development]", *lines, ""))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A `$DRAFT_HOME` with our packs."""
    found = tmp_path_factory.mktemp("home")
    words = [str(BIN / "pipelinekit"), "draft", "packs", "--out", str(found / "packs" / "ours")]
    subprocess.run(words, env=dict(os.environ), capture_output=True, check=True)
    return found


@pytest.mark.parametrize("language", languages())
def test_classic_draft_makes_an_application_of_each_pack(
    classic: Path, home: Path, tmp_path: Path, language: str
) -> None:
    made = ask(classic, "create", str(home), language, str(tmp_path), "shop")
    assert made["chart"] == "shop"
    assert {"templates/deployment.yaml", "templates/tests-http.yaml"} <= set(made["templates"])
    assert made["tasks"] == {"PreUp": {}, "PostDeploy": {}, "PostDelete": {}}
    pack = home / "packs" / "ours" / "packs" / language
    for path in (each for each in pack.rglob("*") if each.is_file()):
        relative = path.relative_to(pack).as_posix()
        there = {"tasks.toml": ".draft-tasks.toml"}.get(
            relative, relative.replace("charts/", "charts/shop/", 1)
        )
        if relative != "charts/Chart.yaml":
            assert (tmp_path / there).read_bytes() == path.read_bytes(), relative


def test_each_key_that_classic_draft_reads_is_read_alike_or_refused_by_name(
    classic: Path, tmp_path: Path
) -> None:
    path = tmp_path / "draft.toml"
    path.write_text(toml({**WRITTEN, **REFUSED}))
    there = ask(classic, "read", str(path), "development")
    assert there == {**WRITTEN, **REFUSED}, "a key of classic Draft's that nobody has thought of"
    with pytest.raises(DocumentInvalid) as caught:
        read_settings(path.read_text(), "development")
    assert {each.path.rpartition(".")[2] for each in caught.value.faults} == set(REFUSED)
    path.write_text(toml(WRITTEN))
    here = asdict(read_settings(path.read_text(), "development"))
    same = {key: here[key.replace("-", "_")] for key in WRITTEN if key not in WITHOUT_FIELD}
    assert json.loads(json.dumps(same)) == {key: there[key] for key in same}


def test_the_draft_toml_that_classic_draft_writes_is_read(classic: Path, tmp_path: Path) -> None:
    folder = tmp_path / "orders"
    folder.mkdir()
    ask(classic, "write", "draft.toml", cwd=folder)
    text = (folder / "draft.toml").read_text()
    found = read_settings(text, "development")
    written = tomllib.loads(text)["environments"]["development"]
    assert (found.name, found.namespace, found.watch_delay) == ("orders", written["namespace"], 2)
