"""Many charts linted and packed by few processes: Helm takes longer to begin than for one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from pipelinekit.adapters.cluster.charts import linting
from pipelinekit.adapters.cluster.charts.linting import Linter
from pipelinekit.adapters.cluster.charts.packing import Packer
from pipelinekit.adapters.disk import momentary
from pipelinekit.errors import PipelinekitError
from pipelinekit.ports.releases import ChartFolder

AT_ONCE = 2
"""Of each of Helm's two verbs; one process works on all cores by turns only."""
MOST = 40
"""Charts of one process: few enough that one bad chart among them costs little."""


def prepare(charts: Sequence[ChartFolder], linter: Linter, packer: Packer) -> None:
    """Have these linted and packed as far as they are right; of the others nothing is remembered."""
    with momentary.folder() as scratch:
        found = [
            pair for number, each in enumerate(charts) for pair in _copied(each, Path(scratch, str(number)))
        ]
        batches = [found[at : at + MOST] for at in range(0, len(found), MOST)]
        with ThreadPoolExecutor(2 * AT_ONCE) as pool:
            linted = [pool.submit(linter.lint_together, each) for each in batches]
            packed = [pool.submit(packer.pack_together, [chart for chart, _ in each]) for each in batches]
            for each in (*linted, *packed):
                # Too slow for many together, it may do for each by itself; `package` says what stays wrong.
                with suppress(PipelinekitError):
                    each.result()


def _copied(of: ChartFolder, to: Path) -> Iterator[tuple[Path, str]]:
    """A copy of a chart with its libraries, and its trial; none where `package` will say why."""
    try:
        chart = linting.copied(of.folder, {}, to / "chart", of.root)
        linting.bring(of.libraries, chart)
    except PipelinekitError:
        return
    yield chart, of.trial
