"""Every hostile text in every free-text field of both documents: refused at its place, or itself everywhere.

The fields come from the schemas. Each has an example in the documents below, a word that stands nowhere
else. Where an example arrives, in the model and in what the generated files mean to their readers, the
hostile text must arrive in its place, and nothing else may change.
"""

from __future__ import annotations

import base64
import copy
import json
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import cache
from typing import Any

import pytest
import yaml

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.errors import DocumentInvalid
from pipelinekit.generators import plan_files
from pipelinekit.model.app import App
from pipelinekit.model.lock import Lock
from pipelinekit.model.platform.document import Platform
from pipelinekit.model.platform.site import Site
from pipelinekit.plan.chartvalues import given_values
from pipelinekit.plan.release import image_labels, plan_release, target_of
from pipelinekit.plan.site import site_of
from pipelinekit.reading.app import read_app
from pipelinekit.reading.component import read_component
from pipelinekit.reading.lock import read_lock
from pipelinekit.reading.platform.document import read_platform
from pipelinekit.reading.releaseset.document import read_releaseset
from pipelinekit.reading.schema import SCHEMAS, Schema
from pipelinekit.reading.source import dotted
from pipelinekit.render import render
from pipelinekit.render.lock import lock_text
from tests import examples
from tests.documents import dump
from tests.groovy import literals
from tests.hostile.values import ALL, FREE, HOSTILE

Path = tuple[str | int, ...]
Document = dict[str, Any]

# --- one example of every field -------------------------------------------------------------------


def _process(mark: str, number: int) -> Document:
    return {
        "command": [f"{mark}-program", f"{mark}-argument"],
        "port": 1000 + number,
        "ports": {f"{mark}-port": 2000 + number},
        "health": f"/{mark}-health",
        "metrics": f"/{mark}-metrics",
        "replicas": 2,
        "resources": {"cpu": f"{7000 + number}m", "memory": f"{7000 + number}Mi"},
        "env": {f"{mark.upper()}_VARIABLE": f"{mark}-value"},
        "secrets": {f"{mark.upper()}_SECRET": f"secret:{mark}-secret#{mark}-key"},
        "expose": {"host": f"{mark}.example.com"},
        "volumes": {
            f"{mark}-scratch": {"path": f"/{mark}/scratch", "disk": f"{8000 + number}Mi"},
            f"{mark}-kept": {
                "path": f"/{mark}/k",
                "persistent": f"{8200 + number}Mi",
                "class": f"{mark}-class",
            },
            f"{mark}-memory": {"path": f"/{mark}/memory", "memory": f"{8100 + number}Mi"},
        },
    }


def _key(mark: str) -> str:
    return "ssh-ed25519 " + base64.b64encode(f"marked-{mark}-".encode().ljust(51, b"x")).decode()


APP: Document = {
    "apiVersion": "pipelinekit/v1",
    "kind": "Application",
    "metadata": {"name": "markedname", "team": "markedteam"},
    "build": {
        "language": "python",
        "version": "9.9-marked",
        "package": "marked.package",
        "main": "marked.Main",
        "files": ["marked-files"],
        "system": {"build": ["marked-to-build"], "run": ["marked-to-run"]},
        "dependencies": ["marked.dependencies"],
        "installer": "uv@7.7-marked",
        "folder": "marked/folder",
        "commands": ["marked-build-command"],
        "test": ["tester-marked", "--marked-verbosely"],
        "args": {"MARKED_ARGUMENT": "marked-build-value"},
        "secrets": ["marked-build-secret"],
        "platforms": ["marked/platform"],
        "around": {
            stage: {"before": [f"marked-before-{stage}"], "after": [f"marked-after-{stage}"]}
            for stage in ("test", "build", "push", "package", "publish", "deploy", "verify")
        },
    },
    "run": _process("run", 1),
    "processes": {
        "markedlistener": _process("listener", 2),
        "markednightly": {"schedule": "7 3 1 2 *", "command": ["nightly-program"]},
    },
    "before": {"markedtask": ["task-program"]},
    "services": [{"type": "markedtype", "name": "markedservice", "plan": "markedplan"}],
    "calls": ["markedcallee"],
    "accepts": ["markedcaller"],
    "reaches": ["10.77.0.0/16:77"],
    "environments": {
        "markedplace": {
            **_process("there", 3),
            "reaches": ["10.78.0.0/16:78"],
            "processes": {
                "markedlistener": _process("other", 4),
                "markednightly": {"schedule": "8 4 2 3 *"},
            },
        }
    },
}

OWN_CHART: Document = {
    "path": "marked/chart",
    "values": {
        "registry": "marked.host",
        "repository": "marked.name",
        "tag": "marked.version",
        "digest": "marked.digest",
        "pullSecrets": "marked.pulling",
    },
}
PLATFORM: Document = {
    "apiVersion": "pipelinekit/v1",
    "kind": "Platform",
    "metadata": {"name": "markedplatform"},
    "images": {
        "registry": "marked-registry:5000",
        "path": "marked-path",
        "credentials": "marked-images",
        "mirror": "marked-mirror:5001",
        "mirrorCredentials": "marked-mirror-reader",
        "pullSecret": "marked-pull",
        "cache": "marked-layers",
        "signing": {
            "credentials": "marked-signer",
            "password": "marked-word",
            "publicKey": "-----BEGIN PUBLIC KEY-----\nmarkedkey\n-----END PUBLIC KEY-----",
            "log": "https://marked-log.example.com",
            "timestamps": "https://marked-clock.example.com",
        },
    },
    "retention": {"audit": "774d", "development": "775h"},
    "nexus": {
        "url": "https://marked-nexus.example.com",
        "credentials": "marked-administrator",
        "blobStores": [{"name": "marked-store", "path": "marked-disk"}],
        "repositories": [
            {"name": "marked-hosted", "format": "npm", "kind": "hosted", "blobStore": "marked-store"},
            {
                "name": "marked-proxy",
                "format": "docker",
                "kind": "proxy",
                "remote": "https://marked-remote.example.com",
                "subdomain": "marked-subdomain",
                "cleanup": ["marked-cleaning"],
            },
            {"name": "marked-all", "format": "npm", "kind": "group", "members": ["marked-hosted"]},
        ],
        "cleanup": [{"name": "marked-cleaning", "format": "docker", "unused": 9}],
        "users": {"push": "marked-publisher", "pull": "marked-reader"},
    },
    "charts": {"repository": "oci://marked-charts:5000/charts", "credentials": "marked-charts-id"},
    "packages": {
        "pypi": "https://marked-pypi.example.com",
        "npm": {"url": "https://marked-npm.example.com", "credentials": "marked-npm-reader"},
        "maven": "https://marked-maven.example.com",
        "go": {"url": "https://marked-go.example.com", "credentials": "marked-go-reader"},
    },
    "jenkins": {
        "url": "https://marked-jenkins.example.com",
        "credentials": "marked-jenkins-id",
        "agent": {"label": "marked-label"},
        "source": {
            "repository": "https://marked-platform.example.com/platform.git",
            "branch": "marked-trunk",
            "path": "marked/document",
            "credentials": "marked-platform-id",
        },
        "library": {
            "repository": "https://marked-library.example.com/kit.git",
            "credentials": "marked-library-id",
            "version": "v7.7.7-marked",
        },
        "scan": "771m",
        "notify": {"step": "markedStep", "library": "marked-steps@v7"},
        "webhook": {"tokenFile": "/marked/token"},
    },
    "ledger": {
        "repository": "ssh://git@marked-git/ledger.git",
        "credentials": "marked-ledger-writer",
        "release": {"keys": [_key("release")]},
        "pipelines": [{"team": "markedowner", "keys": [{"key": _key("pipeline"), "until": "2027-07-08"}]}],
    },
    "people": [
        {
            "name": "marked.person",
            "keys": [_key("person"), {"key": _key("old"), "until": "2027-07-07"}],
            "jenkins": "marked-user",
        }
    ],
    "groups": [
        {"name": "marked-group", "people": ["marked.person"]},
        {"name": "marked-saviours", "people": ["marked.person"]},
    ],
    "vault": {
        "address": "https://marked-vault.example.com",
        "image": "marked-agent:1",
        "mount": "markedmount",
    },
    "clusters": [
        {
            "name": "markedcluster",
            "context": "marked-context",
            "credentials": "marked-kube",
            "server": "https://marked-server.example.com:6443",
            "ca": "sha256:" + "7" * 64,
        }
    ],
    "environments": [
        {"name": "markedfirst", "cluster": "markedcluster", "namespace": "marked-space", "automatic": True},
        {
            "name": "markedsecond",
            "cluster": "markedcluster",
            "namespace": "marked-second-space",
            "after": "markedfirst",
            "soak": "773m",
            "approvals": {"count": 1, "from": ["marked-group"]},
            "freeze": [
                {"from": "2026-07-03", "to": "2026-07-04", "zone": "Marked/Zone", "reason": "marked-reason"}
            ],
            "images": {"registry": "marked-other:5000"},
            "podSecurity": "baseline",
            "quota": {
                "hard": {"marked.resource": "81m"},
                "container": {
                    "default": {"marked.first": "82m"},
                    "defaultRequest": {"marked.second": "83m"},
                    "min": {"marked.third": "84m"},
                    "max": {"marked.fourth": "85m"},
                },
            },
            "charts": {"repository": "oci://marked-other-charts:5000/charts"},
            "evidence": [{"type": "marked-scan", "age": "776h", "verdict": "marked-fine"}],
            "emergency": {"from": ["marked-saviours"]},
            "change": "MARKED-#",
            "verify": {
                "prometheus": "https://marked-prometheus.example.com",
                "queries": [{"name": "marked-errors", "query": "marked_total", "max": 1}],
            },
        },
    ],
    "network": {"inside": ["203.0.113.0/24"], "services": {"markedkind": [77]}},
    "components": [{"name": "markedcomponent", "values": "marked-values.yaml"}],
    "applications": [
        {
            "name": "markedapplication",
            "team": "markedowner",
            "repository": "https://marked-source.example.com/orders",
            "credentials": "marked-source-id",
            "path": "marked/folder",
            "branch": "marked-branch",
            "mirrors": ["https://marked-mirrored.example.com/orders"],
        }
    ],
}
IMAGES = {"base": "marked/base:1", "runtime": "marked/runtime:2"}
WITH_POD = copy.deepcopy(PLATFORM)
WITH_POD["images"]["mirrorCredentials"] = {"id": "marked-mirror-reader-of-all", "pullRequests": True}
WITH_POD["packages"] = {
    "pypi": {"url": "https://marked-pypi.example.com", "credentials": "marked-pypi-reader"},
    "npm": "https://marked-npm.example.com",
    "maven": {"url": "https://marked-maven.example.com", "credentials": "marked-maven-reader"},
    "go": "https://marked-go.example.com",
}
WITH_POD["ledger"]["release"] = {"keys": [{"key": _key("release"), "until": "2027-07-09"}]}
WITH_POD["ledger"]["pipelines"][0]["keys"] = [_key("pipeline")]
WITH_POD["jenkins"]["agent"] = {"kubernetes": {"namespace": "markedagents", "image": "marked-image:1"}}
COMPONENT: Document = {
    "apiVersion": "pipelinekit/v1",
    "kind": "Component",
    "metadata": {"name": "markedpart"},
    "namespace": "markedspace",
    "chart": "marked/chart",
    "values": "marked/values.yaml",
    "policies": "marked/policies",
    "needs": ["markedneed"],
    "optional": ["markedwish"],
    "offers": [
        {
            "name": "markedoffer",
            "service": "markedservice",
            "port": 8200,
            "target": "markedport",
            "pods": {"marked-podlabel": "marked-podvalue"},
        }
    ],
    "calls": ["markedcallee"],
    "accepts": ["markedcaller"],
    "reaches": ["10.77.0.0/16:5432"],
    "scrape": [{"port": 9090, "path": "/marked/metrics"}],
    "crds": ["things.marked.example.com"],
    "gates": [
        {
            "http": {
                "service": "markedasked",
                "port": 8200,
                "path": "/marked/health",
                "json": {"/marked/pointer": "marked-answer"},
            }
        },
        {
            "object": {
                "resource": "widgets.marked.example.org",
                "name": "markedwidget",
                "json": {"/marked/phase": "marked-phase"},
            }
        },
    ],
    "version": {
        "service": "markedteller",
        "port": 8200,
        "path": "/marked/version",
        "pointer": "/marked/number",
        "expected": "marked-1.2.3",
    },
    "images": ["marked-registry.example.com/marked/image:1"],
    "backup": {"cronjob": "markedbackup", "timeout": "774m"},
    "data": "marked-loss",
    "licence": "marked-licence",
    "replace": {"leader": "marked-role=leader", "afterwards": "marked-unsealing"},
    "node": {"sysctls": {"vm.marked_count": 7}},
}
WITH_ARCHIVE = {name: each for name, each in COMPONENT.items() if name != "chart"} | {
    "archive": {
        "name": "markedupstream",
        "repository": "https://marked-charts.example.com/stable",
        "version": "7.7.8-marked",
        "digest": "sha256:" + "7" * 64,
        "file": "marked/upstream.tgz",
    }
}
EXTENSION = {name: COMPONENT[name] for name in ("apiVersion", "kind", "metadata")} | {
    "extension": "marked-purpose"
}

RELEASESET: Document = {
    "apiVersion": "pipelinekit/v1",
    "kind": "ReleaseSet",
    "metadata": {"name": "markedset"},
    "applications": [{"name": "markedmember", "version": "7.7.1", "team": "markedowner"}],
}

DOCUMENTS: dict[str, list[Document]] = {
    "Application": [
        APP,
        *({**APP, "build": {**APP["build"], "language": each}} for each in ("go", "static", "dockerfile")),
        {**APP, "build": {**APP["build"], "language": "java-maven", **IMAGES}},
        {**APP, "chart": OWN_CHART},
        {**APP, "chart": {"path": "marked/chart", "values": {"image": "marked.whole"}}},
    ],
    "Platform": [PLATFORM, WITH_POD],
    "Component": [COMPONENT, WITH_ARCHIVE, EXTENSION],
    "ReleaseSet": [RELEASESET],
}


DIFFERING = {
    ("extension",),
    *(("archive", name) for name in ("name", "repository", "version", "digest", "file")),
    ("jenkins", "agent"),
    ("images", "mirrorCredentials"),
    ("ledger", "release"),
    ("ledger", "pipelines"),
    *(("packages", each) for each in ("pypi", "npm", "maven", "go")),
    *(("build", name) for name in ("version", "base", "runtime", "package", "dependencies", "test", "args")),
    *(("build", name) for name in ("main", "files", "system")),
    *(("chart", name) for name in ("path", "values")),
}
NEEDED = {"apiVersion", "kind", "metadata", "build", "images", "charts", "clusters", "environments"}
NEEDED |= {"people", "groups"}
NEEDED_OF = {
    "ReleaseSet": {"apiVersion", "kind", "metadata", "applications"},
    "Component": {"apiVersion", "kind", "metadata", "namespace", "chart", "archive", "extension"},
}


@cache
def document_of(kind: str, number: int, path: Path) -> Document:
    """The document as far as a field needs it to be valid: the less there is, the quicker."""
    whole = DOCUMENTS[kind][number]
    kept = {
        name: _thin(each, path[1:] if name == path[0] else ())
        for name, each in whole.items()
        if name == path[0]
        or (name in NEEDED_OF.get(kind, NEEDED) and (kind, name) != ("Application", "environments"))
    }
    if path[0] == "chart":
        # Half an image's place is none.
        kept["chart"] = whole["chart"]
    if kind == "Application" and path[0] == "environments":
        # What is overridden must be there.
        kept |= {"run": {"port": 1}, "processes": _thin(whole["processes"], ("markedlistener",))}
    return kept


def _thin(value: Any, path: Path) -> Any:
    """A part of a document without the mappings beside the path."""
    if isinstance(value, list):
        return [_thin(each, path[1:]) if not path or at == path[0] else each for at, each in enumerate(value)]
    if not isinstance(value, dict) or len(path) < 2:
        return value
    return {
        key: _thin(each, path[1:]) if key == path[0] else each
        for key, each in value.items()
        if key == path[0] or not isinstance(each, dict)
    }


# --- every field of the schemas -------------------------------------------------------------------


def fields(schema: Any, path: Path = (), defined: Any = None) -> Iterator[Path]:
    """The free-text fields of a schema: `*` for any value of a mapping or a list, `<key>` for the key."""
    defined = schema.get("$defs", {}) if defined is None else defined
    schema = defined[schema["$ref"].removeprefix("#/$defs/")] if "$ref" in schema else schema
    if "string" in (schema.get("type"), *schema.get("type", ())):
        yield path
    for name, each in schema.get("properties", {}).items():
        yield from fields(each, (*path, name), defined)
    if schema.get("propertyNames"):
        yield (*path, "<key>")
    for keyword in ("items", "additionalProperties"):
        if isinstance(schema.get(keyword), dict):
            yield from fields(schema[keyword], (*path, "*"), defined)


def located(document: Any, field: Path, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Where a field stands in a document, and the text that it has there."""
    if not field:
        if isinstance(document, str):
            yield path, document
        return
    head, *rest = field
    if head == "<key>":
        yield from (((*path, key), key) for key in document)
    elif head == "*":
        pairs = document.items() if isinstance(document, dict) else enumerate(document)
        for key, each in pairs:
            yield from located(each, tuple(rest), (*path, key))
    elif isinstance(document, dict) and head in document:
        yield from located(document[head], tuple(rest), (*path, head))


FIELDS = [(kind, field) for kind, schema in SCHEMAS.items() for field in fields(schema)]
PLACES = [
    (kind, number, path, mark)
    for kind, field in FIELDS
    for number, document in enumerate(DOCUMENTS[kind])
    for path, mark in located(document, field)
    # The other languages differ in what becomes of `build`, the other platform in its agent.
    if number == 0 or path[:2] in DIFFERING
]


def test_every_free_text_field_has_an_example_that_stands_nowhere_else() -> None:
    missing = [
        (kind, ".".join(map(str, field)))
        for kind, field in FIELDS
        if not any(list(located(document, field)) for document in DOCUMENTS[kind])
    ]
    assert missing == []
    for kind, number, path, mark in PLACES:
        others = {text for text in _texts(DOCUMENTS[kind][number]) if mark in text} - {mark}
        assert others == set(), path


def test_the_walk_finds_fields_of_every_shape() -> None:
    found = {(kind, ".".join(map(str, field))) for kind, field in FIELDS}
    assert {
        ("Application", "metadata.name"),
        ("Application", "run.env.<key>"),
        ("Application", "run.env.*"),
        ("Application", "build.around.push.before.*"),
        ("Application", "environments.*.processes.*.command.*"),
        ("Application", "before.<key>"),
        ("Platform", "environments.*.freeze.*.reason"),
        ("Platform", "jenkins.agent.kubernetes.image"),
    } <= found
    assert len(found) > 80


# --- where a text arrives -------------------------------------------------------------------------


def app_arrivals(document: Document) -> dict[str, Any]:
    """An application: its model, and what its files mean."""
    app = read_app(dump(document, flow=True))
    return {"model": asdict(app), **meanings(app, examples.site())}


def platform_arrivals(document: Document) -> dict[str, Any]:
    """A platform: its model, and what one application's files and release are on it."""
    platform = read_platform(dump(document, flow=True))
    app = examples.app(calls=("stock",))
    site = site_of(platform, next(iter(platform.applications), None), library="0.1.0")
    return {"model": asdict(platform), **meanings(app, site), "release": release_of(app, platform)}


def component_arrivals(document: Document) -> dict[str, Any]:
    """A component: its model."""
    return {"model": asdict(read_component(dump(document, flow=True)))}


def releaseset_arrivals(document: Document) -> dict[str, Any]:
    """A release set: its model."""
    return {"model": asdict(read_releaseset(dump(document, flow=True)))}


ARRIVALS: dict[str, Callable[[Document], dict[str, Any]]] = {
    "Application": app_arrivals,
    "Platform": platform_arrivals,
    "Component": component_arrivals,
    "ReleaseSet": releaseset_arrivals,
}


OURS = {"image": {"digest": ""}}


def release_of(app: App, platform: Platform) -> dict[str, Any]:
    plan = plan_release(app, platform, examples.revision(), examples.KEY)
    return {
        "image": str(plan.image),
        "chart": str(plan.chart),
        "labels": image_labels(plan),
        "targets": [asdict(target_of(app, platform, each)) for each in platform.environments],
        "values": [given_values(plan, each, OURS, "") for each in platform.environments],
    }


def meanings(app: App, site: Site) -> dict[str, Any]:
    """Every generated file as its reader understands it, and the lock."""
    tree = render(plan_files(app, site), templates())
    lock = Lock(tool="0.1.0", site=site, files={})
    read_back = read_lock(lock_text(lock), "lock.yaml")
    assert read_back == lock
    return {"files": {path: meaning(path, file.text) for path, file in tree.items()}, "lock": asdict(lock)}


@cache
def meaning(path: str, text: str) -> Any:
    name = path.rsplit("/", 1)[-1]
    if re.fullmatch(r"(Chart|values.*)\.yaml", name):
        return yaml.load(text, Loader=yaml.CSafeLoader)
    if name == "draft.toml":
        return tomllib.loads(text)
    if name == "Dockerfile":
        return [_instruction(line) for line in text.splitlines()]
    if name == "Jenkinsfile":
        code = re.sub(r"'''.*?'''|'(?:[^'\\\n]|\\.)*'", "TEXT", text, flags=re.DOTALL)
        return {"code": code, "texts": [_pod(each) for each in literals(text)]}
    return text


def _instruction(line: str) -> Any:
    name, _, rest = line.partition(" ")
    return [name, json.loads(rest)] if rest.startswith("[") else line


def _pod(text: str) -> Any:
    return yaml.load(text, Loader=yaml.CSafeLoader) if text.startswith("apiVersion") else text


@cache
def arrivals_of_examples(kind: str, number: int, path: Path) -> Any:
    return ARRIVALS[kind](document_of(kind, number, path))


def replaced(value: Any, change: Callable[[str], str]) -> Any:
    """A value with every text in it changed, keys included."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {replaced(key, change): replaced(each, change) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(replaced(each, change) for each in value)
    return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)


def tried(kind: str, number: int, path: Path, mark: str, text: str) -> bool:
    """Put a text in the place of an example; whether it was taken. Checks what became of it either way."""
    document = replaced(document_of(kind, number, path), lambda each: text if each == mark else each)
    try:
        arrived = ARRIVALS[kind](document)
    except DocumentInvalid as error:
        told = {each.path: each.place for each in error.faults}
        there = dotted(tuple(text if part == mark else part for part in path))
    else:
        before = arrivals_of_examples(kind, number, path)
        expected = replaced(before, lambda each: each.replace(mark, text))
        assert arrived == expected
        return True
    place = told.get(there)
    assert place is not None, (there, told)
    assert place.line
    assert place.column
    return False


@pytest.mark.parametrize(
    ("kind", "number", "path", "mark"),
    PLACES,
    ids=[f"{kind}{number or ''}-{dotted(path)}" for kind, number, path, _ in PLACES],
)
def test_a_hostile_text_is_refused_at_its_place_or_arrives_unchanged(
    kind: str, number: int, path: Path, mark: str
) -> None:
    for text in HOSTILE.values():
        tried(kind, number, path, mark, text)


@pytest.mark.parametrize(
    ("kind", "path", "mark"),
    [
        ("Application", ("run", "env", "RUN_VARIABLE"), "run-value"),
        ("Application", ("run", "command", 1), "run-argument"),
        ("Application", ("before", "markedtask", 0), "task-program"),
        ("Application", ("build", "args", "MARKED_ARGUMENT"), "marked-build-value"),
        ("Application", ("build", "test", 1), "--marked-verbosely"),
    ],
)
def test_what_is_free_is_free(kind: str, path: Path, mark: str) -> None:
    """Against tests that pass because everything is refused."""
    taken = [text for text in ALL.values() if tried(kind, 0, path, mark, text)]
    assert taken == FREE


@pytest.mark.parametrize(
    "schema", [{"type": "string"}, {"items": {"type": "string"}}, {"$ref": "#/$defs/text"}]
)
def test_a_field_that_is_added_is_walked(schema: Schema) -> None:
    whole = {"properties": {"new": schema}, "$defs": {"text": {"type": "string"}}}
    assert len(list(fields(whole))) == 1
