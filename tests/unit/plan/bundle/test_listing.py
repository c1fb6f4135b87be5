"""The list of a bundle, which comes from elsewhere when it is read."""

from __future__ import annotations

import json

import pytest

from pipelinekit.errors import DocumentInvalid
from pipelinekit.model.rollout.bundle import Chart, Content, Entry, Image, Stored
from pipelinekit.plan.bundle.listing import at_site, listing, meetings, parsed, read, reference
from pipelinekit.plan.inputs import image_reference

D, E = "sha256:" + "d" * 64, "sha256:" + "e" * 64
REF = image_reference("quay.io/a/b:1")
CONTENT = Content(
    platform="acme",
    environment="dev",
    charts=(Chart(component="store", name="store", version="1.0.0", archive="x"),),
    images=(Image(name=REF, source=REF, components=("store",)),),
    files={"b": "two", "a": "one"},
)
CHART = Stored(reference="charts/platform/store:1.0.0", digest=E)
IMAGE = Stored(reference="quay.io/a/b:1", digest=D, architectures=("linux/amd64",))
TEXT = listing(CONTENT, [CHART], [IMAGE])


def entry(name: str, digest: str = D, kind: str = "image") -> Entry:
    return Entry(reference=name, digest=digest, kind=kind)


def test_what_is_written_is_what_is_read() -> None:
    entries, files = read(TEXT)
    assert entries == (entry(CHART.reference, E, "chart"), entry(IMAGE.reference))
    assert list(files) == ["a", "b"]
    assert listing(CONTENT, [CHART], [IMAGE]) == TEXT


@pytest.mark.parametrize(
    "name",
    [
        "",
        "quay.io/../a:1",
        "quay.io/a/b:1?x",
        "quay.io/a b:1",
        "user:pw@quay.io/a:1",
        "/a:1",
        "quay.io/a:1\n",
        f"quay.io/a:1@{E}",
    ],
)
def test_a_name_that_is_none_is_a_fault_and_never_a_path(name: str) -> None:
    body = json.loads(TEXT)
    body["images"][0]["reference"] = name
    with pytest.raises(DocumentInvalid, match="no list of a bundle"):
        read(json.dumps(body))


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"charts": 1}', "[" * 100_000])
def test_what_is_no_list_is_a_fault(text: str) -> None:
    with pytest.raises(DocumentInvalid, match="no list of a bundle"):
        read(text)


@pytest.mark.parametrize(
    ("one", "registry", "there"),
    [
        (entry("quay.io/a/b:1"), "site:5000", "site:5000/a/b:1"),
        (entry("docker.io/library/c:1"), "site/all", "site/all/library/c:1"),
        (entry(f"quay.io/a/b@{D}"), "site", f"site/a/b@{D}"),
        (entry(f"quay.io/a/b:1@{D}"), "site", "site/a/b:1"),
        (
            entry("charts/platform/store:1.0.0", kind="chart"),
            "site/all",
            "site/all/charts/platform/store:1.0.0",
        ),
    ],
)
def test_where_a_thing_goes_at_a_site(one: Entry, registry: str, there: str) -> None:
    assert reference(at_site(one, registry)) == there
    assert reference(parsed(one)) == one.reference


def test_two_images_of_one_path_and_other_content_would_meet_at_a_site() -> None:
    (fault,) = meetings([entry("quay.io/a/b:1"), entry("ghcr.io/a/b:1", E), entry("docker.io/a/b:1", D)])
    assert "quay.io/a/b:1 and ghcr.io/a/b:1" in fault.problem
    assert meetings([entry("quay.io/a/b:1"), entry("ghcr.io/a/b:1")]) == ()
