"""Secrets that pods refer to: a program reads them when it begins, so that a changed one needs other pods."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

from pipelinekit.model.app import App
from pipelinekit.model.release import ReleaseState, Target
from pipelinekit.ports import Say
from pipelinekit.ports.releases import SecretVersions
from pipelinekit.reading.chart.values import read_values
from pipelinekit.steps.deploying.deployment import Prepared

MARKS = "secretVersions"


def secrets_of(app: App, environment: str) -> list[str]:
    """The Kubernetes Secrets that an application's processes refer to in an environment, by name."""
    processes = app.processes_in(environment).values()
    found = {each.path for process in processes for each in process.secrets.values() if each.kind == "secret"}
    return sorted(found)


def with_versions(
    layers: tuple[str, str], app: App, target: Target, cluster: SecretVersions, say: Say
) -> tuple[str, str]:
    """The values `layers`, with a mark in the upper one for each Secret, which tells a change and no more.

    Where that may not be asked it is said; a chart that takes no marks (not one of ours) is left alone.
    """
    environment, upper = layers
    given, names = read_values(upper, "values"), secrets_of(app, target.environment.name)
    if not names or "digest" not in given:
        return layers
    versions = cluster.secret_versions(target, names)
    if versions is None:
        say(f"pods keep what they read of {', '.join(names)}: whether that has changed may not be asked here")
        return layers
    marks = {name: hashlib.sha256(version.encode()).hexdigest()[:16] for name, version in versions.items()}
    return environment, json.dumps({**given, MARKS: marks}, indent=2)


def without_read(prepared: Prepared, state: ReleaseState | None, cluster: SecretVersions) -> Prepared:
    """What was prepared, without marks of Secrets that came after the installed release was begun.

    Its pods have waited for them, and read them when they began: a mark would do no more than replace the
    pods. Only where nothing else is new is that worth a question.
    """
    marks = prepared.values.get(MARKS)
    installed = state.values.get(MARKS) if state else None
    if state is None or not isinstance(marks, dict) or not isinstance(installed, dict):
        return prepared
    late = sorted(marks.keys() - installed.keys())
    values = {**prepared.values, MARKS: installed}
    if not late or values != state.values or marks != {**installed, **{name: marks[name] for name in late}}:
        return prepared
    if not cluster.have_read(prepared.target, late):
        return prepared
    environment, upper = prepared.layers
    given = {**read_values(upper, "values"), MARKS: installed}
    return replace(prepared, layers=(environment, json.dumps(given, indent=2)), values=values)
