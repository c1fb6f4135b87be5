from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from pipelinekit.errors import Place
from pipelinekit.model.platform.document import local_platform
from pipelinekit.reading.across import describe
from pipelinekit.reading.document.source import Path
from pipelinekit.reading.platform.document import read_platform_with_places
from pipelinekit.steps.explain import Setting, explain
from tests.hostile.application import APP, IMAGES, OWN_CHART

PLATFORM = """\
apiVersion: pipelinekit/v1
kind: Platform
metadata: {name: acme}
images: {registry: nexus.example.com:5000, mirror: mirror.example.com}
charts: {repository: "oci://nexus.example.com:5000/charts"}
packages:
  pypi: https://nexus.example.com/pypi
  go: {url: "https://nexus.example.com/go", credentials: nexus-read}
clusters: [{name: one, context: acme-one}]
environments:
  - {name: dev, cluster: one, namespace: "{team}-dev", automatic: true}
  - {name: production, cluster: one, namespace: "{team}", after: dev, soak: 1h}
"""

TEXT = """\
apiVersion: pipelinekit/v1
kind: Application
metadata: {name: orders, team: payments}
build:
  language: go
  args: {FLAVOUR: plain}
  secrets: [index-token]
run:
  port: 8080
  replicas: 2
  env: {LEVEL: info, SHARED: x}
processes:
  worker: {command: [work], resources: {cpu: 200m}}
environments:
  production:
    replicas: 4
    env: {LEVEL: warn}
    processes: {worker: {resources: {memory: 1Gi}}}
"""


def _by_path(settings: tuple[Setting, ...]) -> dict[str, Setting]:
    assert len({each.path for each in settings}) == len(settings), "a value is told once"
    return {each.path: each for each in settings}


def _in(environment: str) -> dict[str, Setting]:
    platform, written = read_platform_with_places(PLATFORM, "platform.yaml")
    found = platform.environment(environment) if environment else None
    return _by_path(explain(describe(TEXT, "app.yaml"), platform, written, found))


def test_each_value_says_where_it_is_written() -> None:
    settings = _in("production")
    expected = {
        "metadata.name": ("orders", "app", 3),
        "build.language": ("go", "app", 5),
        "build.version": ("1.26", "default", None),
        "build.args.FLAVOUR": ("plain", "app", 6),
        "build.secrets": (["index-token"], "app", 7),
        "run.port": (8080, "app", 9),
        "run.replicas": (4, "environment", 16),
        "run.env.LEVEL": ("warn", "environment", 17),
        "run.env.SHARED": ("x", "app", 11),
        "run.resources.cpu": ("100m", "default", None),
        "processes.worker.command": (["work"], "app", 13),
        "processes.worker.resources.cpu": ("200m", "app", 13),
        "processes.worker.resources.memory": ("1Gi", "environment", 18),
    }
    for path, (value, cause, line) in expected.items():
        setting = settings[path]
        assert (setting.value, setting.cause) == (value, cause), path
        assert (setting.place.line if setting.place else None) == line, path
        if setting.place:
            assert setting.place.origin == "app.yaml"


def test_without_an_environment_no_override_counts() -> None:
    settings = _in("")
    assert (settings["run.replicas"].value, settings["run.replicas"].cause) == (2, "app")
    assert "namespace" not in settings


def test_the_platforms_values_stand_in_its_document() -> None:
    settings = _in("production")
    expected = {
        "image": ("nexus.example.com:5000/payments/orders", 4, "registry: nexus"),
        "chart": ("oci://nexus.example.com:5000/charts/payments/orders", 5, "repository: "),
        "base images": ("mirror.example.com", 4, "mirror: "),
        "packages.pypi": ("https://nexus.example.com/pypi", 7, "pypi: "),
        "packages.go": ("https://nexus.example.com/go", 8, 'url: "'),
        "packages.go.credentials": ("nexus-read", 8, "credentials: "),
        "namespace": ("payments", 12, 'namespace: "{team}"'),
        "kube context": ("acme-one", 12, "cluster: one"),
        "gate": ("after dev; soak 1 h", 12, "after: dev"),
    }
    for path, (value, line, text) in expected.items():
        setting = settings[path]
        assert (setting.value, setting.cause) == (value, "platform")
        assert isinstance(setting.place, Place)
        assert (setting.place.origin, setting.place.line) == ("platform.yaml", line)
        assert PLATFORM.splitlines()[line - 1][(setting.place.column or 0) - 1 :].startswith(text)


def test_the_built_in_platform_is_written_nowhere() -> None:
    platform = local_platform("localhost:5000")
    settings = _by_path(explain(describe(TEXT, "app.yaml"), platform, None, platform.environments[0]))
    assert settings["namespace"].value == "payments-dev"
    assert settings["namespace"].place is None
    assert settings["image"].note == "platform 'local'"


def test_processes_web_is_told_under_the_name_it_is_written_with() -> None:
    text = TEXT.replace("run:\n  port: 8080\n  replicas: 2\n  env: {LEVEL: info, SHARED: x}\n", "")
    text = text.replace("processes:\n", "processes:\n  web: {port: 80}\n", 1)
    settings = _by_path(explain(describe(text, "app.yaml"), local_platform(""), None, None))
    assert settings["processes.web.port"].value == 80
    assert not [path for path in settings if path.startswith("run.")]


def test_ways_out_come_from_the_environment_that_has_its_own() -> None:
    more = '  dev: {reaches: ["[2001:db8::/32]:443"]}\nreaches: ["internet:443"]\n'
    described = describe(TEXT.rstrip("\n") + "\n" + more, "app.yaml")
    platform, written = read_platform_with_places(PLATFORM, "platform.yaml")

    def reaches(name: str) -> Setting:
        settings = explain(described, platform, written, platform.environment(name))
        return next(each for each in settings if each.path == "reaches")

    dev, production = reaches("dev"), reaches("production")
    assert (dev.value, production.value) == (["[2001:db8::/32]:443"], ["internet:443"])
    assert dev.place
    assert production.place
    assert dev.place.line != production.place.line


def test_a_dockerfile_of_ones_own_leaves_no_default_of_the_language() -> None:
    described = describe(TEXT, "app.yaml")
    settings = _by_path(explain(described, local_platform(""), None, None, own_dockerfile=True))
    told = {path: each.cause for path, each in settings.items() if path.startswith("build.")}
    assert told == {
        "build.language": "app",
        "build.platforms": "default",
        "build.args.FLAVOUR": "app",
        "build.secrets": "app",
    }


def paths(value: Any, above: Path = ()) -> Iterator[Path]:
    """The path of every key."""
    items = value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ())
    for part, inner in items:
        if isinstance(part, str):
            yield (*above, part)
        yield from paths(inner, (*above, part))


def test_whatever_is_written_is_told() -> None:
    document = {key: value for key, value in APP.items() if key != "environments"}
    document |= {"versions": "conventional", "chart": OWN_CHART}
    document["build"] = {**APP["build"], "project": "folder", "prune": False, **IMAGES}
    described = describe(yaml.safe_dump(document), "app.yaml")
    told = {each.place for each in explain(described, local_platform(""), None, None)}
    keys = [path for path in paths(described.source.data) if path[0] not in ("apiVersion", "kind")]
    # A service is one line.
    keys = [path for path in keys if path[0] != "services" or len(path) == 2]
    inner = {path[:end] for path in keys for end in range(1, len(path))}
    missing = [path for path in keys if path not in inner and described.source.key(path) not in told]
    assert missing == []
