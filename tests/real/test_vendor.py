"""`platform vendor`: charts of a Helm repository, a registry and a folder, locked and deployed by digest."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelinekit.adapters.registry.login.credentials import from_docker_config
from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.model.release import ImageRef
from tests import upstreams
from tests.real.platform import TestPlatform, made_platform
from tests.upstreams import CRDS, OPERATOR, Upstream


@pytest.fixture(scope="module")
def upstream(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upstream]:
    with upstreams.serve(tmp_path_factory.mktemp("upstream") / "charts", testbed["PATH"]) as one:
        one.publish("operator", "3.5.0", OPERATOR, crds=CRDS)
        yield one


@pytest.fixture
def platform(testbed: Mapping[str, str], tmp_path: Path) -> Iterator[TestPlatform]:
    with made_platform(tmp_path / "platform", testbed) as made:
        made.folder.mkdir()
        yield made


def wrapper(platform: TestPlatform, repository: str, name: str = "eck", **values: Any) -> Path:
    """Write the wrapper of the operator's chart, which is then the only component; its folder."""
    folder = platform.folder / "platform-charts" / name
    folder.mkdir(parents=True, exist_ok=True)
    document = {
        "apiVersion": "pipelinekit/v1",
        "kind": "Component",
        "metadata": {"name": name},
        "namespace": f"{platform.prefix}-{name}",
        "archive": {"name": "operator", "repository": repository, "version": "3.5.0"},
        "values": "values.yaml",
    }
    image = {"repository": f"{platform.registry}/library/busybox", "tag": "stable"}
    (folder / "component.yaml").write_text(json.dumps(document))
    (folder / "values.yaml").write_text(json.dumps({"image": image, **values}, indent=1))
    platform.on(name)
    return folder


def lock_of(platform: TestPlatform, name: str = "eck") -> dict[str, Any]:
    path = platform.folder / "platform-charts" / name / "archive.lock.yaml"
    found: dict[str, Any] = yaml.safe_load(path.read_text())
    return found


def client(platform: TestPlatform) -> OciRegistry:
    login = from_docker_config(platform.registry, Path(platform.env["DOCKER_CONFIG"], "config.json"))
    return OciRegistry(lambda _: login)


def test_what_is_locked_is_deployed_by_digest_and_what_is_not_is_refused(
    platform: TestPlatform, upstream: Upstream
) -> None:
    wrapper(platform, upstream.url, helper=platform.image)
    for verb in ("plan", "deploy"):
        said = platform.verb(verb)
        assert (said.code, "run `pipelinekit platform vendor eck " in said.err) == (6, True), said.err
    said = platform.verb("vendor", "--check")
    assert (said.code, "1 lock would change" in said.err) == (1, True), said.err
    assert not (platform.folder / "platform-charts" / "eck" / "archive.lock.yaml").exists()
    platform.must("vendor", "--env", "dev")
    archive = upstream.folder / "operator-3.5.0.tgz"
    digest = client(platform).digest_of(ImageRef(platform.registry, "library/busybox", "stable"))
    assert lock_of(platform) == {
        "archive": {
            "name": "operator",
            "repository": upstream.url,
            "version": "3.5.0",
            "digest": f"sha256:{hashlib.sha256(archive.read_bytes()).hexdigest()}",
        },
        "images": {platform.image: digest},
    }
    upstream.log.clear()
    said = platform.must("vendor")
    assert (said.out.splitlines()[-1], upstream.log) == (
        "1 upstream chart is locked: nothing was done",
        [],
    )
    platform.must("vendor", "--check")
    platform.must("vendor", "eck", "--check")
    assert platform.states() == {"eck": "deployed"}
    (pod,) = json.loads(platform.kubectl("get", "pods", "--output", "json", component="eck"))["items"]
    images = [each["image"] for kind in ("initContainers", "containers") for each in pod["spec"][kind]]
    assert images == [f"{platform.image}@{digest}"] * 2
    assert platform.states() == {"eck": "unchanged"}


def test_a_value_that_the_chart_does_not_declare_is_told_with_its_place(
    platform: TestPlatform, upstream: Upstream
) -> None:
    good: dict[str, Any] = {"securityContext": {"readOnlyRootFilesystem": True}, "resources": {"any": 1}}
    bad: dict[str, Any] = {"config": {"greting": "hi"}, "instalCRDs": False, "crds": {"label": {}}}
    wrapper(platform, upstream.url, **bad, **good)
    said = platform.verb("vendor")
    assert said.code == 3, said.err
    begin = "error: " + str(platform.folder / "platform-charts" / "eck" / "values.yaml")
    lines = [line for line in said.err.splitlines() if line.startswith(begin)]
    assert [line.partition("the chart ")[2] for line in lines] == [
        "has no value 'config.greting'",
        "has no value 'instalCRDs'",
        "has no value 'crds.label'",
    ]
    assert lines[0].startswith(f"{begin}:7:3: ")
    assert "did you mean 'installCRDs'?" in said.err


def test_what_was_found_before_a_failure_is_kept(platform: TestPlatform, upstream: Upstream) -> None:
    late = f"{platform.registry}/{platform.prefix}/late:1"
    wrapper(platform, upstream.url, helper=late)
    said = platform.verb("vendor")
    assert (said.code, f"has no {platform.prefix}/late:1" in said.err) == (5, True), said.err
    before = lock_of(platform)["archive"]
    registry = client(platform)
    copied = registry.copy(
        ImageRef(platform.registry, "library/busybox", "stable"),
        ImageRef(platform.registry, f"{platform.prefix}/late", "1"),
    )
    upstream.log.clear()
    platform.must("vendor")
    lock = lock_of(platform)
    assert (lock["archive"], set(lock["images"]), upstream.log) == (before, {late, platform.image}, [])
    assert copied is not None


def test_another_archive_of_the_same_version_is_refused(platform: TestPlatform, tmp_path: Path) -> None:
    with upstreams.serve(tmp_path / "charts", platform.env["PATH"]) as mine:
        mine.publish("operator", "3.5.0", OPERATOR, crds=CRDS)
        wrapper(platform, mine.url)
        platform.must("vendor")
        before = lock_of(platform)
        mine.publish("operator", "3.5.0", {**OPERATOR, "templates/more.yaml": "# more\n"}, crds=CRDS)
        platform.must("vendor")  # what is here is what was locked
        shutil.rmtree(platform.folder / ".pipelinekit")
        for verb in ("vendor", "deploy"):
            said = platform.verb(verb)
            assert (said.code, "not the archive that its lock names" in said.err) == (6, True), said.err
    assert lock_of(platform) == before


def test_an_image_that_no_value_names_whole_is_refused(platform: TestPlatform, tmp_path: Path) -> None:
    server = OPERATOR["templates/server.yaml"].replace('{{ include "operator.image" . | quote }}', "IMAGE")
    fixed = {**OPERATOR, "templates/server.yaml": server.replace("IMAGE", platform.image)}
    with upstreams.serve(tmp_path / "charts", platform.env["PATH"]) as mine:
        mine.publish("operator", "3.5.0", fixed, crds=CRDS)
        wrapper(platform, mine.url)
        said = platform.verb("vendor")
    assert (said.code, "is locked, and no value takes its digest" in said.err) == (6, True), said.err


def test_charts_of_a_registry_and_of_a_folder(platform: TestPlatform, upstream: Upstream) -> None:
    archive = upstream.folder / "operator-3.5.0.tgz"
    place = f"oci://{platform.registry}/{platform.prefix}"
    words = [upstream.helm, "push", str(archive), place, "--plain-http"]
    words += ["--registry-config", f"{platform.env['DOCKER_CONFIG']}/config.json"]
    subprocess.run(words, check=True, capture_output=True)
    wrapper(platform, place)
    platform.must("vendor")
    locked = lock_of(platform)["archive"]["digest"]
    assert locked == f"sha256:{hashlib.sha256(archive.read_bytes()).hexdigest()}"
    platform.component("store")
    platform.wrap("store")
    document = platform.folder / "platform-charts" / "store" / "component.yaml"
    said = json.loads(document.read_text())
    digest = said["archive"].pop("digest")
    document.write_text(json.dumps(said))
    platform.on("store")
    platform.must("vendor", "store")
    assert lock_of(platform, "store")["archive"]["digest"] == digest
    document.with_name(said["archive"]["file"]).unlink()
    said_of_none = platform.verb("vendor")
    assert (said_of_none.code, "there is no archive" in said_of_none.err) == (6, True)


def test_a_chart_of_ours_has_nothing_to_lock(platform: TestPlatform) -> None:
    platform.component("store")
    platform.on("store")
    said = platform.verb("vendor", "store")
    assert (said.code, "no upstream chart" in said.err) == (2, True), said.err
    assert platform.must("vendor").out == "0 upstream charts are locked: nothing was done\n"
