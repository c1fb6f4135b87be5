"""Every reader, given whatever a server, a file or a repository may say: a value, or an error of ours."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelinekit.adapters.cluster.ground import rights
from pipelinekit.adapters.registry.login import credentials, dockerconfig
from pipelinekit.errors import PipelinekitError
from pipelinekit.model import receipts
from pipelinekit.model.jenkins import jobplan, marker
from pipelinekit.model.ledger import read_anchor
from pipelinekit.model.rollout.component import Question, VersionQuestion
from pipelinekit.model.rollout.part import Answer
from pipelinekit.plan.bundle import listing
from pipelinekit.plan.detect import detect
from pipelinekit.plan.ledger import body, commit
from pipelinekit.plan.network.rendered import identities, policies
from pipelinekit.plan.rollout import readiness
from pipelinekit.reading import app, casc, component, configxml, lock
from pipelinekit.reading.chart import manifest, values
from pipelinekit.reading.docker import container, dockerfile
from pipelinekit.reading.docker.dockerignore import read_dockerignore
from pipelinekit.reading.draft import sets, tasks
from pipelinekit.reading.draft import settings as drafts
from pipelinekit.reading.gotest import junit_of_go
from pipelinekit.reading.platform import document as platform
from pipelinekit.reading.platform import lock as platformlock
from pipelinekit.reading.releaseset import document as releaseset
from tests.hostile.component import COMPONENT
from tests.hostile.documents import RELEASESET
from tests.hostile.spoiled import DEEP, spoiled, wrong_of

WORDS = st.sampled_from(
    re.findall(
        r"\w+",
        "auths auth credsStore credHelpers identitytoken h format verb key changes path engines scripts "
        "start workspaces dependencies name main packages require php status resourceRules verbs Action "
        "Package Test Output Elapsed metadata kind proxies cliPluginsExtraDirs config version info build run",
    )
)
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=8) | st.just("fail")
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)
TEXTS = ANYTHING.map(json.dumps) | st.text(max_size=80) | st.sampled_from((*DEEP, "a = " + "[" * 5000))


def promised(kind: type[Exception], reader: Callable[[str], object], text: str) -> None:
    """A reader whose caller handles that error."""
    with contextlib.suppress(kind):
        reader(text)


ASK = Question(service="s", port=80, path="/", json={"/status/0": "up"})


def rendered(text: str) -> None:
    """What proves flows, of whatever a chart may render."""
    for each in manifest.read_manifest(text):
        for kind, read in POLICIES.items():
            with contextlib.suppress(PipelinekitError):
                read({**each, "kind": kind})


POLICIES: dict[str, Callable[[dict[str, Any]], object]] = {
    "NetworkPolicy": lambda found: policies.read_policy(found, "n"),
    "AuthorizationPolicy": lambda found: identities.read_authorization(found, "n"),
    "PeerAuthentication": lambda found: identities.read_authentication(found, "n"),
}
READERS: dict[str, Callable[[str], object]] = {
    "app.yaml": app.read_app,
    "platform.yaml": platform.read_platform,
    "platform.lock.yaml": platformlock.read_platform_lock,
    "lock.yaml": lambda text: lock.read_lock(text, "lock.yaml"),
    "a receipt": lambda text: receipts.from_json(text, receipts.ImagePushed, "push.json"),
    "a plan of jobs": lambda text: jobplan.from_json(text, "plan.json"),
    "values": lambda text: values.read_values(text, "values.yaml"),
    "a manifest": manifest.read_manifest,
    "JCasC": lambda text: promised(ValueError, casc.trusted_libraries, text),
    "Dockerfile": lambda text: dockerfile.bases(text, {}),
    ".dockerignore": read_dockerignore,
    "go test": junit_of_go,
    "rules": rights.read,
    "component.yaml": component.read_component,
    "a set": releaseset.read_releaseset,
    "draft.toml": lambda text: drafts.read_settings(text, "dev"),
    ".draft-tasks.toml": tasks.read_tasks,
    "--set": lambda text: sets.read_sets([text, f"a={text}"], "--set"),
    "the last stage": lambda text: container.read_container(text, {}),
    "a bundle's list": listing.read,
    "a job": lambda text: promised(ValueError, configxml.read_config, text),
    "a job's mark": marker.read_marker,
    "an anchor": lambda text: read_anchor(text, "here"),
    "an event": lambda text: promised(ValueError, body.read_message, text),
    "a commit of the ledger": lambda text: commit.read_commit("a" * 40, text),
    "what a service says": lambda text: readiness.answered(ASK, Answer(status=200, body=text)),
    "a service's version": lambda text: readiness.says_version(
        VersionQuestion(ask=replace(ASK, json={}), pointer="/version"), Answer(status=200, body=text), "1.0"
    ),
    "package.json": lambda text: detect({"package.json": text, "server.js": ""}),
    "composer.json": lambda text: detect({"composer.json": text, "public/index.php": ""}),
    "pyproject.toml": lambda text: detect({"pyproject.toml": text, "app.py": text}),
    "Pipfile": lambda text: detect({"Pipfile": text, "Pipfile.lock": text, "app.py": ""}),
    "Cargo.toml": lambda text: detect({"Cargo.toml": text, "src/main.rs": text}),
    "pom.xml": lambda text: detect({"pom.xml": text}),
    "go.mod": lambda text: detect({"go.mod": text, "main.go": text}),
    "csproj": lambda text: detect({"a.csproj": text}),
}


@pytest.mark.parametrize("reader", READERS)
@settings(max_examples=60, deadline=None)
@given(text=TEXTS)
def test_whatever_it_is_given_a_reader_reads_or_says_what_is_wrong(reader: str, text: str) -> None:
    with contextlib.suppress(PipelinekitError):
        READERS[reader](text)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS)
def test_whatever_is_in_dockers_configuration(text: str, tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text(text, errors="replace")
    config: dict[str, Any] = {}
    with contextlib.suppress(ValueError, RecursionError):
        config = json.loads(text)
    if isinstance(config, dict) and not ({"credsStore", "credHelpers"} & set(config)):
        with contextlib.suppress(PipelinekitError):
            credentials.from_docker_config("h", file)
    dockerconfig.settings({"DOCKER_CONFIG": str(tmp_path)})


FULL_APP = """
apiVersion: pipelinekit/v1
kind: Application
metadata: {name: orders, team: payments}
build:
  {language: go, version: "1", args: {A: b}, secrets: [a], around: {push: {before: [x]}}}
run:
  port: 8080
  ports: {grpc: 9090}
  health: /h
  metrics: /m
  replicas: 2
  resources: {cpu: 1, memory: 1Mi}
  env: {A: b}
  secrets: {B: "secret:n#k"}
  expose: {host: h.example.com}
  autoscale: {max: 6, cpu: 70}
processes: {worker: {command: [x], ports: {a: 1}}, nightly: {command: [x], schedule: "0 3 * * *"}}
before: {migrate: [x]}
services: [{type: sql, name: orders}]
calls: [billing]
accepts: [shop]
reaches: ["internet:443"]
environments: {production: {replicas: 4, reaches: ["internet:443"], processes: {worker: {replicas: 2}}}}
"""
FULL_PLATFORM = """
apiVersion: pipelinekit/v1
kind: Platform
metadata: {name: acme}
images: {registry: r, path: "{team}/{name}", credentials: c, mirror: m, signing: {credentials: k}}
charts: {repository: "oci://r/c", credentials: c}
packages: {pypi: {url: "https://p", credentials: c}, go: "https://g"}
jenkins: {url: "https://j", credentials: c, agent: {label: l}, library: {repository: "https://g/l"}}
ledger: {repository: "https://g/ledger"}
clusters: [{name: c, context: x, credentials: k}]
environments:
  - {name: dev, cluster: c, namespace: "{team}-dev", automatic: true}
  - {name: p, cluster: c, namespace: "{team}", after: dev, soak: 1h, approvals: {count: 2, from: [x]},
     freeze: [{from: "2026-12-18", to: "2027-01-04", zone: Europe/Paris, reason: r}]}
components: [{name: vault}]
applications:
  - {name: orders, team: payments, repository: "https://g/o", mirrors: ["https://h/o"], path: ., branch: main}
retention: {last: 10}
"""


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (FULL_APP, app.read_app),
        (FULL_PLATFORM, platform.read_platform),
        (json.dumps(COMPONENT), component.read_component),
        (json.dumps(RELEASESET), releaseset.read_releaseset),
    ],
    ids=["app", "platform", "component", "set"],
)
def test_each_part_of_a_document_may_be_anything(text: str, read: Callable[[str], object]) -> None:
    documents = [json.dumps(each) for each in spoiled(yaml.safe_load(text))]
    assert len(documents) > 100
    assert wrong_of(documents, read) == {}
