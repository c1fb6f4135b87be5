"""The plan of a deployment on a cluster: what it says is what is done, or nothing is."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.real import app
from tests.real.app import Application
from tests.real.test_owner import deployment, kubectl, with_helm

HELMS = ["helm 4", "helm 3"]
SECRET = "hunter2-5a1e"
"""What no plan may show."""
TEMPLATE = """\
apiVersion: v1
kind: Secret
metadata:
  name: orders-key
stringData:
  key: {{ .Values.team }}-in-the-chart
"""


@pytest.fixture(scope="module")
def published(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    with app.new(testbed, tmp_path_factory.mktemp("plan"), "dockerfile") as application:
        application.write("charts/orders/templates/key.yaml", TEMPLATE)
        application.replace(
            "app.yaml", "replicas: 1", "replicas: 1\n  secrets: {KEY: 'secret:orders-key#key'}\n  env: {A: x}"
        )
        application.must("generate")
        application.commit()
        application.until("publish")
        yield application


def revisions(application: Application) -> list[str]:
    done = application.verb("status", "--json").json()[0]
    return [str(done.get("revision", 0))]


def done(said: app.Said) -> set[str]:
    """What a deployment says that it does."""
    words = ("ours again: ", "made again: ", "change: ", "create: ", "remove: ", "keep: ")
    return {line.strip() for line in said.err.splitlines() if line.strip().startswith(words)}


def planned(said: app.Said) -> set[str]:
    beside = ("note: ", "refused: ", "awaited: ", "not checked: ")
    return {line.strip() for line in said.out.splitlines()[1:] if not line.strip().startswith(beside)}


def test_a_plan_is_done_as_it_says_or_refused(published: Application, tmp_path: Path) -> None:
    file = str(tmp_path / "plan.json")

    # Of a first deployment: no namespace, no revision is made by asking.
    said = published.must("deploy", "--env", "dev", "--plan", "--out", file)
    assert said.out.startswith("would deploy orders 0.1.2 to dev")
    assert {"create: Deployment/orders", "create: Secret/orders-key"} <= planned(said)
    assert published.namespace not in published.tool("kubectl", "get", "namespaces", "-o", "name")
    first = published.must("deploy", "--env", "dev", "--from-plan", file)
    assert done(first) == planned(said)

    # What runs already is never planned, and the plan of before is no plan any more.
    said = published.must("deploy", "--plan", "--out", file)
    assert said.out == published.must("deploy").out
    assert "runs already" in said.out
    assert published.must("deploy", "--from-plan", file).out == said.out

    # A hand between the plan and the deed.
    kubectl(published, "set", "env", "deployment/orders", "A=z")
    before = revisions(published)
    refused = published.verb("deploy", "--from-plan", file)
    assert refused.code == 6
    assert "dev is no longer as it was when the plan was made" in refused.reason
    assert revisions(published) == before

    said = published.must("deploy", "--plan", "--out", file)
    assert any(line.startswith("ours again: ") and "env[A].value: z → x" in line for line in planned(said))
    fourth = published.must("deploy", "--from-plan", file)
    assert done(fourth) == planned(said)
    assert published.must("deploy", "--check").code == 0


@pytest.mark.parametrize("which", HELMS)
def test_a_variable_of_another_source_is_put_back_and_its_value_never_shown(
    published: Application, tmp_path: Path, which: str
) -> None:
    """A server takes no variable with both a value and a reference: applying the chart is not enough."""
    application = with_helm(published, which)
    application.must("deploy")
    file = str(tmp_path / "plan.json")
    literal = f"--from-literal=A={SECRET}"
    for words in (("KEY=" + SECRET,), ("--from=secret/other", "--keys=A", "--overwrite")):
        kubectl(application, "delete", "secret", "other", "--ignore-not-found")
        kubectl(application, "create", "secret", "generic", "other", literal)
        kubectl(application, "set", "env", "deployment/orders", *words)
        said = application.must("deploy", "--plan", "--out", file)
        name = "KEY" if words[0].startswith("KEY") else "A"
        assert any(f"env[{name}]" in line and "kubectl-set" in line for line in planned(said)), said.out
        machine = application.must("deploy", "--plan", "--json")
        checked = application.verb("deploy", "--check")
        assert checked.code == 1
        assert application.verb("status").code == 1
        for text in (said.out, machine.out, checked.out, Path(file).read_text()):
            assert f"env[{name}]" in text
            assert SECRET not in text
            assert "in-the-chart" not in text
        deployed = application.must("deploy", "--from-plan", file)
        assert done(deployed) == planned(said)
        assert SECRET not in deployed.err
        (container,) = deployment(application)["spec"]["template"]["spec"]["containers"]
        variables = {each["name"]: each for each in container["env"]}
        assert variables["A"] == {"name": "A", "value": "x"}
        assert variables["KEY"]["valueFrom"]["secretKeyRef"]["name"] == "orders-key"
        assert application.must("deploy", "--check").code == 0


def test_a_changed_secret_is_named_by_its_key_alone(published: Application) -> None:
    published.must("deploy")
    patch = json.dumps({"stringData": {"key": SECRET}})
    kubectl(published, "patch", "secret", "orders-key", "--patch", patch)
    said = published.verb("deploy", "--check")
    assert said.code == 1
    assert "Secret/orders-key data.key is (secret), declared (secret) (kubectl-patch)" in said.out
    assert "ours again: Secret/orders-key data.key" in published.must("deploy").err


@pytest.mark.parametrize("which", HELMS)
def test_what_the_chart_drops_is_planned_and_goes(published: Application, which: str) -> None:
    """Also after the other Helm has made what is there."""
    other = next(each for each in HELMS if each != which)
    with_helm(published, other).must("deploy")
    application = with_helm(published, which)
    kubectl(published, "scale", "deployment/orders", "--replicas=2")
    with_helm(published, other).must("deploy")
    application.replace("app.yaml", "  env: {A: x}\n", "")
    (application.folder / "charts/orders/templates/key.yaml").unlink()
    application.replace("app.yaml", "  secrets: {KEY: 'secret:orders-key#key'}\n", "")
    application.must("generate")
    application.commit()
    try:
        for verb in ("build", "push", "package", "publish"):
            application.must(verb)
        said = application.must("deploy", "--plan")
        lines = planned(said)
        assert "remove: Secret/orders-key" in lines
        assert any("env[A]" in line and line.endswith("→ nothing") for line in lines), said.out
        application.must("deploy")
        (container,) = deployment(application)["spec"]["template"]["spec"]["containers"]
        assert {each["name"] for each in container["env"]} & {"A", "KEY"} == set()
        assert kubectl(application, "get", "secrets", "orders-key", "--ignore-not-found") == ""
    finally:
        application.tool(
            "git", "-c", "user.name=t", "-c", "user.email=t@e.example", "revert", "--no-edit", "HEAD"
        )
        for verb in ("build", "push", "package", "publish"):
            application.must(verb)


def test_what_makes_no_sense_together_is_a_usage_error(published: Application, tmp_path: Path) -> None:
    for words in (("--plan", "--check"), ("--out", "x"), ("--check", "--from-plan", "x")):
        assert published.verb("deploy", *words).code == 2, words
    file = tmp_path / "plan.json"
    for text in ("{", "[]", '{"format": 9, "plans": []}', '{"format": 1, "plans": [{"environment": "dev"}]}'):
        file.write_text(text)
        said = published.verb("deploy", "--from-plan", str(file))
        assert said.code == 6, text
        assert os.fspath(file) in said.reason
