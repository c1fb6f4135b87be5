"""`draft` where it may not act: gated clusters, other people's releases, secrets that are lacking."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping

import pytest

from tests.real.developer import Developer, beside, developer


@pytest.fixture(scope="module")
def dev(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Developer]:
    """A developer whose application runs."""
    with developer(testbed, tmp_path_factory.mktemp("guard")) as found:
        found.up()
        yield found


def platform(dev: Developer, **cluster: str) -> str:
    """A platform whose one gated environment is in the cluster `prod`."""
    registry = dev.application.env["PIPELINEKIT_REGISTRY"]
    lines = "".join(f", {key}: {json.dumps(value)}" for key, value in cluster.items())
    text = f"""
        apiVersion: pipelinekit/v1
        kind: Platform
        metadata: {{name: acme}}
        images: {{registry: "{registry}", mirror: "{registry}"}}
        charts: {{repository: "oci://{registry}/charts"}}
        clusters: [{{name: nonprod, context: acme-dev}}, {{name: prod{lines}}}]
        environments:
          - {{name: dev, cluster: nonprod, namespace: "{{team}}-dev", automatic: true}}
          - {{name: staging, cluster: nonprod, namespace: "{{team}}-staging", after: dev}}
          - {{name: production, cluster: prod, namespace: "{{team}}", after: staging}}
    """
    path = dev.kubeconfig.with_name("platform.yaml")
    path.write_text(textwrap.dedent(text))
    return str(path)


def with_contexts(dev: Developer, *names: str, elsewhere: str = "") -> Mapping[str, str]:
    """A kubeconfig that has the testbed under these names, and another server under `elsewhere`."""
    config = dev.config()
    first = config["contexts"][0]
    config["contexts"] = [{**first, "name": name} for name in names]
    if elsewhere:
        config["clusters"].append({"name": "far", "cluster": {"server": "https://127.0.0.1:9"}})
        context = {**first["context"], "cluster": "far"}
        config["contexts"].append({"name": elsewhere, "context": context})
    config["current-context"] = config["contexts"][0]["name"]
    path = dev.kubeconfig.with_name("contexts.json")
    path.write_text(json.dumps(config))
    return {"KUBECONFIG": str(path), "PIPELINEKIT_CONTEXT": ""}


def server(dev: Developer) -> str:
    return str(dev.config()["clusters"][0]["cluster"]["server"])


@pytest.mark.parametrize("said", ["by-context", "by-server"])
def test_a_gated_cluster_is_refused_whatever_its_context_is_called(dev: Developer, said: str) -> None:
    dev.application.write(".draft-tasks.toml", '[pre-up]\n"runs" = "touch ran"\n')
    env = with_contexts(dev, "innocent", "acme-prod", elsewhere="acme-dev")
    cluster = {"context": "acme-prod"} if said == "by-context" else {"server": server(dev) + "/"}
    at = platform(dev, **cluster)
    for words in (["--context", "innocent"], ["--context", "innocent", "--allow-context", "innocent"]):
        found = dev.draft("up", "--platform", at, *words, env=env)
        assert (found.code, "whose environments have gates: production" in found.reason) == (6, True), (
            found.err
        )
    assert not (dev.application.folder / "ran").exists()
    dev.application.write(".draft-tasks.toml", "")


def test_a_gated_environments_namespace_is_refused_in_a_cluster_that_is_open(dev: Developer) -> None:
    env = with_contexts(dev, "acme-dev", elsewhere="acme-prod")
    at = platform(dev, context="acme-prod")
    found = dev.draft("up", "--platform", at, "--namespace", f"{dev.application.team}-staging", env=env)
    assert (found.code, "environment staging's, which has a gate" in found.reason) == (6, True), found.err


def test_a_context_that_nobody_knows_is_used_by_word_alone(dev: Developer) -> None:
    env = with_contexts(dev, "mine", elsewhere="acme-dev")
    at = platform(dev, server="https://prod.example.com")
    found = dev.draft("up", "--platform", at, "--context", "mine", env=env)
    assert (found.code, "does not know the cluster" in found.reason) == (6, True), found.err
    found = dev.draft("status", "--platform", at, "--context", "mine", "--allow-context", "mine", env=env)
    assert found.code == 0, found.err
    found = dev.draft("status", env=env)
    assert (found.code, "no platform says" in found.reason) == (6, True), found.err


def test_the_context_that_counts_is_the_one_at_the_beginning(dev: Developer) -> None:
    before = dev.kubeconfig.read_text()
    elsewhere = "kubectl config set-cluster testbed --server https://127.0.0.1:9"
    switch = f"{elsewhere} && kubectl config unset current-context"
    dev.application.write(".draft-tasks.toml", f"[pre-up]\n'somebody switches' = '{switch}'\n")
    try:
        found = dev.up()
    finally:
        dev.kubeconfig.write_text(before)
        dev.application.write(".draft-tasks.toml", "")
    assert not found["revised"]


def test_what_is_somebody_elses_stays_theirs(dev: Developer) -> None:
    other = beside(dev)
    found = other.draft("up", "--namespace", dev.namespace)
    assert (found.code, f"is {dev.name}'s" in found.reason) == (6, True), found.err
    found = other.draft("delete", "--namespace", dev.namespace)
    assert found.code == 6
    assert [each["name"] for each in dev.releases()] == ["orders"]


def test_a_copy_in_a_namespace_that_all_share_is_whose_it_was_first(dev: Developer) -> None:
    """As classic Draft's draft.toml has it, which names `default` for everybody."""
    shared, other = f"{dev.application.team}-shared", beside(dev)
    before = (dev.application.folder / "draft.toml").read_text()
    line = before.replace("    chart =", f'    namespace = "{shared}"\n    chart =')
    dev.application.write("draft.toml", line)
    try:
        assert dev.up()["namespace"] == shared
        again = dev.up()
        assert (again["revised"], again["revision"]) == (False, 1)
        for verb in ("up", "delete"):
            found = other.draft(verb)
            assert (found.code, f"is {dev.name}'s copy" in found.reason) == (6, True), found.err
        assert dev.draft("status").code == 0
        assert dev.draft("delete").code == 0
        assert other.up()["revision"] == 1
    finally:
        dev.application.write("draft.toml", before)
        dev.application.tool("kubectl", "delete", "namespace", shared, "--ignore-not-found", "--wait=false")


def test_two_developers_have_one_each(dev: Developer) -> None:
    other = beside(dev)
    try:
        assert other.up()["built"] is False
        assert (other.http(), dev.http()) == ("Hello from orders\n", "Hello from orders\n")
        done = other.draft("delete")
        assert done.code == 0, done.err
        assert other.application.tool("helm", "-n", other.namespace, "list", "-q") == ""
    finally:
        words = ("delete", "namespace", other.namespace, "--ignore-not-found", "--wait=false")
        other.application.tool("kubectl", *words)


def test_a_secret_that_is_lacking_is_named_before_the_build(dev: Developer) -> None:
    before = (dev.application.folder / "app.yaml").read_text()
    dev.application.replace("app.yaml", "  replicas: 1\n", '  replicas: 1\n  secrets: {K: "secret:keys#k"}\n')
    dev.application.must("generate")
    built = dev.images()
    try:
        found = dev.draft("up")
        assert (found.code, "has no Secret keys (keys: k)" in found.reason) == (6, True), found.err
        command = next(line for line in found.err.splitlines() if "create secret generic keys" in line)
        assert f"--namespace {dev.namespace} create secret generic keys --from-file=k=FILE" in command
        assert dev.images() == built
    finally:
        dev.application.write("app.yaml", before)
        dev.application.must("generate")
