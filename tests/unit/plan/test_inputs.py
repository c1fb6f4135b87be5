"""The input digest: the same for the same inputs, another for any other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipelinekit.model.release import ImageRef
from pipelinekit.plan.inputs import (
    Inputs,
    image_reference,
    input_tag,
    is_input_tag,
    pinned,
    where_it_answers,
)

DIGEST = "sha256:" + "a" * 64
INPUTS = Inputs(context=DIGEST, bases={"a": DIGEST, "b": DIGEST}, args={"X": "1"}, platforms=("linux/amd64",))


@pytest.mark.parametrize(
    "change",
    [
        {"context": "sha256:" + "b" * 64},
        {"bases": {"a": DIGEST}},
        {"bases": {"a": DIGEST, "b": "sha256:" + "b" * 64}},
        {"args": {"X": "2"}},
        {"args": {}},
        {"platforms": ("linux/arm64",)},
        {"platforms": ("linux/amd64", "linux/arm64")},
        {"target": "test"},
        {"salt": "c0ffee"},
        {"refreshed": (DIGEST,)},
    ],
)
def test_each_input_counts(change: dict[str, Any]) -> None:
    assert replace(INPUTS, **change).digest != INPUTS.digest


def test_the_order_of_mappings_does_not() -> None:
    assert replace(INPUTS, bases={"b": DIGEST, "a": DIGEST}).digest == INPUTS.digest


def test_a_tag_is_made_of_the_digest_and_recognised() -> None:
    tag = input_tag(INPUTS.digest)
    assert is_input_tag(tag)
    assert len(tag) == 35
    assert not any(map(is_input_tag, ("1.2.3", "in-", "in-stance", tag + "0")))


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ("python", ImageRef("docker.io", "library/python", "latest")),
        ("python:3.11", ImageRef("docker.io", "library/python", "3.11")),
        ("acme/orders", ImageRef("docker.io", "acme/orders", "latest")),
        ("docker.io/busybox", ImageRef("docker.io", "library/busybox", "latest")),
        ("index.docker.io/busybox", ImageRef("docker.io", "library/busybox", "latest")),
        ("index.docker.io/acme/orders:1", ImageRef("docker.io", "acme/orders", "1")),
        ("LOCALHOST/a:1", ImageRef("LOCALHOST", "a", "1")),
        ("r.example.com/a/b:1", ImageRef("r.example.com", "a/b", "1")),
        ("r:5000/a", ImageRef("r:5000", "a", "latest")),
        ("localhost/a:1", ImageRef("localhost", "a", "1")),
        (f"r:5000/a@{DIGEST}", ImageRef("r:5000", "a", "", DIGEST)),
        (f"a:1@{DIGEST}", ImageRef("docker.io", "library/a", "1", DIGEST)),
    ],
)
def test_a_reference_is_read_as_docker_reads_it(text: str, ref: ImageRef) -> None:
    assert image_reference(text) == ref


def test_docker_hub_answers_elsewhere() -> None:
    assert where_it_answers(image_reference("a")).registry == "registry-1.docker.io"
    assert where_it_answers(image_reference("r:5000/a")).registry == "r:5000"


def test_a_pinned_image_has_its_digest_alone() -> None:
    assert pinned(image_reference("r:5000/a:1"), DIGEST) == f"r:5000/a@{DIGEST}"
