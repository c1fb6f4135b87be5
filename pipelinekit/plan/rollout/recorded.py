"""A component's release in the ledger: one text that is all of it, its version, and its events."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from pipelinekit.errors import refused
from pipelinekit.model.ledger import Digests, Event, Kind
from pipelinekit.model.promotion import Release
from pipelinekit.model.release import ImageRef
from pipelinekit.model.rollout.part import Recorded, RecordedChart
from pipelinekit.plan.versions.version import is_version

FORMAT = 1
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def text_of(recorded: Recorded) -> str:
    """One spelling of a release: what is the same has the same digest."""
    fields = {"format": FORMAT, **dataclasses.asdict(recorded)}
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), allow_nan=False)


def read_recorded(release: Release) -> Recorded:
    """What a release is made of; `Refused` where its text is another's, or its digest names another text."""
    if _digest(release.descriptor) != release.descriptor_digest:
        # The digest is what people approve, and the text is what would run.
        raise _unreadable(release, "its digest names another text")
    try:
        fields = json.loads(release.descriptor)
        if fields.pop("format") != FORMAT:
            raise _unreadable(release, "its text is of another format")
        policies = fields.pop("policies")
        found = Recorded(
            chart=_chart(fields.pop("chart")), policies=_chart(policies) if policies else None, **fields
        )
        _require_texts(found.document, *found.images, *found.images.values())
        same = text_of(found) == release.descriptor and version_of(found) == release.version
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise _unreadable(release, "its text cannot be read by this version") from error
    if not same:
        raise _unreadable(release, "its version is not that of its text")
    if release.archive != found.chart.archive:
        raise _unreadable(release, "its chart is not that of its text")
    return found


def version_of(recorded: Recorded) -> str:
    """The version of a release: that of its chart, and behind a + what tells its content from any other.

    Versions that differ in that alone have no order: neither is later. Raises `Refused` for a chart whose
    version is no semantic one.
    """
    base = recorded.chart.version.removeprefix("v").partition("+")[0]
    if not is_version(base):
        raise refused(
            "component-version",
            f"the version {recorded.chart.version[:60]} of its chart is no semantic version",
            hint="MAJOR.MINOR.PATCH in its Chart.yaml: what has none is recorded and promoted nowhere",
        )
    return f"{base}+{_digest(text_of(recorded)).removeprefix('sha256:')[:12]}"


def chart_of(release: Release, recorded: Recorded) -> ImageRef:
    """The release's chart where it was published, by its version."""
    return dataclasses.replace(release.chart, tag=recorded.chart.version)


def release_of(name: str, recorded: Recorded, place: tuple[str, str], digest: str) -> Release:
    """The release of a component; `place` is where its chart is, `digest` what that repository says of it."""
    text = text_of(recorded)
    return Release(
        team="",
        name=name,
        version=version_of(recorded),
        commit="",
        image=ImageRef("", ""),
        chart=ImageRef(*place, tag=recorded.chart.version),
        chart_digest=digest,
        archive=recorded.chart.archive,
        descriptor=text,
        descriptor_digest=_digest(text),
    )


def event_of(release: Release, kind: Kind, environment: str, at: int, details: Mapping[str, Any]) -> Event:
    """What is told of a release that was rolled out; `at` is in seconds since 1970."""
    return Event(
        kind=kind,
        name=release.name,
        version=release.version,
        environment=environment,
        digests=Digests(chart=release.chart_digest, descriptor=release.descriptor_digest),
        at=at,
        details=details,
    )


def released(release: Release, at: int) -> Event:
    """That it was published: with all that it is made of, so that whoever promotes needs no folder."""
    chart = release.chart
    details = {
        "commit": "",
        "image": {"registry": "", "repository": ""},
        "chart": {
            "registry": chart.registry,
            "repository": chart.repository,
            "version": chart.tag,
            "archive": release.archive,
        },
        "descriptor": {"text": release.descriptor},
    }
    return event_of(release, "released", "", at, details)


def _chart(fields: Mapping[str, Any]) -> RecordedChart:
    found = RecordedChart(**fields)
    _require_texts(found.name, found.version, found.server, found.archive)
    # Files are named after it, and no file at all has the digest "".
    if not _DIGEST.fullmatch(found.archive) or not isinstance(found.values, dict):
        raise ValueError("not the form of a chart")
    return found


def _require_texts(*given: object) -> None:
    if not all(isinstance(each, str) for each in given):
        raise TypeError("not the form of a release")


def _digest(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _unreadable(release: Release, why: str) -> Exception:
    return refused(
        "component-release",
        f"what the ledger has of {release.name} {release.version} is no release: {why}",
        hint=f"`pipelinekit platform deploy --only {release.name}` where it has no gate records it anew",
    )
