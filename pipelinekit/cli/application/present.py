"""What is in a folder before `new-app`, held against what the command line says of it."""

from __future__ import annotations

from collections.abc import Iterator
from os.path import relpath
from pathlib import Path
from typing import TYPE_CHECKING

from pipelinekit.adapters.disk import files
from pipelinekit.errors import DocumentInvalid, PipelinekitError, Place, refused
from pipelinekit.model.app import Language
from pipelinekit.reading.app import FILE, read_app

if TYPE_CHECKING:
    from pipelinekit.model.app import App, OwnChart
    from pipelinekit.plan.detect.signs import Detected, Texts


TO_KNOW = (
    "  traffic is closed both ways, a database outside included: "
    f"`calls`, `accepts` and `reaches` in {FILE} open it\n"
    "  the image runs as a numeric user who is not root, and listens above port 1024\n"
    "  once it is deployed, `pipelinekit deploy` says at its end how to reach it"
)
"""What a newcomer trips over."""


TO_SYNC = (
    "once it is registered, `pipelinekit platform sync` holds each `calls` against the other's `accepts`: "
    "traffic is open where both say so"
)
"""What one of several, or one that calls others, trips over."""


def flows(app: App) -> bool:
    """Whether it says whom it calls, or who calls it."""
    return bool(app.calls or app.accepts)


def require_same(folder: Path, name: str, language: Language | None) -> None:
    """Raise `Refused` when the folder's descriptor is of another application, or of another language.

    And where a file is in the folder's place.
    """
    if folder.exists() and not folder.is_dir():
        hint = "move it out of the way, choose another name, or run it in another folder"
        raise refused("path-blocked", f"{folder} is there, and is no folder", hint=hint)
    present = files.read_texts(folder, [FILE]) if folder.is_dir() else {}
    if FILE not in present:
        return
    place = Place(str(folder / FILE))
    try:
        app = read_app(present[FILE], str(place))
    except DocumentInvalid:
        # It says nothing of an application: who reads it later says why, and nobody writes over it.
        return
    hint = f"nothing was written; edit {place} and run `pipelinekit generate`"
    if app.name != name:
        raise refused(
            "descriptor-differs", f"says that this is {app.name}, not {name}", hint=hint, place=place
        )
    if language and app.build.language != language:
        problem = f"says that {name} is {app.build.language}, not {language}"
        raise refused("descriptor-differs", problem, hint=hint, place=place)


def require_apart(name: str, where: Path) -> None:
    """Raise `Refused` in the folder `where` of an application of that name, or below it.

    Whoever has just gone into it makes another one in the first one's sources.
    """
    above = next((each for each in (where, *where.parents) if (each / FILE).is_file()), None)
    if above is None:
        return
    try:
        app = read_app(files.read_bytes(above / FILE), str(above / FILE))
    except PipelinekitError:
        # Another tool's, or none of our business: nobody writes to it.
        return
    if app.name == name:
        path = relpath(above, where)
        hint = f"nothing was written; `pipelinekit generate --path {path}` brings its files up to date"
        raise refused("application-there", f"{above} is the application {name} already", hint=hint)


def without_trace(folder: Path, language: Language, texts: Texts, seen: Detected | None) -> Iterator[str]:
    """A sentence where nothing in the folder speaks of the language that was named."""
    from pipelinekit.plan.detect import LOOKS

    if any((found := look(texts)) and found.language == language for look in LOOKS):
        return
    shown = f"; {seen.evidence[0]} looks like {seen.language}" if seen and seen.evidence else ""
    yield f"nothing in {folder} is {language}{shown}: is --language right?"


def beside_a_chart(chart: OwnChart) -> str:
    """What somebody with a chart of their own should know."""
    return f"{chart.path}: of run in {FILE} nothing reaches a chart that is yours: its own values count"
