"""The verbs of the platform's document."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from pipelinekit.adapters.disk import files
from pipelinekit.adapters.source import platforms
from pipelinekit.cli.options import JSON, PLATFORM_FOLDER
from pipelinekit.cli.output import bug, report
from pipelinekit.counts import counted
from pipelinekit.errors import DocumentInvalid, Fault, ToolFailed
from pipelinekit.model.platform.document import Platform
from pipelinekit.reading import across
from pipelinekit.reading.document.source import Source
from pipelinekit.reading.platform.document import read_platform_with_places
from pipelinekit.steps.sync import Synced


@click.command()
@PLATFORM_FOLDER
@JSON
def sync(platform: str, as_json: bool) -> None:
    """Read each registered application's descriptor into platform.lock.yaml, beside platform.yaml.

    Repositories are asked at the same time; one that fails keeps its entry, is reported, and makes the exit
    code 5 (3 when its descriptor is invalid, or two applications meet in one place). Commit the lock: seed,
    fleet and checks read it.

    \b
    Example:
      pipelinekit platform sync --platform .
    """
    from pipelinekit.adapters.source.repositories import RemoteRepositories
    from pipelinekit.reading.platform.lock import FILE as LOCK
    from pipelinekit.render.platformlock import platform_lock_text
    from pipelinekit.steps import sync as steps

    document, source, path = _local(platform)
    lock_path = path.parent / LOCK
    lock = platforms.read_lock(lock_path)
    say = report.say if not as_json else (lambda _: None)
    results = steps.sync(document, lock, RemoteRepositories(), say, bug.as_failure)
    after = steps.next_lock(results)
    if after != lock or not lock_path.exists():
        files.write_atomic(lock_path, platform_lock_text(after))
    flows = steps.check(document, after)
    for fault in flows:
        report.notice(str(fault))
    meetings = across.check_meetings(document, source)
    _report_sync(results, after != lock, flows, meetings, as_json=as_json)


def _report_sync(
    results: Sequence[Synced],
    changed: bool,
    flows: Sequence[Fault],
    meetings: Sequence[Fault],
    *,
    as_json: bool,
) -> None:
    if as_json:
        report.as_json(
            {
                "changed": changed,
                "applications": {each.title: each.state for each in results},
                "reasons": {each.title: str(each.error) for each in results if each.error},
                "notices": [str(each) for each in flows],
                "meetings": [str(each) for each in meetings],
            }
        )
    failed = [each.error for each in results if each.error]
    if failed or meetings:
        kind = ToolFailed if any(isinstance(each, ToolFailed) for each in failed) else DocumentInvalid
        raise kind(*meetings, *(fault for each in failed for fault in each.faults))
    if not as_json:
        report.result(
            f"{counted(len(results), 'application is', 'applications are')} locked"
            + ("" if changed else ", nothing changed")
        )


def _local(source: str) -> tuple[Platform, Source, Path]:
    """The platform's document, the places of its parts, and its file, which has to be on this disk."""
    path = Path(source or ".")
    path = path / platforms.FILE if path.is_dir() else path
    text = platforms.read_platform_text(str(path))
    return *read_platform_with_places(text.content, text.origin), path
