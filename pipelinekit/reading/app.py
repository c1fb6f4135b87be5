"""`app.yaml` to an `App`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelinekit.errors import DocumentInvalid
from pipelinekit.model.app import (
    WEB,
    App,
    Around,
    Autoscale,
    Build,
    Process,
    Resources,
    SecretRef,
    Service,
)
from pipelinekit.reading import faults
from pipelinekit.reading.faults import mapping
from pipelinekit.reading.source import Path, Source, parse

Data = Mapping[str, Any]

FILE = "app.yaml"


def read_app(content: bytes | str, origin: str = FILE) -> App:
    """The application that `content` describes.

    Raises `DocumentInvalid` with every fault of the document, in the order in which they stand there.
    """
    source = parse(content, origin)
    if source.data is not None:
        faults.check(source, "Application")
        _check_sense(source)
    if source.faults:
        raise DocumentInvalid(*sorted(source.faults, key=faults.position))
    return _app(source.data)


# --- what the schema cannot say -------------------------------------------------------------------


def _check_sense(source: Source) -> None:
    data = source.data
    declared: dict[str, Data] = {**mapping(data, "processes")}
    if WEB in declared and mapping(data, "run"):
        source.fault(
            ("processes", WEB), "process-twice", "'run' is already processes.web", "keep one of them"
        )
    for name in declared:
        _check_process(source, mapping(declared, name), ("processes", name))
    run = mapping(data, "run")
    _check_process(source, run, ("run",))
    for name in mapping(data, "environments"):
        overrides = mapping(mapping(data, "environments"), name)
        path: Path = ("environments", name)
        _check_process(source, {**run, **overrides}, path, overrides)
        for process in mapping(overrides, "processes"):
            below = (*path, "processes", process)
            if process == WEB or process not in declared:
                hint = (
                    "write it beside 'processes'"
                    if process == WEB
                    else faults.nearest(process, (each for each in declared if each != WEB))
                )
                source.fault(below, "unknown-process", f"there is no process '{process}' to override", hint)
                continue
            changed = mapping(mapping(overrides, "processes"), process)
            _check_process(source, {**mapping(declared, process), **changed}, below, changed)
    _check_partners(source)


def _check_process(source: Source, process: Data, path: Path, written: Data | None = None) -> None:
    written = process if written is None else written
    for key in ("health", "metrics", "expose"):
        if key in written and "port" not in process:
            source.fault((*path, key), "port-missing", f"'{key}' needs a port", "add port:")
    if "schedule" in process:
        for key in ("port", "replicas", "autoscale", "expose", "health", "metrics"):
            if key in written:
                source.fault(
                    (*path, key), "schedule-excludes", f"a scheduled process has no '{key}'", "remove it"
                )
    _check_autoscale(source, process, path, written)
    for variable in mapping(written, "secrets"):
        if variable in mapping(process, "env"):
            source.fault((*path, "secrets", variable), "variable-twice", "is in 'env' as well", "keep one")


def _check_autoscale(source: Source, process: Data, path: Path, written: Data) -> None:
    autoscale, replicas = process.get("autoscale"), process.get("replicas", 1)
    if isinstance(autoscale, dict) and isinstance(autoscale.get("max"), int) and isinstance(replicas, int):
        if replicas < 1:
            source.fault((*path, "replicas"), "replicas-zero", "autoscaling starts from at least 1 replica")
        elif autoscale["max"] < replicas:
            at = "autoscale" if "autoscale" in written else "replicas"
            source.fault(
                (*path, at), "autoscale-range", f"at most {autoscale['max']} is less than replicas {replicas}"
            )


def _check_partners(source: Source) -> None:
    name = mapping(source.data, "metadata").get("name")
    for key in ("calls", "accepts"):
        partners = source.data.get(key) if isinstance(source.data, dict) else None
        for index, partner in enumerate(partners if isinstance(partners, list) else ()):
            if partner == name:
                source.fault(
                    (key, index), "calls-itself", "an application always reaches itself", "remove it"
                )


# --- data to values -------------------------------------------------------------------------------


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
        environments={
            name: {each: _process(each, _overlaid(merged[each], _of(overrides, each))) for each in merged}
            for name, overrides in data.get("environments", {}).items()
        },
    )


def _of(overrides: Data, process: str) -> Data:
    if process == WEB:
        return {key: value for key, value in overrides.items() if key != "processes"}
    found: Data = overrides.get("processes", {}).get(process, {})
    return found


def _overlaid(below: Data, above: Data) -> Data:
    """`above` over `below`: mappings key by key, anything else whole."""
    merged = dict(below)
    for key, value in above.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _overlaid(merged[key], value) if both else value
    return merged


def _build(data: Data) -> Build:
    fields = {key: data[key] for key in ("version", "package", "args") if key in data}
    fields |= {key: tuple(data[key]) for key in ("dependencies", "test", "platforms") if key in data}
    return Build(
        language=data["language"],
        around={
            stage: Around(before=tuple(each.get("before", ())), after=tuple(each.get("after", ())))
            for stage, each in data.get("around", {}).items()
        },
        **fields,
    )


def _process(name: str, data: Data) -> Process:
    fields = {
        key: data[key] for key in ("schedule", "port", "health", "metrics", "replicas", "env") if key in data
    }
    return Process(
        name=name,
        command=tuple(data.get("command", ())),
        resources=Resources(**data.get("resources", {})),
        secrets={variable: _secret(each) for variable, each in data.get("secrets", {}).items()},
        host=data.get("expose", {}).get("host", ""),
        autoscale=Autoscale(**data["autoscale"]) if "autoscale" in data else None,
        **fields,
    )


def _secret(reference: str) -> SecretRef:
    kind, _, rest = reference.partition(":")
    path, _, key = rest.partition("#")
    return SecretRef(kind="vault" if kind == "vault" else "secret", path=path, key=key)
