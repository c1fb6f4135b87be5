"""`draft up --debug`: the programs of the copy begin with a debugger in front of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pipelinekit.cli.draft.rise import trial
from pipelinekit.errors import ToolFailed, refused
from pipelinekit.plan.draft import debug
from pipelinekit.plan.inputs import image_reference
from pipelinekit.reading.chart.values import overlay, read_values
from pipelinekit.reading.docker.beginning import begins
from pipelinekit.reading.docker.dockerfile import SCRATCH
from pipelinekit.reading.draft.sets import read_sets
from pipelinekit.steps.artefacts.recipe import resolve

if TYPE_CHECKING:
    from pipelinekit.cli.draft.here import Draft
    from pipelinekit.model.draft import Built
    from pipelinekit.model.release import ImageRef
    from pipelinekit.steps.innerloop.image import Workshop
    from pipelinekit.steps.innerloop.release import Chart


def require_able(here: Draft, chart: Chart, shop: Workshop) -> None:
    """Raise `Refused` where it is known before the build that no program can have a debugger."""
    _require_place(chart, described=here.described)
    words = _begins(here, shop)
    if words is not None:
        debug.debuggers(_own(here, chart), words, here.app.build.language)


def _begins(here: Draft, shop: Workshop) -> tuple[str, ...] | None:
    """The words that the image will begin with; None where what it is made on cannot be asked."""
    recipe = resolve(here.plan, "", shop.sources, shop.engine, shop.registry, shop.secrets, lambda _: None)
    base: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    if recipe.base not in {"", SCRATCH}:
        if recipe.base not in recipe.pinned:
            return None
        try:
            base = here.images.words_of(image_reference(recipe.pinned[recipe.base]))
        except ToolFailed:
            return None
    return begins(shop.sources.dockerfile(), base, recipe.inputs.args, here.plan.app.build.target)


def _own(here: Draft, chart: Chart) -> dict[str, Any]:
    own = overlay(dict(chart.values), read_values(chart.environment, "values"))
    return overlay(own, read_sets(here.settings.set, "draft.toml", "set"))


def kept(here: Draft, chart: Chart, installed: Mapping[str, Any]) -> dict[str, Any]:
    """What an `up` with debuggers has laid over the chart's values, as it would now."""
    return debug.kept(_own(here, chart), installed)


def developed(here: Draft, say: Callable[[str], None]) -> Callable[[Chart, Built], Mapping[str, Any]]:
    """What is laid over the chart's values, so that its programs have their debuggers.

    Raises `Refused` where no program of the image that was built can have one, and where it lacks it.
    """

    def given(chart: Chart, built: Built) -> Mapping[str, Any]:
        image, _, words = trial.begins(here, built)
        own = _own(here, chart)
        found = debug.debuggers(own, words, here.app.build.language)
        _require_there(here, image, found)
        for name, one in found.items():
            say(
                f"debugger of {name} ({one.kind}): `draft connect` brings it to 127.0.0.1:{one.port}, "
                "until the next `draft up` without --debug"
            )
        return debug.debugged(found, own)

    return given


def _require_place(chart: Chart, *, described: bool) -> None:
    known: Any = None
    # A schema of somebody's own may be anything.
    with suppress(OSError, ValueError, LookupError, TypeError, RecursionError):
        schema = json.loads((chart.folder / "values.schema.json").read_text())
        known = schema["properties"]["develop"]["properties"]["debug"]
    if not known:
        hint = (
            "`pipelinekit generate` brings one"
            if described
            else "a chart that is made of an app.yaml has one"
        )
        raise refused("debug-unplaced", "the chart has no place for a debugger", hint=hint)


def _require_there(here: Draft, image: ImageRef, found: Mapping[str, debug.Debugger]) -> None:
    """Raise `Refused` where the image cannot begin a debugger: asked for here, and not by pods that fail."""
    for words, (name, one) in {one.trial: (name, one) for name, one in found.items() if one.trial}.items():
        if not trial.ends_well(here, image, words):
            raise refused(
                "debug-lacking",
                f"the image has no debugger for {name}: `{' '.join(words)}` fails in it",
                hint=debug.lacking(one.kind, name),
            )
