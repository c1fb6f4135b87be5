"""The verb `validate`: both documents, and what one says of the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from click.core import ParameterSource

from pipelinekit.adapters.disk import files
from pipelinekit.adapters.folder import astray
from pipelinekit.adapters.source import platforms
from pipelinekit.cli.application import present
from pipelinekit.cli.options import JSON, PATH, PLATFORM
from pipelinekit.cli.output import report
from pipelinekit.cli.wiring import identity
from pipelinekit.cli.wiring.contexts import folder_fault
from pipelinekit.cli.wiring.line import Line, Options
from pipelinekit.counts import counted
from pipelinekit.errors import DocumentInvalid, Fault
from pipelinekit.model.platform.document import Platform
from pipelinekit.model.platform.lock import PlatformLock
from pipelinekit.names import meant
from pipelinekit.reading import across
from pipelinekit.reading.app import FILE
from pipelinekit.reading.document.source import Source
from pipelinekit.reading.platform.document import read_platform_with_places


@click.command()
@PATH
@PLATFORM
@JSON
def validate(path: str, platform: str, as_json: bool) -> None:
    """Check app.yaml, and platform.yaml where one is named. Exit code 3 lists every fault of both.

    Where there is no app.yaml, as in the platform's own repository, platform.yaml is checked alone.
    The components that the platform has on are checked with it: what they need, call and accept.
    With a platform, what the application says of it is checked as well: its environments, and with the
    platform's lock the applications that it calls and accepts; a repository that is not the registered one
    is told, and refused in a pipeline (exit code 6).

    \b
    Example:
      pipelinekit validate --platform ../platform
    """
    faults: list[Fault] = []
    checked: list[str] = []
    described, text, document = None, None, None
    is_application = Path(path, FILE).exists()
    if not is_application and not platform and Path(path, platforms.FILE).exists():
        platform = path
    if is_application or not platform:
        try:
            described = across.describe(Line(Options(path=path)).descriptor, str(Path(path, FILE)))
            checked.append(described.source.origin)
            _say_unreached(described)
            faults += _folder(described, Path(path))
        except DocumentInvalid as error:
            faults += error.faults
    else:
        _say_astray(path)
    if platform:
        text = platforms.read_platform_text(platform)
        try:
            document, written = read_platform_with_places(text.content, text.origin)
            title = described.title if described else ""
            faults += (
                _meetings(document, written, title, platform)
                if is_application
                else [*across.check_meetings(document, written), *_components(document, written, platform)]
            )
            faults += _zones(document, written)
            checked.append(text.origin)
        except DocumentInvalid as error:
            faults += error.faults
    if document and text:
        # Asked for without an application too: a platform with a damaged lock is not valid.
        faults += _across(described, document, text.lock)
    if faults:
        raise DocumentInvalid(*faults)
    if described and document and document.applications:
        identity.check(described.app, Line(Options(path=path)).revision, document)
    if as_json:
        report.as_json({"valid": True, "documents": checked})
    else:
        report.result(f"{' and '.join(checked)} {'is' if len(checked) == 1 else 'are'} valid")


def _folder(described: across.Described, root: Path) -> list[Fault]:
    """What is wrong with the folder that it is built from, which only the disk knows."""
    folder = described.app.build.folder
    fault = folder_fault(root, folder, described.source.place(("build", "folder"))) if folder else None
    return [fault] if fault else []


def _say_unreached(described: across.Described) -> None:
    if described.app.chart and described.source.data.get("run"):
        report.notice(present.beside_a_chart(described.app.chart))


def _say_astray(path: str) -> None:
    """Where an application is that was perhaps meant; a platform that is named here is meant itself."""
    root = files.require_folder(Path(path))
    source = click.get_current_context().get_parameter_source("platform")
    hint = astray.hint(root, FILE) if source is ParameterSource.ENVIRONMENT else ""
    if hint:
        report.notice(f"there is no {FILE} in {root}, so none was checked: {hint}")


def _meetings(platform: Platform, written: Source, title: str, source: str) -> list[Fault]:
    """Where this application meets another one; that others meet is for whoever keeps the platform."""
    found = across.check_meetings(platform, written)
    mine = across.meetings_of(title, found)
    if len(mine) < len(found):
        theirs = counted(len(found) - len(mine), "fault", "faults")
        report.notice(
            f"{source} has {theirs} that no change here mends: its own `pipelinekit validate` tells them"
        )
    return mine


def _zones(platform: Platform, written: Source) -> Iterator[Fault]:
    """The freezes in a zone that nobody knows, which are on for good; which zones there are the disk says."""
    from pipelinekit.adapters import zones

    for number, environment in enumerate(platform.environments):
        for window, each in enumerate(environment.freeze):
            if not zones.is_known(each.zone):
                yield written.found(
                    ("environments", number, "freeze", window, "zone"),
                    "zone-unknown",
                    f"there is no time zone '{each.zone}', and its freeze would never end",
                    meant(each.zone, zones.known()) or "a zone has its IANA name, like Europe/Paris",
                )


def _components(platform: Platform, written: Source, source: str) -> list[Fault]:
    """What is wrong with the components that are on."""
    if not platform.components or source.startswith("git+"):
        return []
    from pipelinekit.cli.platform.components.parts import components

    path = Path(source)
    return list(components(platform, written, path if path.is_dir() else path.parent).faults)


def _across(described: across.Described | None, platform: Platform, lock: PlatformLock) -> list[Fault]:
    """What is wrong between this application, if it is one, the platform and the applications of its lock."""
    if described is None:
        return []
    faults = across.check_environments(described, platform)
    if not lock.applications:
        return faults
    others = [
        across.describe(each.descriptor, each.origin)
        for each in lock.applications
        if each.title != described.title
    ]
    return faults + across.check_flows(described, [described, *others])
