"""What app.yaml says, and the files that are made from it do not say yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pipelinekit import __version__
from pipelinekit.errors import PipelinekitError
from pipelinekit.reading.app import FILE, read_app

if TYPE_CHECKING:
    from pipelinekit.cli.draft.here import Draft


SHOWN = 3
"""How many paths are named; the others are counted."""


@contextmanager
def telling(here: Draft, say: Callable[[str], None]) -> Iterator[None]:
    """Look while the block waits for other programs, and say it when the block ends, however it does."""
    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(told, here)
        try:
            yield
        finally:
            if line := found.result():
                say(line)


def told(here: Draft) -> str:
    """Which of the files that a copy is made of would be generated otherwise; empty where none would.

    What the platform or another pipelinekit would change is passed over: nobody has just written that.
    """
    paths: list[str] = []
    # A file that no copy is made of may be anything: `generate` says what is wrong with it.
    with suppress(PipelinekitError):
        paths = _behind(here) if here.described else []
    if not paths:
        return ""
    more = f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else ""
    lacks = f"{', '.join(paths[:SHOWN])}{more} {'has' if len(paths) == 1 else 'have'} not yet"
    return f"{FILE} says what {lacks}, and so not this copy: `pipelinekit generate`"


def _behind(here: Draft) -> list[str]:
    from pipelinekit.adapters.folder import packaged
    from pipelinekit.reading.lock import read_lock
    from pipelinekit.steps import generate

    text = here.workspace.read_lock()
    lock = read_lock(text, "lock.yaml") if text else None
    if not text or lock is None or lock.tool != __version__:
        return []
    inputs = generate.inputs_digest(
        here.descriptor, here.app.title, lock.site, __version__, packaged.templates_digest()
    )
    if generate.is_current(text, inputs):
        return []
    from pipelinekit.adapters.source.worktree import MergeFile
    from pipelinekit.merge import Decisions

    memory = generate.remember(here.workspace)
    if memory.notices:
        return []
    # As the pipeline reads it: draft.toml's words are for the copy alone.
    app = read_app(here.descriptor, str(Path(here.options.path, FILE)))
    found = generate.plan_generation(
        app,
        lock.site,
        __version__,
        packaged.templates(),
        here.workspace,
        memory,
        Decisions(),
        MergeFile(),
        inputs=inputs,
        whole=False,
    )
    # Of the others no copy is made.
    ours = (here.settings.dockerfile or "Dockerfile", ".dockerignore", f"{app.chart_folder}/")
    return [each.path for each in (*found.writes, *found.unsettled) if each.path.startswith(ours)]
