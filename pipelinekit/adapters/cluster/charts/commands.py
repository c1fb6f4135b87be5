"""Helm's command lines for one release; `files` are the words that give it its values."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipelinekit.adapters.cluster.charts import holders, undo
from pipelinekit.adapters.disk.files import write_atomic
from pipelinekit.model.release import Target

LOOKING = "--wait=legacy"
"""Over `--wait`, for Helm 4: it looks again and again, as Helm 3 does, which waits for no Job."""


def templating(target: Target, archive: Path, files: Sequence[str]) -> list[str]:
    """Render it, and ask no cluster."""
    return ["helm", "template", target.name, str(archive), "--namespace", target.namespace, *files]


def installing(timeout: int) -> list[str]:
    """What an upgrade is told that shall last, and be waited for; `timeout` is in seconds."""
    return [
        *("--wait", "--timeout", f"{timeout}s", "--history-max", "10", "--labels"),
        holders.labels(timeout),
    ]


def upgrading(target: Target, archive: Path, files: Sequence[str], options: Sequence[str]) -> list[str]:
    """Install or upgrade it, and say in JSON what is there then."""
    words = ["helm", "upgrade", "--install", target.name, str(archive), *files, *options]
    return [*words, "--output", "json", *undo.scope(target)]


def written(values: Sequence[str], folder: Path) -> list[Path]:
    """Files of these values texts, in their order, that nobody else can read."""
    files = [folder / f"values-{number}.yaml" for number in range(len(values))]
    for file, text in zip(files, values, strict=True):
        write_atomic(file, text, mode=0o600)
    return files
