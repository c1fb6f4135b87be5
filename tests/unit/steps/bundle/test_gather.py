from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.errors import DocumentInvalid, Refused
from pipelinekit.model.release import Target
from pipelinekit.model.rollout.bundle import Content
from pipelinekit.model.rollout.vendored import Vendored
from pipelinekit.steps.bundle.gather import PLUGINS, gather
from pipelinekit.steps.rollout.part import Part
from tests import examples, parts
from tests.rollouts import CRD, Bench


def pod(image: str) -> dict[str, Any]:
    spec = {"containers": [{"name": "one", "image": image}]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "one"}, "spec": spec}


class Plain(parts.Components):
    """Charts that are their templates and nothing else."""

    def everything(self, archive: Path, target: Target, values: Sequence[str]) -> str:
        del target, values
        packed = json.loads(archive.read_text())
        return "\n---\n".join(text for name, text in packed.items() if name.startswith("templates/"))


def gathered(bench: Bench, *there: Part) -> Content:
    order = {each.name: each.component.needs for each in there}
    named = {each.name: each for each in there}
    return gather(named, order, bench.shelf, Plain(bench.releases), {PLUGINS: "git"})


def test_charts_policies_images_and_definitions_go_in_and_nothing_is_published(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    store = bench.part(objects=(CRD, pod("quay.io/a/b:1")), images=("quay.io/a/b:1",), policies="policies")
    web = bench.part("web", objects=(pod("quay.io/a/b:1"),), images=("quay.io/a/b:1",))
    content = gathered(bench, store, web)
    assert {each.name for each in content.charts} == {"store-policies", "store-chart", "web-chart"}
    (image,) = content.images
    assert (str(image.name), image.components) == ("quay.io/a/b:1", ("store", "web"))
    assert set(content.files) == {PLUGINS, "crds/store.yaml"}
    assert "widgets.example.com" in content.files["crds/store.yaml"]
    assert any(PLUGINS in each for each in content.findings)


def test_what_is_locked_is_copied_by_its_digest(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    digest = "sha256:" + "a" * 64
    listed = ("quay.io/a/b:1", "quay.io/a/c:1")
    one = bench.part(objects=tuple(pod(each) for each in listed), images=listed)
    locked = {"quay.io/a/b:1": digest}
    lock = Vendored(name="up", repository="oci://r", version="1.0.0", digest=digest, images=locked)
    content = gathered(bench, replace(one, lock=lock))
    assert [each.source.digest for each in content.images] == [digest, ""]


def test_what_one_component_has_by_digest_is_copied_once_for_all_that_list_it(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    digest = "sha256:" + "a" * 64
    there = [
        bench.part(objects=(pod("quay.io/a/b:1"),), images=("quay.io/a/b:1",)),
        bench.part("web", objects=(pod(f"quay.io/a/b@{digest}"),), images=("quay.io/a/b:1",)),
    ]
    (image,) = gathered(bench, *there).images
    assert (str(image.name), image.components) == (f"quay.io/a/b:1@{digest}", ("store", "web"))
    assert image.source.digest == digest


def test_all_faults_of_all_components_come_together(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    there = [
        bench.part(objects=(pod("quay.io/a/b:1"),)),
        bench.part("web", images=("quay.io/a/c:1",)),
    ]
    listed = json.dumps({"images": ["quay.io/a/c:1"]}, indent=1).encode()
    with pytest.raises(DocumentInvalid) as caught:
        gathered(bench, there[0], replace(there[1], document=listed))
    assert [each.code for each in caught.value.faults] == ["image-unlisted", "image-unused"]
    assert str(caught.value.faults[1].place) == f"{there[1].folder}/component.yaml:3:3"


def test_an_image_of_the_platforms_entry_that_nothing_names_is_told_there(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    part = bench.part(objects=(pod("quay.io/a/b:1"),), images=("quay.io/a/b:1", "r/made/here:1"))
    listed = json.dumps({"images": ["quay.io/a/b:1"]}).encode()
    with pytest.raises(DocumentInvalid) as caught:
        gathered(bench, replace(part, document=listed))
    (fault,) = caught.value.faults
    assert (fault.code, str(fault.place)) == ("image-unused", "platform.yaml")


def test_nexus_that_pulls_from_itself_is_refused(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    image = f"{examples.platform().images.registry}/library/nexus:1"
    nexus = bench.part("nexus", objects=(pod(image),), images=("library/nexus:1",))
    with pytest.raises(Refused, match="nexus is Nexus, and pulls from it"):
        gathered(bench, nexus)


def test_an_image_of_what_values_switch_off_may_stay_in_the_list(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    listed = ("quay.io/a/b:1", "quay.io/a/exporter:2")
    exporter = {"image": {"registry": "quay.io", "repository": "a/exporter", "tag": "2"}}
    off = {"exporter": {"enabled": False, **exporter}}
    there = bench.part(objects=(pod(listed[0]),), images=listed, values=off)
    assert {str(each.name) for each in gathered(bench, there).images} == set(listed)
    with pytest.raises(DocumentInvalid, match=r"lists quay\.io/a/exporter:2, and nothing"):
        gathered(bench, bench.part("web", objects=(pod(listed[0]),), images=listed, values={"one": exporter}))
