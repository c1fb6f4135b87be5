"""A release's one text, its version, and what is no release although the ledger has it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from pipelinekit.errors import Refused
from pipelinekit.model.promotion import Release
from pipelinekit.model.rollout.part import Recorded, RecordedChart
from pipelinekit.plan.gates import records
from pipelinekit.plan.rollout.recorded import chart_of, read_recorded, release_of, released, version_of
from pipelinekit.plan.versions.version import is_later
from tests.doubles import Ledger, digest


def recorded(version: str = "1.2.0", **values: Any) -> Recorded:
    chart = RecordedChart(name="c", version=version, server="9", archive=digest(version), values=values)
    return Recorded(document="kind: Component", chart=chart, images={"a:1": digest("a")})


def release(of: Recorded | None = None) -> Release:
    return release_of("store", of or recorded(size=1), ("r:5000", "charts/platform/c"), digest("repository"))


def test_it_is_read_back_whole_from_the_ledger() -> None:
    made = release()
    ledger = Ledger()
    ledger.add(released(made, 7))
    (found,) = records.releases(ledger.history("components/store"))
    assert read_recorded(found) == recorded(size=1)
    assert chart_of(found, recorded(size=1)).tag == "1.2.0"
    assert (found.chart_digest, found.archive, found.is_component) == (
        digest("repository"),
        made.archive,
        True,
    )


def test_whatever_differs_in_it_is_another_version_and_none_of_them_is_later() -> None:
    versions = {
        version_of(each)
        for each in (
            recorded(size=1),
            recorded(size=2),
            replace(recorded(size=1), document="kind: Other"),
            replace(recorded(size=1), images={}),
            replace(recorded(size=1), policies=recorded().chart),
        )
    }
    assert len(versions) == 5
    assert all(each.startswith("1.2.0+") for each in versions)
    assert not any(is_later(one, other) for one in versions for other in versions)
    assert is_later(version_of(recorded("1.3.0")), version_of(recorded()))


@pytest.mark.parametrize(
    ("chart", "begins"), [("v1.0.0", "1.0.0+"), ("1.0.0+up2", "1.0.0+"), ("1.0.0-rc.1", "1.0.0-rc.1+")]
)
def test_a_charts_own_spelling_of_its_version_is_taken(chart: str, begins: str) -> None:
    made = release(recorded(chart))
    assert made.version.startswith(begins)
    assert read_recorded(made).chart.version == chart


def test_a_chart_without_a_semantic_version_is_refused() -> None:
    with pytest.raises(Refused, match=r"the version 1\.2 of its chart is no semantic version"):
        version_of(recorded("1.2"))


def change(made: Release, **fields: Any) -> Release:
    text = json.dumps({**json.loads(made.descriptor), **fields}, sort_keys=True, separators=(",", ":"))
    return replace(made, descriptor=text, descriptor_digest=digest(text))


FORM = "its text cannot be read by this version"


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (replace(release(), descriptor="{}"), "its digest names another text"),
        (replace(release(), descriptor="{}", descriptor_digest=digest("{}")), FORM),
        (replace(release(), descriptor="[" * 9999, descriptor_digest=digest("[" * 9999)), FORM),
        (
            replace(
                release(),
                descriptor=f" {release().descriptor}",
                descriptor_digest=digest(f" {release().descriptor}"),
            ),
            "its version is not that of its text",
        ),
        (replace(release(), version="1.2.0+000000000000"), "its version is not that of its text"),
        (change(release(), format=2), "its text is of another format"),
        (change(release(), more=1), FORM),
        (change(release(), chart=None), FORM),
        (change(release(), images=["a"]), FORM),
        (change(release(), document=7), FORM),
        (
            change(release(), chart={"name": "c", "version": 1, "server": "", "archive": "", "values": {}}),
            FORM,
        ),
    ],
)
def test_what_is_no_release_is_refused(made: Release, why: str) -> None:
    with pytest.raises(Refused, match=rf"store .* is no release: {why}"):
        read_recorded(made)


def forged(text: str) -> Release:
    """With the digest and the version of that text, as whoever may write can write it."""
    known = digest(text)
    version = f"1.2.0+{known.removeprefix('sha256:')[:12]}"
    return replace(release(), descriptor=text, descriptor_digest=known, version=version)


def spelled(**fields: Any) -> str:
    told = {**json.loads(release().descriptor), **fields}
    return json.dumps(told, sort_keys=True, separators=(",", ":"))


def chart(**fields: Any) -> dict[str, Any]:
    return {**json.loads(release().descriptor)["chart"], **fields}


@pytest.mark.parametrize(
    "made",
    [
        forged(spelled(images=["a"])),
        forged(spelled(images={"a": 1})),
        forged(spelled(document=7)),
        forged(spelled(chart=chart(values={"size": float("inf")}))),
        forged(spelled(chart=chart(archive=""))),
        forged(spelled(chart=chart(archive="sha256:../../../../x"))),
        forged(spelled(chart=chart(values={"a": "@"})).replace('"@"', "[" * 600 + "]" * 600)),
    ],
    ids=["list", "number", "document", "infinite", "empty", "path", "deep"],
)
def test_what_somebody_has_forged_is_refused_in_words(made: Release) -> None:
    with pytest.raises(Refused, match=f"store .* is no release: {FORM}"):
        read_recorded(made)


def test_a_chart_that_is_not_that_of_the_text_is_refused() -> None:
    with pytest.raises(Refused, match="its chart is not that of its text"):
        read_recorded(replace(release(), archive=digest("another one")))


def test_what_is_not_forged_is_taken_so() -> None:
    assert read_recorded(forged(spelled())) == recorded(size=1)
