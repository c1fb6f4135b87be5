"""Helm's lint and template, and what they make of a chart."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Object = dict[str, Any]

WORKLOADS = frozenset({"Deployment", "CronJob", "Job", "Pod"})


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Helm:
    """The program at `path`, with `home` as the only place where it keeps anything."""

    path: str
    home: Path

    def run(self, *arguments: str, values: Mapping[str, Any] | None = None) -> Said:
        """Run Helm, with values over the chart's own."""
        given = ["--values", "-"] if values is not None else []
        done = subprocess.run(
            [self.path, *arguments, *given],
            input=json.dumps(values) if values is not None else "",
            env={"HELM_CONFIG_HOME": str(self.home), "HELM_CACHE_HOME": str(self.home), "PATH": ""},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    def objects(
        self,
        chart: Path,
        values: Mapping[str, Any],
        *,
        release: str = "",
        files: Sequence[Path] = (),
        upgrade: bool = False,
    ) -> list[Object]:
        """What a release of the chart consists of, hooks and tests included: the first one, or an upgrade."""
        later = ["--is-upgrade"] if upgrade else []
        over = [word for file in files for word in ("--values", str(file))]
        said = self.run(
            "template",
            release or chart.name,
            str(chart),
            "--namespace",
            "somewhere",
            *later,
            *over,
            values=values,
        )
        assert said.code == 0, said.err
        loaded = yaml.load_all(said.out, Loader=yaml.CSafeLoader)
        return [each for each in loaded if each is not None]


def pod_of(workload: Object) -> Object:
    """The specification of a workload's pods."""
    return dict(template_of(workload)["spec"])


def template_of(workload: Object) -> Object:
    """A workload's pod template; of a pod the pod itself."""
    kind, found = workload["kind"], workload
    if kind == "CronJob":
        found = found["spec"]["jobTemplate"]
    return dict(found if kind == "Pod" else found["spec"]["template"])


def containers_of(workload: Object) -> list[Object]:
    """All containers of a workload's pods."""
    pod = pod_of(workload)
    return [*pod.get("initContainers", []), *pod["containers"]]


def workloads(objects: Sequence[Object]) -> list[Object]:
    """Those of the objects that run something."""
    return [each for each in objects if each["kind"] in WORKLOADS]


def name_of(each: Object) -> str:
    """Kind and name."""
    return f"{each['kind']}/{each['metadata']['name']}"


def check_refused(helm: Helm, chart: Path, wrong: Mapping[str, Any]) -> None:
    """The chart's schema takes no such values over those for one node."""
    file = chart / "ci" / "single-node-values.yaml"
    said = helm.run("template", "x", str(chart), "--values", str(file), values=wrong)
    assert said.code != 0
    assert "values don't meet the specifications" in said.err
