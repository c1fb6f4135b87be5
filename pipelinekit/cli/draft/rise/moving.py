"""What changes while an image is made, beside its sources: a checkout of another branch brings all of it.

The image is of the folder as it is at the end (`image_of`), so that an `up` whose documents or chart are of
before would run what no branch has.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipelinekit.adapters.folder import chartcopy
from pipelinekit.errors import PipelinekitError, failed
from pipelinekit.model.draft import Settings, Tasks

if TYPE_CHECKING:
    from pipelinekit.cli.draft.here import Draft
    from pipelinekit.model.release import Target
    from pipelinekit.steps.innerloop.release import Chart

Documents = tuple[Settings, Tasks, bytes]


def documents(here: Draft) -> Documents:
    """What draft.toml, the tasks and app.yaml say to an `up`, once what runs before it has changed them."""
    now = _now(here) if here.tasks.pre_up else here
    return now.settings, now.tasks, now.descriptor if now.described else b""


def moved(here: Draft, known: Documents, chart: Chart) -> bool:
    """Whether these documents, or the chart, are otherwise now; what cannot be read at the moment is."""
    now = _now(here)
    with suppress(PipelinekitError):
        if known == (now.settings, now.tasks, now.descriptor if now.described else b""):
            found = chartcopy.find(here.root, here.settings.chart)
            return chartcopy.digest_of(found, here.root) != chart.digest
    return True


def anew(here: Draft, target: Target, say: Callable[[str], None], left: int) -> Draft:
    """The application as it is now, `left` being how often it may be begun with yet.

    Raises `ToolFailed` for one that does not come to rest, and for one that would go to another place now:
    at that nobody has looked.
    """
    now = _now(here)
    what = "app.yaml, draft.toml, tasks or chart have changed while the image was made"
    if not left or (now.target.name, now.target.namespace) != (target.name, target.namespace):
        raise failed("documents-moving", what, hint="run it again")
    say(f"{what}: begun again")
    return now


def looked_at(here: Draft) -> Draft:
    """The same folder with everything in it to be read anew: what its path leads to from where this was
    begun may be another one by now."""
    options = here.options
    with suppress(OSError):
        if Path(options.path).resolve() == here.root:
            return type(here)(options, here.words)
    return type(here)(replace(options, path=str(here.root)), here.words)


def _now(here: Draft) -> Draft:
    now = looked_at(here)
    now.beside(here)
    now.together = here.together
    return now
