from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipelinekit.errors import Refused, ToolFailed, failed
from pipelinekit.model.rollout.bundle import Chart, Content, Image, Stored
from pipelinekit.plan.inputs import image_reference
from pipelinekit.steps.bundle.fill import check, fill, load
from tests.bundles import Bundle


def image(name: str) -> Image:
    ref = image_reference(name)
    return Image(name=ref, source=ref, components=("store",))


CONTENT = Content(
    platform="acme",
    environment="dev",
    charts=(Chart(component="store", name="store", version="1.0.0", archive="x"),),
    images=(image("quay.io/a/b:1"), image("quay.io/a/c:1")),
    files={"jenkins/plugins.txt": "git"},
)


def silent(_: str) -> None:
    pass


def test_run_again_nothing_is_copied() -> None:
    bundle = Bundle()
    first = fill(CONTENT, (), bundle, silent)
    assert (first.new, first.moved, first.written, first.acted) == (3, 4, 2, True)
    again = fill(CONTENT, (), bundle, silent)
    assert (again.new, again.moved, again.written, again.acted) == (0, 0, 0, False)


def test_an_image_that_cannot_be_had_stops_no_other_and_leaves_no_list() -> None:
    bundle = Bundle(gone=frozenset({"quay.io/a/b:1"}))
    with pytest.raises(ToolFailed, match=r"b:1 cannot be had"):
        fill(CONTENT, (), bundle, silent)
    assert "quay.io/a/c:1" in bundle.there
    with pytest.raises(Refused, match="no bundle that is whole"):
        check(bundle)


def test_what_is_said_of_every_image_is_said_once() -> None:
    class Silent(Bundle):
        def image(self, image: Image, architectures: Sequence[str]) -> Stored:
            raise failed("registry-down", "it does not answer")

    with pytest.raises(ToolFailed) as caught:
        fill(CONTENT, (), Silent(), silent)
    assert [str(each) for each in caught.value.faults] == ["it does not answer"]


def test_what_is_damaged_is_told_and_brought_again() -> None:
    bundle, said = Bundle(), list[str]()
    fill(CONTENT, (), bundle, silent)
    bundle.broken = ["sha256:beef"]
    with pytest.raises(ToolFailed, match="sha256:beef"):
        check(bundle)
    with pytest.raises(ToolFailed, match="sha256:beef"):
        load(bundle, "site", silent)
    assert bundle.delivered == {}
    done = fill(CONTENT, (), bundle, said.append)
    assert (done.repaired, done.acted) == (1, True)
    assert "sha256:beef was damaged" in said[0]


def test_images_that_would_meet_at_a_site_are_refused_before_there_is_a_list() -> None:
    content = Content(
        platform="acme",
        environment="dev",
        charts=(),
        images=(image("quay.io/a/b:1"), image("ghcr.io/a/b:1")),
        files={},
    )
    bundle = Bundle(digests={"ghcr.io/a/b:1": "sha256:" + "9" * 64})
    with pytest.raises(Refused, match="would have one name"):
        fill(content, (), bundle, silent)
    assert bundle.files == {}


def test_a_bundle_is_delivered_once_and_replaces_nothing() -> None:
    bundle = Bundle()
    fill(CONTENT, (), bundle, silent)
    assert load(bundle, "site:5000/all", silent) == (3, 3)
    assert set(bundle.delivered) == {
        "site:5000/all/charts/platform/store:1.0.0",
        "site:5000/all/a/b:1",
        "site:5000/all/a/c:1",
    }
    assert load(bundle, "site:5000/all", silent) == (3, 0)
    bundle.delivered["site:5000/all/a/b:1"] = "sha256:other"
    with pytest.raises(Refused, match="another content"):
        load(bundle, "site:5000/all", silent)
