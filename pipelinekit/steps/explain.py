"""Explain: the resolved configuration, and for each value where it came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

from pipelinekit.errors import Place
from pipelinekit.generators.languages import resolved
from pipelinekit.model.app import WEB, Build, Process, reach_text
from pipelinekit.model.platform.document import LOCAL, Environment, Platform
from pipelinekit.plan.release import chart_ref, describe_gate
from pipelinekit.reading.across import Described
from pipelinekit.reading.document.source import Path, Source, dotted
from pipelinekit.records import dataclass

Cause = Literal["app", "environment", "platform", "default"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One resolved value. `place` is where it is written; a default is written nowhere."""

    path: str
    value: Any
    cause: Cause
    place: Place | None = None
    note: str = ""


def explain(
    described: Described,
    platform: Platform,
    written: Source | None,
    environment: Environment | None,
    *,
    own_dockerfile: bool = False,
) -> tuple[Setting, ...]:
    """Every value that counts for the application, in an environment when one is named.

    `written` has the places of the platform's document; None for the built-in local platform. With
    `own_dockerfile` no default of a language counts: the repository's own Dockerfile says all of that.
    """
    return (
        *_identity(described),
        *_build(described, own_dockerfile=own_dockerfile),
        *_processes(described, environment.name if environment else ""),
        *_relations(described, environment.name if environment else ""),
        *_platform(described, platform, written, environment),
    )


def _from(source: Source, path: Path, value: Any, cause: Cause = "app", shown: str = "") -> Setting:
    """The value at `path` when the document has it there, else a default."""
    place = source.key(path)
    if place is None:
        return Setting(path=shown or dotted(path), value=value, cause="default")
    return Setting(path=shown or dotted(path), value=value, cause=cause, place=place)


def _identity(described: Described) -> Iterator[Setting]:
    for key in ("name", "team"):
        yield _from(described.source, ("metadata", key), getattr(described.app, key))


def _build(described: Described, *, own_dockerfile: bool) -> Iterator[Setting]:
    build, source = resolved(described.app), described.source
    for key in (
        "language",
        "version",
        "base",
        "runtime",
        "package",
        "main",
        "files",
        "extensions",
        "user",
        "dependencies",
        "test",
        "platforms",
        "secrets",
        "folder",
        "target",
        "installer",
        "commands",
    ):
        value = getattr(build, key)
        if value:
            setting = _from(source, ("build", key), list(value) if isinstance(value, tuple) else value)
            note = f"for {build.language}" if setting.cause == "default" else ""
            if setting.cause == "app" or not own_dockerfile or key == "platforms":
                yield replace(setting, note=note)
    yield from _mappings(described.source, build)


def _mappings(source: Source, build: Build) -> Iterator[Setting]:
    """What of the build has names of its own, or counts only where it is written."""
    for moment, packages in build.system.items():
        yield _from(source, ("build", "system", moment), list(packages))
    for name, value in build.args.items():
        yield _from(source, ("build", "args", name), value)
    for key in ("project", "prune"):
        if source.key(("build", key)):
            yield _from(source, ("build", key), getattr(build, key))
    for stage, around in build.around.items():
        for when in ("before", "after"):
            if lines := getattr(around, when):
                yield _from(source, ("build", "around", stage, when), list(lines))


def _processes(described: Described, environment: str) -> Iterator[Setting]:
    source = described.source
    for name, process in described.app.processes_in(environment).items():
        below: Path = ("processes", name)
        if name == WEB and not source.key(below):
            below = ("run",)
        above: Path = ("environments", environment)
        if name != WEB:
            above = (*above, "processes", name)
        for inner, value in _leaves(process):
            overridden = source.key((*above, *inner)) if environment else None
            if overridden:
                yield Setting(
                    path=dotted((*below, *inner)),
                    value=value,
                    cause="environment",
                    place=overridden,
                    note=environment,
                )
            else:
                yield _from(source, (*below, *inner), value)


def _leaves(process: Process) -> Iterator[tuple[Path, Any]]:
    """A process' values by their paths in the document; what is not set is left out."""
    flat: dict[Path, Any] = {
        ("command",): list(process.command),
        ("schedule",): process.schedule,
        ("port",): process.port,
        **{("ports", name): number for name, number in process.ports.items()},
        ("health",): process.health,
        ("metrics",): process.metrics,
        ("replicas",): None if process.schedule else process.replicas,
        ("resources", "cpu"): process.resources.cpu,
        ("resources", "memory"): process.resources.memory,
        **{("env", name): value for name, value in process.env.items()},
        **{
            ("secrets", name): f"{each.kind}:{each.path}#{each.key}" for name, each in process.secrets.items()
        },
        ("expose", "host"): process.host,
    }
    for name, volume in process.volumes.items():
        sizes = {"memory": volume.memory, "disk": volume.disk, "persistent": volume.persistent}
        for key, value in {"path": volume.path, **sizes, "class": volume.storage_class}.items():
            flat["volumes", name, key] = value
    if process.autoscale:
        flat |= {("autoscale", "max"): process.autoscale.max, ("autoscale", "cpu"): process.autoscale.cpu}
    return ((path, value) for path, value in flat.items() if value not in (None, "", []))


def _relations(described: Described, environment: str) -> Iterator[Setting]:
    app, source = described.app, described.source
    if source.key(("versions",)):
        yield _from(source, ("versions",), app.versions)
    if app.chart:
        yield _from(source, ("chart", "path"), app.chart.path)
        for name, value in app.chart.values.items():
            yield _from(source, ("chart", "values", name), value)
    for name, command in app.before.items():
        yield _from(source, ("before", name), list(command))
    for index, service in enumerate(app.services):
        text = f"{service.type} {service.name}" + (f" ({service.plan})" if service.plan else "")
        place = source.place(("services", index))
        yield Setting(path=f"services[{index}]", value=text, cause="app", place=place)
    for key in ("calls", "accepts"):
        if getattr(app, key):
            yield _from(source, (key,), list(getattr(app, key)))
    reached: Path = ("environments", environment, "reaches") if environment in app.elsewhere else ("reaches",)
    if app.reaches or environment in app.elsewhere:
        shown = [reach_text(each) for each in app.reaches_in(environment)]
        yield _from(source, reached, shown, shown="reaches")


def _platform(
    described: Described, platform: Platform, written: Source | None, environment: Environment | None
) -> Iterator[Setting]:
    app, images = described.app, platform.images
    if images.registry:
        name = f"{images.registry}/{images.repository(app.team, app.name)}"
        yield _given(written, ("images", "registry"), name, "image")
        yield _given(written, ("charts", "repository"), f"oci://{chart_ref(platform, app, '')}", "chart")
    yield _given(written, ("images", "mirror"), images.mirror, "base images")
    for ecosystem, proxy in platform.packages.items():
        at: Path = ("packages", ecosystem)
        inside = written is not None and written.key((*at, "url"))
        yield _given(written, (*at, "url") if inside else at, proxy.url, dotted(at))
        if proxy.credentials:
            yield _given(written, (*at, "credentials"), proxy.credentials, dotted((*at, "credentials")))
    if environment is None:
        return
    index = platform.environments.index(environment)
    at = ("environments", index)
    cluster = platform.cluster_of(environment)
    yield _given(written, (*at, "namespace"), environment.namespace_of(app.team, app.name), "namespace")
    yield _given(written, (*at, "cluster"), cluster.context or "(current)", "kube context")
    if environment.registry:
        yield _given(
            written, (*at, "images", "registry"), environment.registry, "registry of the environment"
        )
    gate = "none: main builds deploy here" if environment.automatic else describe_gate(environment)
    key = next(
        (
            each
            for each in ("after", "approvals", "freeze", "automatic")
            if written and written.key((*at, each))
        ),
        "name",
    )
    yield _given(written, (*at, key), gate, "gate")


def _given(written: Source | None, path: Path, value: str, shown: str) -> Setting:
    if written is None:
        return Setting(path=shown, value=value, cause="default", note=f"platform '{LOCAL}'")
    setting = _from(written, path, value, "platform", shown)
    return setting if setting.place else Setting(path=shown, value=value, cause="default")
