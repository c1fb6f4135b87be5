"""Rendered charts against the schemas of the Kubernetes that runs here, with kubeconform."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.charts.helm import Helm
from tests.charts.test_family import GIVEN, charts, layers
from tests.pages import charts as platform
from tests.testbed import tools
from tests.testbed.binaries import KUBERNETES
from tests.testbed.layout import Layout

NOT_KUBERNETES = ("AuthorizationPolicy", "Sidecar", "PeerAuthentication")
"""Kinds that Istio brings: no schema of them is at hand."""
OF_OPERATORS = ("K8ssandraCluster", "MedusaBackupSchedule")
"""Kinds of K8ssandra's operator, likewise."""


def schemas(openapi: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """A schema of its own for each kind, named as kubeconform looks it up; unknown keys are faults."""
    definitions = {name: _strict(each) for name, each in openapi["definitions"].items()}
    made = {}
    for name, each in definitions.items():
        for kind in each.get("x-kubernetes-group-version-kind", ()):
            group = kind["group"].split(".")[0]
            words = [kind["kind"].lower(), *([group] if group else []), kind["version"]]
            made["-".join(words)] = {
                "$ref": f"#/definitions/{name}",
                "definitions": {inner: definitions[inner] for inner in _reached(definitions, name)},
            }
    return made


def _strict(definition: Mapping[str, Any]) -> dict[str, Any]:
    """A definition that takes no other keys, and an int-or-string as either."""
    strict = dict(definition)
    if strict.get("format") == "int-or-string":
        return {"oneOf": [{"type": "string"}, {"type": "integer"}]}
    if "properties" in strict and "additionalProperties" not in strict:
        strict["additionalProperties"] = False
    return strict


def _reached(definitions: Mapping[str, Any], name: str) -> set[str]:
    found, todo = set[str](), [name]
    while todo:
        at = todo.pop()
        if at in found:
            continue
        found.add(at)
        text = json.dumps(definitions[at])
        todo += [part.split('"')[0] for part in text.split('"#/definitions/')[1:]]
    return found


@pytest.fixture(scope="module")
def conform(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Check manifests; what kubeconform says of each object."""
    program = tools.kubeconform(Layout.from_environment())
    raw = ["kubectl", "--kubeconfig", testbed["KUBECONFIG"], "get", "--raw", "/openapi/v2"]
    done = subprocess.run(raw, env={**testbed}, capture_output=True, text=True, check=True)
    openapi = json.loads(done.stdout)
    assert KUBERNETES.startswith(openapi["info"]["version"])
    folder = tmp_path_factory.mktemp("schemas")
    for name, schema in schemas(openapi).items():
        (folder / f"{name}.json").write_text(json.dumps(schema))
    place = f"{folder}/{{{{ .ResourceKind }}}}{{{{ .KindSuffix }}}}.json"

    def check(manifest: str) -> tuple[int, list[dict[str, Any]]]:
        options = ["-strict", "-output", "json", "-verbose", "-schema-location", place]
        said = subprocess.run(
            [str(program), *options, "-skip", ",".join((*NOT_KUBERNETES, *OF_OPERATORS)), "-"],
            input=manifest,
            capture_output=True,
            text=True,
            check=False,
        )
        return said.returncode, json.loads(said.stdout)["resources"]

    return check


MESH = {"mesh": {"enabled": True}}


@pytest.mark.parametrize("extra", [{}, MESH], ids=["plain", "mesh"])
def test_every_object_of_every_golden_chart_conforms(conform: Any, helm: Helm, extra: dict[str, Any]) -> None:
    for chart in charts():
        for over in layers(chart):
            files = [word for path in over for word in ("--values", str(path))]
            said = helm.run("template", chart.name, str(chart), *files, values={**GIVEN, **extra})
            assert said.code == 0, said.err
            code, resources = conform(said.out)
            bad = [each for each in resources if each["status"] not in ("statusValid", "statusSkipped")]
            assert (code, bad) == (0, []), chart
            valid = {each["kind"] for each in resources if each["status"] == "statusValid"}
            assert {"NetworkPolicy", "ServiceAccount"} <= valid
            skipped = {each["kind"] for each in resources if each["status"] == "statusSkipped"}
            assert skipped <= set(NOT_KUBERNETES if extra else ())


BESIDE = {"kibana": ("PodDisruptionBudget",)}
"""What is among the policies of a wrapped chart that has none of its own."""


def test_every_object_of_every_chart_of_the_platform_conforms(
    conform: Any, helm: Helm, whole: Callable[[Path], Path]
) -> None:
    for chart in platform.charts():
        for values in sorted((chart / "ci").glob("*-values.yaml")):
            said = helm.run("template", chart.parent.name, str(whole(chart)), "--values", str(values))
            assert said.code == 0, said.err
            code, resources = conform(said.out)
            bad = [each for each in resources if each["status"] != "statusValid"]
            assert (code, {each["kind"] for each in bad} - set(OF_OPERATORS)) == (0, set()), chart
    for about in sorted(platform.CHARTS.glob("*/policies/Chart.yaml")):
        policies = whole(about.parent)
        name = about.parent.parent.name
        code, resources = conform(helm.run("template", f"{name}-policies", str(policies)).out)
        kinds = {each["kind"] for each in resources} - set(NOT_KUBERNETES)
        assert (code, kinds) == (0, {"NetworkPolicy", *BESIDE.get(name, ())}), name


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ("apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {prots: []}\n", "prots"),
        ("apiVersion: v1\nkind: Service\nmetadata: {name: 3}\n", "name"),
        ("apiVersion: batch/v1beta1\nkind: CronJob\nmetadata: {name: x}\n", "could not find schema"),
    ],
)
def test_what_does_not_conform_is_found(conform: Any, manifest: str, said: str) -> None:
    code, (resource,) = conform(manifest)
    assert code == 1
    assert resource["status"] in ("statusInvalid", "statusError")
    assert said in resource["msg"]
