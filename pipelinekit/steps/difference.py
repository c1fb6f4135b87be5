"""The difference between two published versions, as an environment would get them."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pipelinekit.errors import refused
from pipelinekit.model.release import ReleasePlan, Target
from pipelinekit.ports import ChartRepository, Charts
from pipelinekit.steps.release import values_layers

_KIND = re.compile(r"^kind:\s*(\S+)", re.MULTILINE)
_STAMP = re.compile(
    r"^\s+(app\.kubernetes\.io/version|helm\.sh/chart|pipelinekit\.dev/[a-z]+): .*\n", re.MULTILINE
)
"""Lines that say which version it is: of two versions they differ in every object."""
_NAME = re.compile(r"^metadata:\n(?:[ ].*\n)*?[ ]{2}name:\s*(\S+)", re.MULTILINE)


def difference(
    plan: ReleasePlan,
    versions: tuple[str, str],
    target: Target,
    folder: Path,
    charts: Charts,
    registry: ChartRepository,
) -> str:
    """A unified diff of what both versions install in the target, object by object; empty when alike.

    Labels and annotations that say which version it is are left out. `folder` takes the archives. Raises
    `Refused` for a version that is not published.
    """
    older, newer = (_objects(plan, version, target, folder, charts, registry) for version in versions)
    return between(older, newer, versions)


def between(older: Mapping[str, str], newer: Mapping[str, str], titles: tuple[str, str]) -> str:
    """A unified diff of two manifests, object by object; empty when alike."""
    lines: list[str] = []
    for name in sorted(older.keys() | newer.keys()):
        lines += difflib.unified_diff(
            older.get(name, "").splitlines(keepends=True),
            newer.get(name, "").splitlines(keepends=True),
            f"{titles[0]} {name}" if name in older else "/dev/null",
            f"{titles[1]} {name}" if name in newer else "/dev/null",
        )
    return "".join(lines)


def _objects(
    plan: ReleasePlan,
    version: str,
    target: Target,
    folder: Path,
    charts: Charts,
    registry: ChartRepository,
) -> Mapping[str, str]:
    ref = replace(plan.chart, tag=version)
    digest = registry.digest_of(ref)
    if digest is None:
        raise refused(
            "chart-gone",
            f"{ref} is not published",
            hint="`pipelinekit status` shows which versions run, `pipelinekit version` this revision's",
        )
    archive = folder / f"{plan.app.name}-{version}.tgz"
    registry.fetch_chart(ref, archive)
    return objects_of(charts.render(archive, target, values_layers(plan, digest, target, archive, charts)))


def objects_of(manifest: str) -> dict[str, str]:
    """Each object's text by `Kind/name`, without what only says which version it is."""
    found: dict[str, str] = {}
    for text in re.split(r"^---\s*\n", manifest, flags=re.MULTILINE):
        kind, name = _KIND.search(text), _NAME.search(text)
        if kind and name:
            key = f"{kind[1]}/{json.loads(name[1]) if name[1].startswith(chr(34)) else name[1]}"
            found[key] = f"{found.get(key, '')}{_STAMP.sub('', text).strip()}\n"
    return found
