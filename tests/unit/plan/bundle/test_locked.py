from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipelinekit.model.platform.document import Images
from pipelinekit.model.rollout.component import Archive, Component
from pipelinekit.plan.bundle.locked import digests_laid, named_by_tag, unlocked
from pipelinekit.reading.chart.values import overlay

DIGEST = "sha256:" + "a" * 64
LOCKED = {"r:5000/a/b:1": DIGEST, "a/b:1": DIGEST}
IMAGES = Images(registry="r.example.com")
UPSTREAM = Component(name="up", archive=Archive(name="up", repository="oci://r", version="1.0.0"))


def pod(*images: str) -> dict[str, Any]:
    containers = [{"name": str(number), "image": image} for number, image in enumerate(images)]
    return {"kind": "Pod", "metadata": {"name": "one"}, "spec": {"containers": containers}}


@pytest.mark.parametrize(
    ("values", "laid"),
    [
        ({"image": "r:5000/a/b:1"}, {"image": f"r:5000/a/b:1@{DIGEST}"}),
        ({"image": "r:5000/a/b:2", "x": None}, {}),
        ({"image": {"repository": "r:5000/a/b", "tag": "1"}}, {"image": {"tag": f"1@{DIGEST}"}}),
        (
            {"image": {"registry": "r:5000", "repository": "a/b", "tag": "1", "digest": ""}},
            {"image": {"digest": DIGEST}},
        ),
        ({"image": {"repository": "r:5000/a/b", "tag": "1", "digest": "sha256:b"}}, {}),
        ({"image": {"registry": None, "repository": "a/b", "tag": "1"}}, {"image": {"tag": f"1@{DIGEST}"}}),
        ({"image": {"repository": "r:5000/a/b", "tag": 1}}, {}),
        ({"list": ["x", 3]}, {}),
        (
            {"list": ["x", {"image": "a/b:1", "keep": {"k": 1}}]},
            {"list": ["x", {"image": f"a/b:1@{DIGEST}", "keep": {"k": 1}}]},
        ),
        (
            {"list": [{"repository": "a/b", "tag": "1", "digest": None}]},
            {"list": [{"repository": "a/b", "tag": "1", "digest": DIGEST}]},
        ),
    ],
)
def test_a_digest_goes_where_the_image_is_named(values: dict[str, Any], laid: dict[str, Any]) -> None:
    assert digests_laid(values, LOCKED) == laid
    over = overlay(values, laid)
    assert digests_laid(over, LOCKED) == {}


OTHER = "sha256:" + "b" * 64
SHIELD = {"registry": "r", "repository": "x", "first_name": "slim", "second_name": "kmod", "tag": "1"}


@pytest.mark.parametrize(
    ("values", "locked", "laid"),
    [
        ({"registry": "r", "image": "a/b", "version": "1"}, {"r/a/b:1": DIGEST}, {"version": f"1@{DIGEST}"}),
        ({"image": "r/a/b", "tag": "1"}, {"r/a/b:1": DIGEST}, {"tag": f"1@{DIGEST}"}),
        ({"image": "r/a/b", "version": "2"}, {"r/a/b:1": DIGEST}, {}),
        (SHIELD, {"r/x/slim:1": DIGEST}, {"tag": f"1@{DIGEST}"}),
        # One tag for two images takes no digest, but where both have the same.
        (SHIELD, {"r/x/slim:1": DIGEST, "r/x/kmod:1": OTHER}, {}),
        (SHIELD, {"r/x/slim:1": DIGEST, "r/x/kmod:1": DIGEST}, {"tag": f"1@{DIGEST}"}),
    ],
)
def test_parts_that_charts_call_otherwise_make_an_image_too(
    values: dict[str, Any], locked: dict[str, str], laid: dict[str, Any]
) -> None:
    assert digests_laid({"some": values}, locked) == ({"some": laid} if laid else {})


def test_without_a_lock_nothing_is_laid() -> None:
    assert digests_laid({"image": "a/b:1"}, {}) == {}


def test_what_is_named_by_its_tag() -> None:
    objects = [pod("a/b:1", f"a/c:1@{DIGEST}"), {"kind": "Elasticsearch", "spec": {"image": "a/d:1"}}]
    assert named_by_tag(UPSTREAM, objects, IMAGES) == ("a/b:1", "a/d:1")


def test_only_an_upstream_chart_has_to_be_locked() -> None:
    objects = [pod("a/b:1", "a/c:1")]
    assert unlocked(Component(name="own", chart="chart"), objects, LOCKED, IMAGES) == ()
    given, other = unlocked(UPSTREAM, objects, LOCKED, IMAGES)
    assert "a/b:1 is locked, and no value takes its digest" in given
    assert other == "a/c:1 is not locked: run `pipelinekit platform vendor up`"


def test_what_an_operator_is_told_to_start_is_locked_likewise() -> None:
    istiod = replace(UPSTREAM, images=("r:5000/a/b:1", "q.io/proxy:1"))
    config = {"kind": "ConfigMap", "data": {"values": '{"image": "q.io/proxy:1"}'}}
    objects = [pod(f"r:5000/a/b:1@{DIGEST}"), config]
    assert named_by_tag(istiod, objects, IMAGES) == ("q.io/proxy:1",)
    (line,) = unlocked(istiod, objects, LOCKED, IMAGES)
    assert "q.io/proxy:1 is not locked" in line
    whole = {"kind": "ConfigMap", "data": {"values": f'{{"image": "q.io/proxy:1@{DIGEST}"}}'}}
    assert unlocked(istiod, [whole], LOCKED, IMAGES) == ()
