"""Where the texts of a document arrive: in its model, and in what the generated files mean."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from typing import Any

import yaml

from pipelinekit.adapters.folder.packaged import templates
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
from pipelinekit.render import render
from pipelinekit.render.lock import lock_text
from tests import examples
from tests.documents import dump
from tests.groovy import literals
from tests.hostile.application import Document
from tests.hostile.documents import Path, document_of


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
    """A release set: its model, wherever its parts stand in the text."""
    found = asdict(read_releaseset(dump(document, flow=True)))
    for each in found["members"]:
        del each["places"]
    return {"model": found}


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
