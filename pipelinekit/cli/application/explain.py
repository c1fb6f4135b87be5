"""The verb `explain`: the resolved configuration, and where each value came from."""

from __future__ import annotations

import json
from pathlib import Path

import click

from pipelinekit.adapters.source import platforms
from pipelinekit.cli.application.kept import DOCKERFILE
from pipelinekit.cli.options import ENVIRONMENT, JSON, PLATFORM, REGISTRY
from pipelinekit.cli.output import report
from pipelinekit.cli.paths import on_disk
from pipelinekit.cli.wiring.line import Line, Options
from pipelinekit.errors import usage
from pipelinekit.merge import is_yours
from pipelinekit.model.platform.document import Environment, Platform, local_platform
from pipelinekit.names import nearest
from pipelinekit.reading import across
from pipelinekit.reading.app import FILE
from pipelinekit.reading.document.source import Source
from pipelinekit.reading.platform.document import read_platform_with_places
from pipelinekit.steps.explain import Setting
from pipelinekit.steps.explain import explain as settings_of
from pipelinekit.steps.generate import remember


@click.command()
@click.argument("document", default=FILE, type=on_disk)
@ENVIRONMENT
@PLATFORM
@REGISTRY
@JSON
def explain(document: str, environment: str, platform: str, registry: str, as_json: bool) -> None:
    """Show every value that counts for an application, and for each where it is written.

    A value is a default, or comes from the platform, from app.yaml or from its part for an environment.

    \b
    Example:
      pipelinekit explain app.yaml --env production --platform ../platform
    """
    path = Path(document)
    folder = path
    # Nobody can name another file than app.yaml: what is none of these is misspelt.
    if path.name == FILE and not path.is_dir():
        folder = path.parent
    here = Line(Options(path=str(folder), folder_by="DOCUMENT"))
    described = across.describe(here.descriptor, str(folder / FILE))
    known, written = _platform(platform, registry)
    lock = remember(here.workspace).lock
    settings = settings_of(
        described,
        known,
        written,
        _environment(known, environment),
        own_dockerfile=lock is not None and is_yours(DOCKERFILE, frozenset(lock.yours)),
    )
    if as_json:
        report.as_json([_row(each) for each in settings])
        return
    for line in _lines(settings):
        report.result(line)


def _platform(source: str, registry: str) -> tuple[Platform, Source | None]:
    if not source:
        return local_platform(registry), None
    text = platforms.read_platform_text(source)
    return read_platform_with_places(text.content, text.origin)


def _environment(platform: Platform, name: str) -> Environment | None:
    if not name:
        return None
    found = platform.environment(name)
    if found is None:
        known = [each.name for each in platform.environments]
        raise usage("environment-unknown", f"there is no environment '{name}'", hint=nearest(name, known))
    return found


def _row(setting: Setting) -> dict[str, object]:
    place = setting.place
    return {
        "path": setting.path,
        "value": setting.value,
        "from": setting.cause,
        "file": place.origin if place else None,
        "line": place.line if place else None,
        "note": setting.note or None,
    }


def _lines(settings: tuple[Setting, ...]) -> list[str]:
    """Three columns: path, value, and where from."""
    rows = [(each.path, _shown(each.value), _whence(each)) for each in settings]
    widths = [min(max(len(row[column]) for row in rows), 60) for column in (0, 1)]
    return [f"{path:<{widths[0]}}  {value:<{widths[1]}}  {whence}" for path, value, whence in rows]


def _shown(value: object) -> str:
    return value if isinstance(value, str) and value.isprintable() else json.dumps(value, ensure_ascii=False)


def _whence(setting: Setting) -> str:
    note = f" ({setting.note})" if setting.note else ""
    return f"{setting.cause}{note}" + (f"  {setting.place}" if setting.place else "")
