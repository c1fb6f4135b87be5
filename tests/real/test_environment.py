"""Namespaces that an administrator prepares, and a deployer that may use them and no others."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.real import app
from tests.real.app import Application, Said
from tests.real.kube import Kube, eventually
from tests.real.test_testbed import pod

PULL = "platform-pull"
QUOTA = "{hard: {requests.cpu: 4, pods: %s}, container: {max: {memory: 4Gi}}}"


@dataclass(frozen=True)
class Prepared:
    """A published application, the platform that knows it, and a kubeconfig of its deployer."""

    application: Application
    other: str
    """A namespace of somebody else."""
    folder: Path

    @property
    def kube(self) -> Kube:
        return Kube(self.application.env, self.application.namespace)

    def describe(self, pods: int = 40, *teams: str) -> None:
        """Write platform.yaml; teams beside the application's own have an application as well."""
        registry = self.application.env["PK_TESTBED_REGISTRY"]
        lines = [
            f"  - {{name: orders, team: {team}, repository: 'https://git.example.com/{team}'}}"
            for team in (self.application.team, *teams)
        ]
        text = "\n".join(
            [
                "apiVersion: pipelinekit/v1",
                "kind: Platform",
                "metadata: {name: acme}",
                f"images: {{registry: '{registry}', mirror: '{registry}', pullSecret: {PULL}}}",
                f"charts: {{repository: 'oci://{registry}/charts'}}",
                f"clusters: [{{name: one, context: {self.application.env['PK_TESTBED_CONTEXT']}}}]",
                "environments:",
                "  - name: dev",
                "    cluster: one",
                "    namespace: '{team}-dev'",
                "    automatic: true",
                f"    quota: {QUOTA % pods}",
                "applications:",
                *lines,
            ]
        )
        (self.folder / "platform.yaml").write_text(text + "\n")

    def verb(self, *words: str, env: Mapping[str, str] | None = None) -> Said:
        return self.application.verb(*words, env=env)

    def prepare(self, *words: str, env: Mapping[str, str] | None = None) -> Said:
        return self.verb("environment", "prepare", *words, env=env)

    def deployer(self) -> Path:
        """A kubeconfig of the account that was made."""
        token = self.kube.kubectl("create", "token", "pipelinekit-deployer").strip()
        config = json.loads(self.application.tool("kubectl", "config", "view", "--raw", "-o", "json"))
        for user in config["users"]:
            user["user"] = {"token": token}
        path = self.folder / "kubeconfig"
        path.write_text(json.dumps(config))
        return path

    def one(self, kind: str, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.kube.kubectl("get", kind, name, "-o", "json"))
        return found


@pytest.fixture(scope="module")
def ready(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    folder = tmp_path_factory.mktemp("environment")
    with app.new(testbed, folder / "apps", "dockerfile") as application:
        named = application.with_env(PIPELINEKIT_PLATFORM=str(folder))
        found = Prepared(named, f"{application.team}x-dev", folder)
        found.describe()
        try:
            yield found
        finally:
            named.tool("kubectl", "delete", "ns", found.other, "--ignore-not-found", "--wait=false")


def prepared(ready: Prepared, env: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What `doctor` says of the environment's preparation."""
    findings = ready.verb("doctor", "--json", env=env).json()
    (found,) = (each for each in findings if each["subject"] == "preparation of dev")
    return dict(found)


def test_the_plan_is_what_is_done_and_a_second_time_nothing_is(ready: Prepared) -> None:
    namespace = ready.application.namespace
    found = prepared(ready)
    assert found["state"] == "notice"
    for words in (f"not done in namespace {namespace}: ", " things", "environment prepare --env dev`"):
        assert words in found["detail"]
    planned = ready.prepare("--plan")
    assert planned.code == 0, planned.err
    assert planned.out.splitlines() == [
        f"would prepare dev (namespace {namespace})",
        f"  create: Namespace/{namespace}",
        "  create: ResourceQuota/pipelinekit",
        "  create: LimitRange/pipelinekit",
        "  create: NetworkPolicy/pipelinekit-default-deny",
        "  create: NetworkPolicy/pipelinekit-dns",
        f"  create: Secret/{PULL}",
        "  create: ServiceAccount/pipelinekit-deployer",
        "  create: Role/pipelinekit-deployer",
        "  create: RoleBinding/pipelinekit-deployer",
    ]
    assert ready.kube.attempt("kubectl", "get", "namespace", namespace).returncode == 1
    done = ready.prepare()
    assert (done.code, done.out) == (0, f"dev (namespace {namespace}) is prepared\n"), done.err
    again = ready.prepare("--json")
    assert [(each["acted"], each["created"], each["changes"]) for each in again.json()] == [(False, [], [])]
    assert ready.prepare().out == f"dev (namespace {namespace}) is prepared already\n"
    labels = json.loads(ready.kube.run("kubectl", "get", "ns", namespace, "-o", "json"))["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert ready.one("resourcequota", "pipelinekit")["spec"]["hard"] == {"pods": "40", "requests.cpu": "4"}


def test_doctor_says_that_it_is_prepared_and_what_an_account_may_not_see(ready: Prepared) -> None:
    assert prepared(ready)["state"] == "ok"
    unseen = prepared(ready, {"KUBECONFIG": str(ready.deployer())})
    assert unseen["state"] == "notice"
    assert unseen["detail"].startswith("cannot be told: ")


def test_what_hands_did_is_told_and_put_back_and_what_others_added_stays(ready: Prepared) -> None:
    patch = '{"spec": {"hard": {"pods": "99", "secrets": "50"}}}'
    ready.kube.kubectl("patch", "resourcequota", "pipelinekit", "-p", patch)
    planned = ready.prepare("--plan").out.splitlines()[1:]
    assert planned == [
        "  ours again: ResourceQuota/pipelinekit spec.hard.pods: 99 → 40 (kubectl-patch had it)"
    ]
    ready.describe(41)
    assert "spec.hard.pods: 99 → 41" in ready.prepare("--plan").out
    assert ready.prepare("--env", "dev").code == 0
    hard = ready.one("resourcequota", "pipelinekit")["spec"]["hard"]
    assert hard == {"pods": "41", "requests.cpu": "4", "secrets": "50"}
    text = (ready.folder / "platform.yaml").read_text()
    (ready.folder / "platform.yaml").write_text(text.replace("    quota:", "    # quota:"))
    assert ready.prepare("--plan").out.splitlines()[1:] == [
        "  remove: ResourceQuota/pipelinekit",
        "  remove: LimitRange/pipelinekit",
    ]
    ready.describe()
    assert ready.prepare().code == 0


def test_the_pull_secret_is_renewed_and_never_shown(ready: Prepared) -> None:
    registry = ready.application.env["PK_TESTBED_REGISTRY"]
    login = {"PK_REGISTRY_USER": "reader", "PK_REGISTRY_PASSWORD": "another-word"}
    planned = ready.prepare("--plan", env=login)
    shown = ready.prepare("--plan", "--json", env=login)
    change = f"  change: Secret/{PULL} data[.dockerconfigjson]: (secret) → (secret)"
    assert planned.out.splitlines()[1:] == [change]
    assert ready.prepare(env=login).code == 0
    secret = ready.one("secret", PULL)
    assert secret["type"] == "kubernetes.io/dockerconfigjson"
    code = ready.kube.kubectl(
        "get", "secret", PULL, "-o", r"go-template={{index .data `.dockerconfigjson` | base64decode}}"
    )
    assert list(json.loads(code)["auths"]) == [registry]
    for said in (planned, shown):
        assert not {"another-word", secret["data"][".dockerconfigjson"]} & set(said.out.split('"'))
        assert "another-word" not in said.out + said.err
    nobody = {"DOCKER_CONFIG": str(ready.folder)}
    kept = ready.prepare(env=nobody)
    assert kept.code == 0
    assert f"Secret/{PULL} stays as it is: this machine has no login to renew it with" in kept.err
    assert ready.prepare().out == f"dev (namespace {ready.application.namespace}) is prepared\n"


def test_all_is_closed_but_names(ready: Prepared) -> None:
    kube, env = ready.kube, dict(ready.application.env)
    serve = "echo hello > /tmp/index.html; exec httpd -f -p 8080 -h /tmp"
    small = {"requests": {"cpu": "10m"}}
    server = pod(env, "web", "library/busybox:stable", ["sh", "-c", serve])
    client = pod(env, "client", "library/python:3.11-slim", ["sleep", "3600"])
    for each in (server, client):
        each["spec"]["containers"][0]["resources"] = small
    kube.apply(server, client)
    try:
        for name in ("web", "client"):
            kube.ready(name)
        address = kube.kubectl("get", "pod", "web", "-o", "jsonpath={.status.podIP}")
        assert eventually(lambda: not kube.fetched("client", f"http://{address}:8080/"))
        names = "import socket; print(socket.gethostbyname('kube-dns.kube-system.svc.cluster.local'))"
        service = kube.run(
            "kubectl", "-n", "kube-system", "get", "svc", "kube-dns", "-o", "jsonpath={.spec.clusterIP}"
        )
        assert kube.kubectl("exec", "client", "--", "python", "-c", names).strip() == service
        opened = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "open"}}
        kube.apply(
            {
                **opened,
                "spec": {
                    "podSelector": {},
                    "ingress": [{}],
                    "egress": [{}],
                    "policyTypes": ["Ingress", "Egress"],
                },
            }
        )
        assert eventually(lambda: kube.fetched("client", f"http://{address}:8080/")), (
            "the deny was what closed it"
        )
    finally:
        kube.kubectl(
            "delete", "pod/web", "pod/client", "networkpolicy/open", "--ignore-not-found", "--wait=false"
        )


def test_the_deployer_deploys_there_and_touches_nothing_else(ready: Prepared) -> None:
    application = ready.application
    application.until("publish")
    mine = {"KUBECONFIG": str(ready.deployer())}
    said = application.must("deploy", env=mine)
    assert "runs in dev" in said.out
    application.must("verify", env=mine)
    assert "runs already" in application.must("deploy", env=mine).out
    assert application.verb("deploy", "--check", env=mine).code == 0
    held = Kube({**application.env, **mine}, application.namespace)
    for words in (
        ("-n", "default", "get", "secrets"),
        ("-n", "kube-system", "create", "configmap", "x"),
        ("create", "namespace", ready.other),
        ("-n", application.namespace, "delete", "resourcequota", "pipelinekit"),
        ("-n", application.namespace, "create", "role", "x", "--verb=*", "--resource=pods"),
        ("get", "nodes"),
    ):
        refused = held.attempt("kubectl", *words)
        assert refused.returncode, words
        assert "orbidden" in refused.stderr, (words, refused.stderr)


def test_deploy_names_the_next_step_where_preparation_is_missing(ready: Prepared) -> None:
    application, kube = ready.application, ready.kube
    application.write("index.html", "changed")
    application.commit()
    application.until("publish")
    mine = {"KUBECONFIG": str(ready.deployer())}
    kube.kubectl("delete", "secret", PULL)
    rule = [{"op": "remove", "path": "/rules/5"}]
    before = ready.one("role", "pipelinekit-deployer")["rules"][5]
    kube.kubectl("patch", "role", "pipelinekit-deployer", "--type=json", "-p", json.dumps(rule))
    said = application.verb("deploy", env=mine)
    assert said.code == 6
    assert before["resources"] == ["ingresses", "networkpolicies"]
    assert "the account may not get, list, watch, create, patch networkpolicies.networking.k8s.io" in said.err
    assert f"secret {PULL} is not there" in said.err
    assert said.err.count("pipelinekit environment prepare --env dev") == 2
    assert ready.prepare().code == 0
    assert "runs in dev" in application.must("deploy", env=mine).out


def test_what_is_somebody_elses_is_refused_and_the_rest_is_done(ready: Prepared) -> None:
    kube, other = ready.kube, ready.other
    team = other.removesuffix("-dev")
    kube.run("kubectl", "create", "namespace", other)
    claim = f"kubectl label namespace {other} pipelinekit.dev/platform=acme"
    workload = ("kubectl", "-n", other, "create", "deployment", "theirs", "--replicas=0", "--image=x")
    kube.run(*workload)
    ready.describe(42, team)
    said = ready.prepare()
    assert said.code == 6
    assert said.out == f"dev (namespace {ready.application.namespace}) is prepared\n"
    assert (
        f"dev (namespace {other}) has programs that are no application of ours: Deployment/theirs" in said.err
    )
    assert claim in said.err
    kube.run("kubectl", "-n", other, "delete", "deployment", "theirs")
    kube.run("kubectl", "-n", other, "create", "serviceaccount", "pipelinekit-deployer")
    said = ready.prepare("--app", f"{team}/orders")
    assert "ServiceAccount/pipelinekit-deployer was made by somebody else" in said.err
    what = "serviceaccount pipelinekit-deployer pipelinekit.dev/platform=acme"
    hand = f"kubectl --namespace {other} label --overwrite {what}"
    assert hand in said.err
    kube.run(*hand.split())
    assert ready.prepare().code == 0
    bound = json.loads(
        kube.run("kubectl", "-n", other, "get", "rolebinding", "pipelinekit-deployer", "-o", "json")
    )
    assert [each["namespace"] for each in bound["subjects"]] == [other]
    kube.run("kubectl", "label", "--overwrite", "namespace", other, "pipelinekit.dev/team=rivals")
    assert "is team rivals's, not that of" in ready.prepare("--plan").err
    ready.describe()
