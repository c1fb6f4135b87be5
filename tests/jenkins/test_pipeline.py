"""The generated Jenkinsfile under the CPS engine: the real command line does the real work on the testbed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.jenkins.harness import Credential, Run, Trace, run_one
from tests.real import app
from tests.real.app import BIN, LINE, Application

REPOSITORY = Path(__file__).resolve().parents[2]

PLATFORM = """\
apiVersion: pipelinekit/v1
kind: Platform
metadata: {{name: acme}}
images: {{registry: "{registry}", credentials: nexus, mirror: "{registry}",
         mirrorCredentials: {{id: nexus-read, pullRequests: true}}}}
charts: {{repository: "oci://{registry}/charts", credentials: nexus}}
jenkins: {{url: "https://jenkins.example.com", agent: {{label: linux}}}}
clusters: [{{name: nonprod, context: testbed, credentials: kube-nonprod}}]
environments:
  - {{name: dev, cluster: nonprod, namespace: "{{team}}-dev", automatic: true}}
  - {{name: production, cluster: nonprod, namespace: "{{team}}-prod", after: dev}}
"""


@pytest.fixture
def platform(testbed: Mapping[str, str], tmp_path: Path) -> Path:
    path = tmp_path / "platform.yaml"
    path.write_text(PLATFORM.format(registry=testbed["PK_TESTBED_REGISTRY"]))
    return path


@pytest.fixture
def orders(testbed: Mapping[str, str], tmp_path: Path, platform: Path) -> Iterator[Application]:
    """An application generated for the platform, committed."""
    with app.new(testbed, tmp_path / "apps", "python", "--platform", str(platform)) as application:
        yield application


def _credentials(testbed: Mapping[str, str]) -> dict[str, Credential]:
    """What the controller has: the registry's user and the cluster's kubeconfig."""
    import base64
    import json

    config = json.loads((Path(testbed["DOCKER_CONFIG"]) / "config.json").read_text())
    auth = config["auths"][testbed["PK_TESTBED_REGISTRY"]]["auth"]
    user, _, password = base64.b64decode(auth).decode().partition(":")
    return {
        "nexus": Credential("usernamePassword", {"username": user, "password": password}),
        "nexus-read": Credential("usernamePassword", {"username": user, "password": password}),
        "kube-nonprod": Credential(
            "file", {"name": "kubeconfig", "content": Path(testbed["KUBECONFIG"]).read_text()}
        ),
    }


def _build(application: Application, workspace: Path, platform: Path, **options: object) -> Trace:
    """A build of the application's own Jenkinsfile in a fresh clone, on an agent without any login."""
    application.tool("git", "clone", "--quiet", str(application.folder), str(workspace))
    home = workspace.parent / f"{workspace.name}-home"
    home.mkdir()
    environment = {
        "HOME": str(home),
        "PATH": f"{BIN}{os.pathsep}{application.env['PATH']}",
        "DOCKER_HOST": application.env.get("DOCKER_HOST", ""),
        "PIPELINEKIT_PLATFORM": str(platform),
    }
    return run_one(
        Run(
            jenkinsfile=(application.folder / "Jenkinsfile").read_text(),
            workspace=workspace,
            library=REPOSITORY,
            environment={name: value for name, value in environment.items() if value},
            timeout=600,
            **options,  # type: ignore[arg-type]
        )
    )


def test_a_build_of_main_goes_all_the_way(
    testbed: Mapping[str, str], orders: Application, platform: Path, tmp_path: Path
) -> None:
    trace = _build(orders, tmp_path / "ws", platform, branch="main", credentials=_credentials(testbed))
    assert trace.result == "SUCCESS", trace.console
    assert trace.problems == ()
    release = [f"Release/{each}" for each in ("Push", "Package", "Publish", "Deploy", "Verify")]
    assert list(trace.statuses()) == ["Generated files", "Test", "Build", "Release", *release]
    assert set(trace.statuses().values()) == {"run"}
    assert [step.name for step in trace.called("junit")] == ["junit"]
    receipts = {*LINE[:-2], "deploy-dev", "verify-dev"}
    assert {Path(path).stem for path in trace.archived} == receipts
    assert trace.leaked == ()
    assert "orders" in orders.http()
    # The shell got a constant: nothing of any document is in its text.
    assert {step.arguments["script"] for step in trace.called("sh")} == {
        'pipelinekit "$PK_VERB" --args-env PK_ARGS'
    }


def test_a_second_build_does_nothing(
    testbed: Mapping[str, str], orders: Application, platform: Path, tmp_path: Path
) -> None:
    credentials = _credentials(testbed)
    _build(orders, tmp_path / "first", platform, branch="main", credentials=credentials)
    before = orders.tool("helm", "-n", orders.namespace, "history", "orders", "-o", "json")
    again = _build(orders, tmp_path / "second", platform, branch="main", credentials=credentials)
    assert again.result == "SUCCESS", again.console
    assert "is in the registry already" in again.console
    assert "is published already" in again.console
    assert "runs already in dev" in again.console
    assert orders.tool("helm", "-n", orders.namespace, "history", "orders", "-o", "json") == before


@pytest.mark.parametrize(
    ("branch", "pull_request"), [("PR-7", 7), ("feature/x", None)], ids=["pull request", "another branch"]
)
def test_a_pull_request_stops_before_push_and_holds_the_mirrors_login_alone(
    testbed: Mapping[str, str],
    orders: Application,
    platform: Path,
    tmp_path: Path,
    branch: str,
    pull_request: int | None,
) -> None:
    hidden = {
        name: Credential(each.kind, each.values, visible=name == "nexus-read")
        for name, each in _credentials(testbed).items()
    }
    trace = _build(
        orders, tmp_path / "ws", platform, branch=branch, pull_request=pull_request, credentials=hidden
    )
    assert trace.result == "SUCCESS", trace.console
    statuses = trace.statuses()
    assert (statuses["Test"], statuses["Build"], statuses["Release"]) == ("run", "run", "skipped")
    for step in trace.called("sh"):
        held = {name for name in step.environment if "PASSWORD" in name or name.startswith("PK_KUBECONFIG")}
        assert held == ({"PK_MIRROR_PASSWORD"} if step.environment["PK_VERB"] != "generate" else set())
    kind = "pr.7" if pull_request else "feature-x"
    assert f"-{kind}.g" in trace.console


def test_a_failing_test_ends_the_build_and_its_report_is_published(
    testbed: Mapping[str, str], orders: Application, platform: Path, tmp_path: Path
) -> None:
    orders.replace("orders/web.py", "Hello from", "Goodbye from")
    orders.commit()
    trace = _build(orders, tmp_path / "ws", platform, branch="main", credentials=_credentials(testbed))
    assert trace.result == "FAILURE"
    assert trace.statuses()["Test"] == "failed"
    assert trace.statuses()["Build"] != "run"
    assert trace.reports[0].failed == 1
    assert not trace.called("pkPush")


def test_a_library_of_another_contract_is_refused_by_name(
    testbed: Mapping[str, str], orders: Application, platform: Path, tmp_path: Path
) -> None:
    other = tmp_path / "library"
    shutil.copytree(REPOSITORY / "vars", other / "vars")
    execute = other / "vars" / "pkExec.groovy"
    execute.write_text(execute.read_text().replace("PK_CONTRACT=1", "PK_CONTRACT=99"))
    orders.tool("git", "clone", "--quiet", str(orders.folder), str(tmp_path / "ws"))
    trace = run_one(
        Run(
            jenkinsfile=(orders.folder / "Jenkinsfile").read_text(),
            workspace=tmp_path / "ws",
            library=other,
            branch="main",
            environment={"HOME": str(tmp_path), "PATH": f"{BIN}{os.pathsep}{orders.env['PATH']}"},
        )
    )
    assert trace.result == "FAILURE"
    assert "the library speaks contract 99" in trace.console


def test_by_hand_by_demo_and_by_jenkins_is_the_same_manifest(
    testbed: Mapping[str, str], orders: Application, platform: Path, tmp_path: Path
) -> None:
    """One commit, three ways: what is in the cluster must not tell which way it came."""
    by_hand = orders.with_env(PIPELINEKIT_PLATFORM=str(platform))
    for verb in LINE:
        by_hand.must(verb)
    manifests = {"hand": orders.manifest()}

    orders.tool("helm", "-n", orders.namespace, "uninstall", "orders", "--wait")
    trace = _build(orders, tmp_path / "ws", platform, branch="main", credentials=_credentials(testbed))
    assert trace.result == "SUCCESS", trace.console
    manifests["jenkins"] = orders.manifest()

    orders.tool("helm", "-n", orders.namespace, "uninstall", "orders", "--wait")
    demo = tmp_path / "demo"
    orders.tool("git", "clone", "--quiet", str(orders.folder), str(demo))
    Application(demo, orders.name, orders.team, by_hand.env).tool(
        str(BIN / "python"), "-c", DEMO, str(demo), orders.team, cwd=REPOSITORY
    )
    manifests["demo"] = orders.manifest()
    assert manifests["jenkins"] == manifests["hand"]
    assert manifests["demo"] == manifests["hand"]


# The demo's own code, on a folder and a team of the test's.
DEMO = """
import sys, os
from pathlib import Path
from tests.demo import __main__ as demo
from tests.demo.cluster import Place
place = Place(name="test", context="testbed", registry=os.environ["PK_TESTBED_REGISTRY"],
              mirror=os.environ["PK_TESTBED_REGISTRY"], env={}, remove="")
run = demo.Demo(place, Path(sys.argv[1]), name="orders", team=sys.argv[2])
run.run()
"""
