"""`app.yaml` to an `App`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelinekit import names
from pipelinekit.errors import DocumentInvalid
from pipelinekit.model.app import (
    METRICS,
    WEB,
    App,
    Around,
    Autoscale,
    Build,
    OwnChart,
    Process,
    Resources,
    SecretRef,
    Service,
)
from pipelinekit.reading import flows, volumes
from pipelinekit.reading.chart.values import overlay
from pipelinekit.reading.document import faults
from pipelinekit.reading.document.faults import mapping
from pipelinekit.reading.document.source import Path, Source, parse
from pipelinekit.reading.schema.cron import backwards

Data = Mapping[str, Any]

FILE = "app.yaml"
BESIDE = "beside 'processes', in the environment itself"


def read_app(content: bytes | str, origin: str = FILE) -> App:
    """The application that `content` describes.

    Raises `DocumentInvalid` with every fault of the document, in the order in which they stand there.
    """
    return read_app_with_places(content, origin)[0]


def read_app_with_places(content: bytes | str, origin: str = FILE) -> tuple[App, Source]:
    """`read_app`, and where each part of the document stood."""
    source = parse(content, origin)
    if source.data is not None:
        faults.check(source, "Application")
        _check_sense(source)
    if source.faults:
        raise DocumentInvalid(*sorted(source.faults, key=faults.position))
    return _app(source.data), source


# --- what the schema cannot say -------------------------------------------------------------------


def _check_sense(source: Source) -> None:
    data: Data = source.data if isinstance(source.data, Mapping) else {}
    bodies = {name: mapping(data["processes"], name) for name in mapping(data, "processes")}
    paths: dict[str, Path] = {name: ("processes", name) for name in bodies}
    if "run" in data:
        if WEB in bodies:
            source.fault(paths[WEB], "process-twice", "'run' is already processes.web", "keep one of them")
        bodies[WEB], paths[WEB] = mapping(data, "run"), ("run",)
    for name, path in paths.items():
        _check_process(source, bodies[name], path, bodies[name])
    for name in mapping(data, "environments"):
        overrides = mapping(data["environments"], name)
        _check_overrides(source, overrides, ("environments", name), bodies)
        flows.check_reaches(source, overrides, ("environments", name))
    flows.check_partners(source, bodies, paths)
    flows.check_reaches(source, data)
    _check_secrets(source)
    _check_chart(source)


def _check_overrides(source: Source, overrides: Data, path: Path, bodies: Mapping[str, Data]) -> None:
    changed = {(*path, "processes", name): name for name in mapping(overrides, "processes")}
    for below, name in changed.items():
        written = mapping(overrides["processes"], name)
        if name == WEB:
            source.fault(below, "unknown-process", "web is overridden in another place", f"write it {BESIDE}")
        elif name not in bodies:
            hint = names.nearest(name, (each for each in bodies if each != WEB)) or (
                f"processes: {{{name}: {{command: […]}}}} at the left margin makes one"
            )
            source.fault(below, "unknown-process", f"there is no process '{name}' to override", hint)
        else:
            _check_process(source, overlay(dict(bodies[name]), dict(written)), below, written)
    web = _of(overrides, WEB)
    if WEB in bodies or not bodies:
        _check_process(source, overlay(dict(bodies.get(WEB, {})), dict(web)), path, web)
        return
    for key in web:
        hint = f"write it below processes: {', '.join(sorted(bodies))}"
        source.fault((*path, key), "unknown-process", "there is no process 'web' to override", hint)


def _check_process(source: Source, process: Data, path: Path, written: Data) -> None:
    """Check a process as it will be; `written` is what of it is in the document at `path`."""
    for key in ("health", "metrics", "expose"):
        served = key == METRICS and METRICS in mapping(process, "ports")
        if key in written and not served and not {"port", "schedule"} & process.keys():
            source.fault((*path, key), "port-missing", f"'{key}' needs a port", "add port:")
    flows.check_ports(source, process, path, written)
    if "schedule" in process:
        if "schedule" in written and (found := backwards(str(process["schedule"]))):
            hint = "write the smaller first, or both parts with a comma"
            source.fault((*path, "schedule"), "range-backwards", f"{found} ends before it begins", hint)
        for key in ("port", "ports", "replicas", "autoscale", "expose", "health", "metrics"):
            at = key if key in written else "schedule"
            if key in process and at in written:
                source.fault(
                    (*path, at), "schedule-excludes", f"a scheduled process has no '{key}'", f"remove {key}"
                )
    _check_autoscale(source, process, path, written)
    volumes.check_volumes(source, process, path, written)
    for variable in sorted(mapping(process, "env").keys() & mapping(process, "secrets").keys()):
        for key, other in (("secrets", "env"), ("env", "secrets")):
            if variable in mapping(written, key):
                source.fault(
                    (*path, key, variable), "variable-twice", f"is in '{other}' as well", "keep one of them"
                )
                break


def _check_autoscale(source: Source, process: Data, path: Path, written: Data) -> None:
    autoscale, replicas = process.get("autoscale"), process.get("replicas", 1)
    if isinstance(autoscale, dict) and isinstance(autoscale.get("max"), int) and isinstance(replicas, int):
        if replicas < 1:
            source.fault((*path, "replicas"), "replicas-zero", "autoscaling starts from at least 1 replica")
        elif autoscale["max"] < replicas:
            at = "autoscale" if "autoscale" in written else "replicas"
            source.fault(
                (*path, at),
                "autoscale-range",
                f"at most {autoscale['max']} is less than replicas {replicas}",
                "raise max, or lower replicas",
            )


# --- data to values -------------------------------------------------------------------------------


def _check_secrets(source: Source) -> None:
    """Two build secrets of one variable would be one secret."""
    secrets = mapping(source.data, "build").get("secrets")
    seen: dict[str, str] = {}
    for number, each in enumerate(secrets if isinstance(secrets, list) else ()):
        variable = names.secret_variable(str(each))
        other = seen.setdefault(variable, str(each))
        if other != each:
            problem = f"is in the same variable as '{other}': {variable}"
            source.fault(("build", "secrets", number), "secret-twice", problem, "rename one of them")


def _check_chart(source: Source) -> None:
    """The image needs a place among the values of an own chart, and one that is whole."""
    values = mapping(mapping(source.data, "chart"), "values")
    said = {name for name in values if name != "pullSecrets"}
    path: Path = ("chart", "values")
    if "image" in said and len(said) > 1:
        problem = "'image' takes the whole reference, and the others parts of it"
        source.fault(path, "chart-image", problem, "keep 'image' or the others")
    elif said and "image" not in said and not ("repository" in said and said & {"tag", "digest"}):
        hint = "write image: alone, or repository: with tag: or digest:"
        source.fault(path, "chart-image", "the image has no place for its name and digest", hint)
    seen: dict[str, str] = {}
    for name, place in values.items():
        if (other := seen.setdefault(str(place), name)) != name:
            source.fault(
                (*path, name), "chart-image", f"'{other}' goes to {place} already", "keep one of them"
            )


def _app(data: Data) -> App:
    processes = {name: _process(name, each) for name, each in data.get("processes", {}).items()}
    if "run" in data or not processes:
        processes = {WEB: _process(WEB, data.get("run", {})), **processes}
    merged = {name: data.get("processes", {}).get(name, {}) for name in processes} | (
        {WEB: data["run"]} if "run" in data else {}
    )
    return App(
        name=data["metadata"]["name"],
        team=data["metadata"]["team"],
        build=_build(data["build"]),
        processes=processes,
        before={name: tuple(command) for name, command in data.get("before", {}).items()},
        services=tuple(
            Service(
                type=each["type"], name=each.get("name", data["metadata"]["name"]), plan=each.get("plan", "")
            )
            for each in data.get("services", ())
        ),
        calls=tuple(data.get("calls", ())),
        accepts=tuple(data.get("accepts", ())),
        reaches=tuple(map(flows.reach_of, data.get("reaches", ()))),
        chart=OwnChart(path=data["chart"]["path"].strip("/"), values=data["chart"].get("values", {}))
        if "chart" in data
        else None,
        versions=data.get("versions", "commits"),
        environments={
            name: {each: _process(each, overlay(merged[each], _of(overrides, each))) for each in merged}
            for name, overrides in data.get("environments", {}).items()
        },
        elsewhere={
            name: tuple(map(flows.reach_of, overrides["reaches"]))
            for name, overrides in data.get("environments", {}).items()
            if "reaches" in overrides
        },
    )


def _of(overrides: Data, process: str) -> dict[str, Any]:
    if process == WEB:
        return {key: value for key, value in overrides.items() if key not in ("processes", "reaches")}
    found: dict[str, Any] = overrides.get("processes", {}).get(process, {})
    return found


_BUILD_VALUES = (
    "version",
    "base",
    "runtime",
    "package",
    "folder",
    "project",
    "main",
    "user",
    "target",
    "installer",
    "prune",
    "args",
)


def _build(data: Data) -> Build:
    fields = {key: data[key] for key in _BUILD_VALUES if key in data}
    lists = ("dependencies", "commands", "test", "platforms", "secrets", "files", "extensions")
    fields |= {key: tuple(data[key]) for key in lists if key in data}
    return Build(
        language=data["language"],
        system={moment: tuple(each) for moment, each in data.get("system", {}).items()},
        around={
            stage: Around(before=tuple(each.get("before", ())), after=tuple(each.get("after", ())))
            for stage, each in data.get("around", {}).items()
        },
        **fields,
    )


def _process(name: str, data: Data) -> Process:
    fields = {
        key: data[key]
        for key in ("schedule", "port", "ports", "health", "metrics", "replicas", "env")
        if key in data
    }
    return Process(
        name=name,
        command=tuple(data.get("command", ())),
        resources=Resources(**data.get("resources", {})),
        secrets={variable: _secret(each) for variable, each in data.get("secrets", {}).items()},
        host=data.get("expose", {}).get("host", ""),
        autoscale=Autoscale(**data["autoscale"]) if "autoscale" in data else None,
        volumes=volumes.volumes_of(data),
        **fields,
    )


def _secret(reference: str) -> SecretRef:
    kind, _, rest = reference.partition(":")
    path, _, key = rest.partition("#")
    return SecretRef(kind="vault" if kind == "vault" else "secret", path=path, key=key)
