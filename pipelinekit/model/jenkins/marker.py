"""The ownership marker: the line in a job's description that says whose it is, and what was applied last."""

from __future__ import annotations

import re

from pipelinekit.records import dataclass

_MARKER = re.compile(
    r"\[pipelinekit platform=(?P<platform>[a-z0-9-]+) digest=(?P<digest>[0-9a-f]{16})"
    r"(?: via=(?P<via>[a-z-]+))?(?: orphaned=(?P<orphaned>[0-9]{4}-[0-9]{2}-[0-9]{2}))?\]"
)

JOB_DSL = "job-dsl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """`digest` is of what was applied last; `orphaned` the day on which the job was no longer wanted."""

    platform: str
    digest: str
    via: str = ""
    """Empty for `jobs apply`, else what made the job: a Job DSL seed from an export of ours."""
    orphaned: str = ""

    def __str__(self) -> str:
        via = f" via={self.via}" if self.via else ""
        orphaned = f" orphaned={self.orphaned}" if self.orphaned else ""
        return f"[pipelinekit platform={self.platform} digest={self.digest}{via}{orphaned}]"


def read_marker(description: str) -> Marker | None:
    """The marker in a description, or None: the job is somebody else's."""
    found = _MARKER.search(description)
    return Marker(**{key: value or "" for key, value in found.groupdict().items()}) if found else None


def without_marker(description: str) -> str:
    """The description as people wrote it."""
    return _MARKER.sub("", description).strip()


def with_marker(description: str, marker: Marker) -> str:
    """The description with this marker as its last line, in the place of any other."""
    text = without_marker(description)
    return f"{text}\n{marker}" if text else str(marker)
