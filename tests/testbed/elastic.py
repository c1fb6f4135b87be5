"""Elastic's charts, from the sources of its operator: no chart repository is asked."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from tests.testbed import toolchain
from tests.testbed.command import run
from tests.testbed.progress import Progress

if TYPE_CHECKING:
    from tests.testbed.layout import Layout

MODULE = "github.com/elastic/cloud-on-k8s/v3@v3.5.0"
CHARTS = ("eck-operator", "eck-stack/charts/eck-elasticsearch", "eck-stack/charts/eck-kibana")
_TIME = 600.0  # seconds


def charts(layout: Layout) -> tuple[Path, ...]:
    """The folders of the charts; the module is fetched once, and of it they are kept. Raises ToolFailedError."""
    target = layout.binaries / f"elastic-{MODULE.rpartition('@')[2]}"
    if not target.is_dir():
        _fetch(layout, target)
    return tuple(target / Path(each).name for each in CHARTS)


def _fetch(layout: Layout, target: Path) -> None:
    progress = Progress()
    go = toolchain.ensure(layout, progress)
    scratch = layout.scratch / "elastic"
    scratch.mkdir(parents=True, exist_ok=True)
    variables = {**go.environment(layout), "GOFLAGS": "-mod=mod -modcacherw"}
    with progress.step(f"fetching {MODULE}"):
        said = run(["go", "mod", "download", "-json", MODULE], env=variables, cwd=scratch, timeout=_TIME)
    partial = target.with_name(f"{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    for each in CHARTS:
        shutil.copytree(Path(json.loads(said)["Dir"], "deploy", each), partial / Path(each).name)
    partial.rename(target)
