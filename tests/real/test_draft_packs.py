"""`draft create` and `draft pack`: folders that are there already, and packs that are not whole."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.real.developer import Developer, developer


@pytest.fixture(scope="module")
def dev(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Developer]:
    """A developer with an application that does not run."""
    with developer(testbed, tmp_path_factory.mktemp("packs")) as found:
        yield found


def test_a_classic_folder_is_kept_and_runs_from_a_pack(dev: Developer, tmp_path: Path) -> None:
    home = {"DRAFT_HOME": str(tmp_path / "home")}
    folder = tmp_path / "parcels"
    shutil.copytree(dev.application.folder / "orders", folder / "app")
    (folder / "requirements.txt").write_text("")
    (folder / "app" / "__main__.py").write_text(
        (folder / "app" / "__main__.py").read_text().replace("from orders.", "from app.")
    )
    (folder / "Dockerfile").write_text(
        (dev.application.folder / "Dockerfile").read_text().replace("orders", "app")
    )
    # What an earlier run has built of the same files would be taken as it is.
    (folder / "app" / "developer.py").write_text(f"NAME = {dev.name!r}\n")
    mine = (folder / "Dockerfile").read_text()
    assert dev.draft("packs", "--out", str(tmp_path / "home" / "packs" / "ours"), env=home).code == 0
    listed = dev.draft("pack", "list", "--json", env=home).json()
    assert len(listed) == 10
    made = dev.draft("create", str(folder), "--pack", "Python", env=home)
    assert made.code == 0, made.err
    assert (folder / "Dockerfile").read_text() == mine
    assert "keep  Dockerfile" in made.err
    again = dev.draft("create", str(folder), env=home)
    assert (again.code, "keep  charts/parcels/" in again.err) == (0, True), again.err
    namespace = f"draft-apps-{dev.name}"
    try:
        said = dev.draft("up", str(folder), "--json", env=home)
        assert said.code == 0, said.err
        found = said.json()
        assert (found["built"], found["namespace"]) == (True, namespace)
        again = dev.draft("up", str(folder), "--json", env=home)
        assert (again.json()["built"], again.json()["revised"]) == (False, False)
        path = f"/api/v1/namespaces/{namespace}/services/http:parcels:80/proxy/"
        assert "orders" in dev.application.tool("kubectl", "get", "--raw", path)
    finally:
        # What follows makes it anew: it has to be gone.
        dev.application.tool("kubectl", "delete", "namespace", namespace, "--ignore-not-found")


def test_lint_names_what_is_wrong_with_a_pack(dev: Developer, tmp_path: Path) -> None:
    dev.draft("packs", "--out", str(tmp_path))
    pack = tmp_path / "packs" / "go"
    assert dev.draft("pack", "lint", str(pack)).code == 0
    old = pack / "charts" / "templates" / "old.yaml"
    old.write_text("apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: x}\n")
    (pack / "tasks.toml").write_text("[pre-up\n")
    helpers = pack / "charts" / "templates" / "_helpers.tpl"
    helpers.write_text(helpers.read_text().replace("buildID: {{", "build: {{"))
    found = dev.draft("pack", "lint", str(pack))
    assert found.code == 1
    assert f"{old}:1: Ingress of extensions/v1beta1 is removed" in found.err
    assert "now: networking.k8s.io/v1" in found.err
    assert "no pod takes buildID" in found.err
    assert f"{pack / 'tasks.toml'}:1" in found.err


def test_a_pack_is_tried_and_taken_away(dev: Developer, tmp_path: Path) -> None:
    dev.draft("packs", "--out", str(tmp_path))
    said = dev.draft("pack", "test", str(tmp_path / "packs" / "python"))
    assert said.code == 0, said.err
    assert " works: " in said.out
    assert said.out.endswith(", and is gone\n")
