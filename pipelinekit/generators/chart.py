"""The application's chart: the same templates for every application; what differs is in its values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pipelinekit.model.app import App, Process, Reach, Volume
from pipelinekit.model.platform.network import PRIVATE, SERVICE_PORTS
from pipelinekit.model.platform.site import Site
from pipelinekit.model.tree import FilePlan

Values = dict[str, Any]

VERBATIM = (
    ".helmignore",
    "values.schema.json",
    "templates/_helpers.tpl",
    "templates/NOTES.txt",
    "templates/authorizationpolicy.yaml",
    "templates/autoscaler.yaml",
    "templates/before.yaml",
    "templates/cronjob.yaml",
    "templates/deployment.yaml",
    "templates/disruptionbudget.yaml",
    "templates/ingress.yaml",
    "templates/networkpolicy.yaml",
    "templates/service.yaml",
    "templates/serviceaccount.yaml",
    "templates/statefulset.yaml",
    "templates/vault.yaml",
    "templates/tests/http.yaml",
)


def plan(app: App, site: Site) -> Iterable[FilePlan]:
    """`charts/<name>/`: metadata, values, one values file for each environment that differs, templates.

    Nothing for an application that has a chart of its own.
    """
    if app.chart:
        return
    folder = app.chart_folder
    yield FilePlan(
        path=f"{folder}/Chart.yaml",
        template="chart/Chart.yaml.j2",
        inputs={"name": app.name, "team": app.team},
    )
    yield FilePlan(
        path=f"{folder}/README.md",
        template="chart/README.md.j2",
        inputs={"name": app.name, "team": app.team},
    )
    processes = {name: values_of(each) for name, each in app.processes.items()}
    yield FilePlan(
        path=f"{folder}/values.yaml",
        template="chart/values.yaml.j2",
        inputs={
            "name": app.name,
            "team": app.team,
            "user": app.build.user,
            "processes": processes,
            "before": {name: list(command) for name, command in app.before.items()},
            "calls": list(app.calls),
            "accepts": list(app.accepts),
            "reaches": reaches_of(app.reaches),
            "services": sorted({each.type for each in app.services}),
            "service_ports": {name: list(ports) for name, ports in SERVICE_PORTS.items()},
            "inside": list(PRIVATE),
            "mesh": site.mesh,
        },
    )
    for environment, overridden in app.environments.items():
        there = {name: values_of(each) for name, each in overridden.items()}
        differing = difference(processes, there)
        values: Values = {"processes": differing} if differing else {}
        if environment in app.elsewhere:
            values["reaches"] = reaches_of(app.elsewhere[environment])
        yield FilePlan(
            path=f"{folder}/values-{environment}.yaml",
            template="chart/values-environment.yaml.j2",
            inputs={"values": values},
        )
    for name in VERBATIM:
        yield FilePlan(path=f"{folder}/{name}", template=f"chart/{name}")


def reaches_of(reaches: Iterable[Reach]) -> list[Values]:
    """Ways out of the cluster as the chart's values have them."""
    return [{"to": each.to, "port": each.port} for each in reaches]


def values_of(process: Process) -> Values:
    """A process as the chart's values have it: only what is set, so that the file stays short."""
    secrets = {
        variable: {"name": each.path, "key": each.key}
        for variable, each in process.secrets.items()
        if each.kind == "secret"
    }
    vault = {
        variable: {"path": each.path, "key": each.key}
        for variable, each in process.secrets.items()
        if each.kind == "vault"
    }
    autoscale = process.autoscale and {"max": process.autoscale.max, "cpu": process.autoscale.cpu}
    values: Values = {
        "command": list(process.command),
        "schedule": process.schedule,
        "port": process.port,
        "ports": dict(process.ports),
        "health": process.health,
        "metrics": process.metrics,
        "replicas": None if process.schedule else process.replicas,
        "resources": {"cpu": process.resources.cpu, "memory": process.resources.memory},
        "env": dict(process.env),
        "secrets": secrets,
        "vault": vault,
        "host": process.host,
        "autoscale": autoscale,
        "volumes": {name: _volume(each) for name, each in process.volumes.items()},
    }
    return {key: value for key, value in values.items() if value not in (None, "", [], {})}


def _volume(volume: Volume) -> Values:
    sizes = {"memory": volume.memory, "disk": volume.disk, "persistent": volume.persistent}
    given = {"path": volume.path, **sizes, "class": volume.storage_class}
    return {key: value for key, value in given.items() if value}


def difference(below: Mapping[str, Any], above: Mapping[str, Any]) -> Values:
    """What must be laid over `below` to give `above`; a key that only `below` has becomes null."""
    changed: Values = {key: None for key in below if key not in above}
    for key, value in above.items():
        under = below.get(key)
        if isinstance(value, dict) and isinstance(under, dict):
            inner = difference(under, value)
            if inner:
                changed[key] = inner
        elif value != under or key not in below:
            changed[key] = value
    return changed
