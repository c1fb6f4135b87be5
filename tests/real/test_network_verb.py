"""`platform network` over documents and charts on disk, without a cluster."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests import warm
from tests.network import site

APP = """apiVersion: pipelinekit/v1
kind: Application
metadata: {name: %s, team: %s}
build: {language: python}
run: {port: 8080}
%s
"""
APPS = {
    "pay/shop": APP % ("shop", "pay", "calls: [ship/stock]\nservices: [{type: sql, name: db}]"),
    "ship/stock": APP % ("stock", "ship", "accepts: [pay/shop]"),
}


def network(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    verb = (warm.PROGRAM, "platform", "network", "--platform", str(folder))
    return warm.run((*verb, *words), env={**os.environ, "HOME": str(folder)}, timeout=120)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("network")
    site.write(made, APPS)
    return made


def test_a_platform_that_is_closed(folder: Path) -> None:
    said = network(folder, "--check", "--json")
    assert said.returncode == 0, said.stdout + said.stderr
    proof: dict[str, Any] = json.loads(said.stdout)
    assert (proof["holds"], proof["components"], proof["applications"]) == (True, 3, 2)


def test_one_question_answered_layer_by_layer(folder: Path) -> None:
    said = network(folder, "--explain", "shop", "ship-dev/stock", "8080")
    assert said.returncode == 0, said.stderr
    assert said.stdout.splitlines()[:2] == [
        "pay-dev/shop -> ship-dev/stock, 8080: open, declared",
        "  Egress: open, by NetworkPolicy pay-dev/shop (shop/templates/networkpolicy.yaml)",
    ]


def test_objects_that_somebody_gives_count_instead_of_generated_ones(folder: Path, tmp_path: Path) -> None:
    pod = {"spec": {"containers": [{"name": "stock"}]}, "metadata": {"labels": {"app": "stock"}}}
    made = {"kind": "Deployment", "metadata": {"name": "stock"}, "spec": {"template": pod}}
    (tmp_path / "ship").mkdir()
    (tmp_path / "ship" / "stock.yaml").write_text(json.dumps(made))
    said = network(folder, "--rendered", str(tmp_path))
    assert said.returncode == 1
    assert "flow-open  anybody -> ship-dev/stock, all ports" in said.stdout
    assert said.stdout.count("next: ") == said.stdout.count("flow-")


def test_what_cannot_be_answered_says_what_to_do(folder: Path) -> None:
    said = network(folder, "--explain", "shpo", "vault", "1")
    assert (said.returncode, "did you mean" in said.stderr) == (2, True)
    assert network(folder, "--explain", "shop", "vault", "http").returncode == 2


def test_objects_that_are_no_text_or_no_objects_are_told_with_their_file(
    folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / "ship" / "stock.yaml"
    path.parent.mkdir()
    path.write_bytes(b"kind: Pod # caf\xe9\n")
    said = network(folder, "--rendered", str(tmp_path))
    assert (said.returncode, f"{path}: byte 0xe9 is not UTF-8" in said.stderr) == (3, True), said.stderr
    path.write_text("kind: {")
    said = network(folder, "--rendered", str(tmp_path))
    assert (said.returncode, str(path) in said.stderr) == (3, True), said.stderr


def test_values_that_are_no_text_are_told_with_their_file(tmp_path: Path) -> None:
    site.write(tmp_path, APPS)
    folder = next(each.parent for each in sorted(tmp_path.rglob("component.yaml")))
    (folder / "values.yaml").write_bytes(b"a: \xff\n")
    document = folder / "component.yaml"
    document.write_text(json.dumps({**json.loads(document.read_text()), "values": "values.yaml"}))
    said = network(tmp_path)
    assert (said.returncode, "values.yaml: byte 0xff is not UTF-8" in said.stderr) == (3, True), said.stderr
