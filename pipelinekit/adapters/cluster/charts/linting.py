"""Helm's linter over a chart: with its own values, and with those of a deployment to each environment."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pipelinekit.adapters.cluster.charts import passed, schemas
from pipelinekit.adapters.disk.files import write_atomic
from pipelinekit.adapters.running import process
from pipelinekit.adapters.source.clone import tracked
from pipelinekit.errors import DocumentInvalid, failed
from pipelinekit.reading.chart.values import overlay, read_values

AT_ONCE = 4
"""How many of Helm's processes work on one chart."""
_NO_VALUES = ("", "{}")
LONGEST = 600
"""Characters of one complaint of Helm's."""
_DIGEST = re.compile(rb"sha256:[0-9a-f]{64}")
_RELEASE = re.compile(
    rb'^((?:version|appVersion|  pipelinekit\.dev/(?:revision|created)): )"[0-9A-Za-z.:+-]+"$', re.MULTILINE
)
"""As `package` writes them: of a form that is right whatever they are."""
_NAMES = rb"\.Chart\.(?:Version|AppVersion|Annotations)\b"
_DECIDES = re.compile(
    rb"\{\{-?\s*(?:(?:else\s+)?(?:if|with)\s+[^}\s]+\s|\$\w+\s*:?=)[^}]*"
    + _NAMES
    + rb"|\b(?:semver\w*|ternary)\b[^}]*"
    + _NAMES
    + rb"|"
    + _NAMES
    + rb"[^}]*\b(?:semver\w*|ternary)\b"
)
"""A template that compares what names a release may be right for one and wrong for the next."""


class Linter:
    """Knows what it has passed: a chart that differs from that by what `package` says of a release alone
    (version, revision, digests) is not linted again, by this process or by another one of this user."""

    def __init__(self) -> None:
        self.passed: set[bytes] = set()
        self._schemas = schemas.Schemas()

    def lint(self, chart: Path, trial: str) -> None:
        """Lint with the chart's own values and those of each environment; raises the first complaint.

        Raises `DocumentInvalid` for a schema that leads to a server, which is not asked.
        """
        self._schemas.require_local(chart)
        known = _but_for_release(chart, trial)
        if self._has(known):
            return
        given = chart.parent / "values-deployment.yaml"
        write_atomic(given, trial)
        # A deployment that gives no values has been linted with the chart's own.
        deployment = [] if trial in _NO_VALUES else [given]
        environments = ([each, *deployment] for each in sorted(chart.glob("values-*.yaml")))
        layers = [[], *([deployment] if deployment else []), *environments]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda each: self._lint(chart, each), layers))
        self._keep([known])

    def lint_together(self, charts: Sequence[tuple[Path, str]]) -> None:
        """Lint many charts, each with its `trial`, in one process; what it does not pass `lint` tells.

        A chart with values of its own for environments is left to `lint`, and so is one whose values cannot
        be laid over each other here.
        """
        asked, folders = [], []
        for chart, trial in charts:
            try:
                self._schemas.require_local(chart)
            except DocumentInvalid:
                continue
            known = _but_for_release(chart, trial)
            if not self._has(known) and (ways := _as_folders(chart, trial)):
                asked.append(known)
                folders += ways
        words = ["helm", "lint", "--strict", *map(str, folders)]
        if folders and process.run(words, timeout=120).code == 0:
            self._keep(asked)

    def _has(self, known: bytes) -> bool:
        return known in self.passed or passed.has(known)

    def _keep(self, known: Sequence[bytes]) -> None:
        self.passed.update(known)
        passed.keep(known)

    def _lint(self, chart: Path, values: Sequence[Path]) -> None:
        done = process.run(["helm", "lint", "--strict", str(chart), *values_of(values)], timeout=120)
        if done.code:
            said = complaints(done.out)
            with_what = f" with {values[0].name}" if values else ""
            reason = (said or [done.reason()])[0]
            raise failed("chart-invalid", f"helm lint{with_what}: {reason}", hint="\n".join(said[1:]))


def _as_folders(chart: Path, trial: str) -> list[Path]:
    """A chart, and a copy that has a deployment's values in its own: one run lays the same over all."""
    if any(chart.glob("values-*.yaml")):
        return []
    if trial in _NO_VALUES:
        return [chart]
    own = chart / "values.yaml"
    try:
        given = read_values(trial, own.name)
        text = json.dumps(overlay(read_values(own.read_text() if own.is_file() else "", own.name), given))
    except (DocumentInvalid, UnicodeDecodeError, TypeError):
        return []
    if _removes(given):
        return []
    deployed = chart.parent / "deployed"
    try:
        shutil.copytree(chart, deployed, copy_function=os.link)
    except OSError:  # not every file system has second names
        return []
    write_atomic(deployed / own.name, text)
    return [chart, deployed]


def _removes(values: object) -> bool:
    """Whether values take defaults away: a null does, which in a chart's own values is a value."""
    if isinstance(values, dict):
        return any(map(_removes, values.values()))
    return values is None


def complaints(said: str) -> list[str]:
    """What `helm lint` complains of, each in one line: the first line of several is often only a place."""
    found: list[str] = []
    goes_on = False
    for line in (each.strip() for each in said.splitlines()):
        if line.startswith(("[ERROR]", "[WARNING]", "- ")):
            found.append(line)
            goes_on = not line.startswith("- ")
        elif not line or line.startswith(("[", "==>")):
            goes_on = False
        elif goes_on:
            found[-1] = f"{found[-1]} {line}"[:LONGEST]
    return found


def values_of(files: Sequence[Path]) -> list[str]:
    """The words that give Helm these files of values."""
    return [word for each in files for word in ("--values", str(each))]


def copied(folder: Path, replaced: Mapping[str, str], to: Path, root: Path) -> Path:
    """A copy of a chart of the application in `root`, with other texts in it."""
    tracked.copy(folder, to, root)
    for relative, text in replaced.items():
        write_atomic(to / relative, text)
    return to


def bring(libraries: Sequence[Path], chart: Path) -> None:
    """Put library charts into a copy of a chart, in place of what `helm dependency build` has left there."""
    there = chart / "charts"
    for each in libraries:
        archives = re.compile(rf"{re.escape(each.name)}-v?\d+(\.\d+){{0,2}}([-+].*)?\.tgz")
        for left in tuple(there.iterdir()) if there.is_dir() else ():
            if left.name == each.name or archives.fullmatch(left.name):
                shutil.rmtree(left) if left.is_dir() else left.unlink()
        tracked.copy(each, there / each.name, each.parent)


def _but_for_release(chart: Path, trial: str) -> bytes:
    """What the linter sees, without a release's names where it only knows what they look like."""
    seen = hashlib.sha256()
    files = {
        each.relative_to(chart).as_posix(): _DIGEST.sub(b"", each.read_bytes())
        for each in chart.rglob("*")
        if each.is_file()
    }
    # What has no Chart.yaml is no chart, which Helm says.
    if "Chart.yaml" in files and not any(_DECIDES.search(content) for content in files.values()):
        files["Chart.yaml"] = _RELEASE.sub(rb"\1", files["Chart.yaml"])
    for name, content in sorted(files.items()):
        for part in (os.fsencode(name), content):
            seen.update(len(part).to_bytes(8, "big") + part)
    seen.update(_DIGEST.sub(b"", trial.encode()))
    return seen.digest()
