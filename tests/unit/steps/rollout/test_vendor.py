from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.errors import DocumentInvalid, Refused, ToolFailed
from pipelinekit.model.release import ImageRef, Target
from pipelinekit.model.rollout.component import Archive
from pipelinekit.model.rollout.vendored import Vendored
from pipelinekit.reading.chart.values import overlay, read_values
from pipelinekit.steps.rollout.looks import plan as planning
from pipelinekit.steps.rollout.part import Part, release_of
from pipelinekit.steps.rollout.vendor import vendor
from tests.parts import Components
from tests.rollouts import Bench

DIGEST = "sha256:" + "a" * 64
IMAGE = "registry.example.com/up/server:1"


class Rendered(Components):
    """A chart whose one object is its values, as they are laid over each other."""

    def everything(self, archive: Path, target: Target, values: Sequence[str]) -> str:
        texts = json.loads(archive.read_text())
        data = read_values(texts["values.yaml"], "values.yaml")
        for text in values:
            data = overlay(data, read_values(text, "values"))
        one = {"kind": "ConfigMap", "metadata": {"name": target.name}, "data": data}
        return "\n---\n".join([json.dumps(one), *(texts[each] for each in texts if "templates/" in each)])


class Vendor:
    """`asked` are the images that registries were asked for; `there` has what they hold."""

    def __init__(self, root: Path, values: dict[str, Any] | None = None) -> None:
        self.bench = Bench(root)
        self.bench.components = Rendered(self.bench.releases)
        self.archive = replace(self.bench.archive(), digest="")
        self.declare("image: ''\n")
        self.lock: Vendored | None = None
        self.images: tuple[str, ...] = ()
        self.asked: list[ImageRef] = []
        self.there: dict[str, str] = {"up/server": DIGEST}
        self.values = {"image": IMAGE} if values is None else values

    def declare(self, values: str) -> None:
        """What upstream's chart has for values."""
        texts = json.loads(self.bench.upstream["upstream"])
        self.bench.upstream["upstream"] = json.dumps({**texts, "values.yaml": values}).encode()

    @property
    def part(self) -> Part:
        part = self.bench.part(chart="", archive=self.archive, values=self.values, images=self.images)
        return replace(part, lock=self.lock, origins=("own.yaml", "mine.yaml"))

    def run(self, archive: Archive | None = None) -> tuple[str, ...]:
        def ask(ref: ImageRef) -> str | None:
            self.asked.append(ref)
            return self.there.get(ref.repository)

        def save(lock: Vendored) -> None:
            self.lock = lock

        given = archive or self.archive
        return vendor(self.part, given, self.bench.shelf, self.bench.components, ask=ask, save=save)

    def locked(self) -> Vendored:
        assert self.lock is not None
        return self.lock


def test_archive_and_images_are_locked_once(tmp_path: Path) -> None:
    here = Vendor(tmp_path)
    changes = here.run()
    lock = here.locked()
    assert changes == (f"upstream 7.0.0 is {lock.digest}", f"{IMAGE} is {DIGEST}")
    assert (lock.images, [each.repository for each in here.asked]) == ({IMAGE: DIGEST}, ["up/server"])
    assert here.run() == ()
    assert (here.bench.fetched, len(here.asked)) == (["upstream"], 1)


def test_an_image_that_only_a_setting_tells_an_operator_is_locked_and_laid(tmp_path: Path) -> None:
    proxy = "registry.example.com/up/proxy:1"
    here = Vendor(tmp_path, values={"image": IMAGE, "proxy": proxy})
    here.declare("image: ''\nproxy: ''\n")
    here.images = (IMAGE, proxy)
    here.there["up/proxy"] = DIGEST
    here.run()
    assert here.locked().images == {IMAGE: DIGEST, proxy: DIGEST}
    assert (
        release_of(here.part, here.bench.shelf, publish=False).prepared.values["proxy"] == f"{proxy}@{DIGEST}"
    )
    here.lock = replace(here.locked(), images={IMAGE: DIGEST})
    with pytest.raises(Refused, match=r"up/proxy:1 is not locked"):
        here.bench.deploy(here.part)


def test_what_is_locked_is_what_is_rolled_out(tmp_path: Path) -> None:
    here = Vendor(tmp_path)
    with pytest.raises(Refused, match="nothing says which bytes upstream") as caught:
        release_of(here.part, here.bench.shelf, publish=False)
    assert caught.value.faults[0].code == "archive-unlocked"
    here.run()
    assert (
        release_of(here.part, here.bench.shelf, publish=False).prepared.values["image"] == f"{IMAGE}@{DIGEST}"
    )
    here.lock = replace(here.locked(), images={})
    with pytest.raises(Refused, match="is not locked: run `pipelinekit platform vendor store`"):
        here.bench.deploy(here.part)
    assert here.bench.cluster.records == {}


def test_a_plan_says_what_locks_it(tmp_path: Path) -> None:
    here = Vendor(tmp_path)
    bench, part = here.bench, here.part
    order: dict[str, tuple[str, ...]] = {"store": ()}
    (said,) = planning.plan({"store": part}, order, order, bench.shelf, bench.site, bench.said.append)
    assert said.refusals == (
        "nothing says which bytes upstream 7.0.0 has: run `pipelinekit platform vendor store`",
    )


def test_a_value_that_the_chart_does_not_have_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    here = Vendor(tmp_path, values={"imag": IMAGE})
    with pytest.raises(DocumentInvalid) as caught:
        here.run()
    (fault,) = caught.value.faults
    assert (fault.code, fault.place and fault.place.origin) == ("value-unknown", "mine.yaml")
    assert (here.lock, here.asked) == (None, [])


def test_an_image_that_is_not_there_keeps_what_was_found_before(tmp_path: Path) -> None:
    here = Vendor(tmp_path, values={"image": IMAGE, "side": {"image": "registry.example.com/late:1"}})
    here.declare("image: ''\nside: {}\n")
    with pytest.raises(ToolFailed, match=r"registry.example.com has no late:1"):
        here.run()
    assert here.locked().images == {IMAGE: DIGEST}
    here.there["late"] = DIGEST
    here.run()
    assert [each.repository for each in here.asked] == ["up/server", "late", "late"]


def test_docker_hubs_images_are_asked_for_at_the_mirror(tmp_path: Path) -> None:
    here = Vendor(tmp_path, values={"image": "busybox:1"})
    images = replace(here.bench.platform.images, mirror="mirror.example.com/hub")
    here.bench.platform = replace(here.bench.platform, images=images)
    here.there["hub/library/busybox"] = DIGEST
    here.run()
    assert [each.registry for each in here.asked] == ["mirror.example.com"]
    assert here.locked().images == {"busybox:1": DIGEST}


def test_another_archive_than_the_locked_one_is_refused_and_the_lock_stays(tmp_path: Path) -> None:
    here = Vendor(tmp_path)
    here.run()
    here.lock = before = replace(here.locked(), digest="sha256:" + "0" * 64)
    with pytest.raises(Refused, match="not the archive that its lock names"):
        here.run()
    assert here.lock == before


def test_another_version_is_locked_anew_and_keeps_the_images_that_it_names(tmp_path: Path) -> None:
    here = Vendor(tmp_path)
    here.run()
    here.lock = replace(here.locked(), version="6.0.0", images={IMAGE: DIGEST, "gone:1": DIGEST})
    changes = here.run()
    assert changes == (f"upstream 7.0.0 is {here.locked().digest}", "nothing names gone:1 any longer")
    assert (here.locked().images, len(here.asked)) == ({IMAGE: DIGEST}, 1)


def test_an_archive_in_the_folder_is_locked_without_being_fetched(tmp_path: Path) -> None:
    here = Vendor(tmp_path)
    here.archive = replace(here.archive, file="upstream.tgz")
    with pytest.raises(Refused, match="there is no archive"):
        here.run()
    (here.part.folder / "upstream.tgz").write_bytes(here.bench.upstream["upstream"])
    here.run()
    assert (here.bench.fetched, here.locked().images) == ([], {IMAGE: DIGEST})


def test_an_image_that_no_value_takes_the_digest_of_is_refused(tmp_path: Path) -> None:
    here = Vendor(tmp_path)
    texts = json.loads(here.bench.upstream["upstream"])
    fixed = {
        "kind": "Pod",
        "metadata": {"name": "one"},
        "spec": {"image": "registry.example.com/up/server:1.2"},
    }
    here.bench.upstream["upstream"] = json.dumps({**texts, "templates/a.yaml": json.dumps(fixed)}).encode()
    with pytest.raises(Refused, match="is locked, and no value takes its digest"):
        here.run()


@pytest.mark.parametrize("says", [{"name": "nexus"}, {"version": "7.0.1"}, {"name": None}, {"version": 7}])
def test_an_archive_that_says_it_is_another_chart_is_neither_locked_nor_rolled_out(
    tmp_path: Path, says: dict[str, Any]
) -> None:
    """An index may call a chart what it likes: it would be published by the name that is inside."""
    here = Vendor(tmp_path)
    texts = json.loads(here.bench.upstream["upstream"])
    about = json.dumps({**json.loads(texts["Chart.yaml"]), **says})
    content = json.dumps({**texts, "Chart.yaml": about}).encode()
    here.bench.upstream["upstream"] = content
    with pytest.raises(Refused, match=r"the archive of upstream 7\.0\.0 says that it is") as caught:
        here.run()
    assert (caught.value.faults[0].code, here.lock) == ("archive-changed", None)
    digest = "sha256:" + hashlib.sha256(content).hexdigest()
    here.archive = replace(here.archive, digest=digest)
    with pytest.raises(Refused, match="says that it is"):
        release_of(here.part, here.bench.shelf, publish=True)
    assert here.bench.registry.tags == {}
