from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.model.app import Process, SecretRef
from pipelinekit.model.receipts import Deployed
from pipelinekit.steps.artefacts.image import Did
from pipelinekit.steps.deploying.outlook import BLINKS
from tests import examples
from tests.doubles import digest
from tests.unit.steps.release.bench import DEV, PLAN, Bench


def test_a_first_deployment_makes_the_namespace_and_installs_the_chart(bench: Bench) -> None:
    receipt, did = bench.deploy()
    assert bench.cluster.namespaces == {"payments-dev"}
    assert did == Did("orders 1.2.3 runs in dev (namespace payments-dev)", acted=True)
    assert (receipt.revision, receipt.environment, receipt.namespace) == (1, "dev", "payments-dev")
    assert receipt.chart_digest == bench.chart.digest
    assert bench.receipts.load(Deployed, "dev") == receipt
    assert bench.records[1].values["image"] == {"registry": "nexus.acme.example:5000", "pullSecrets": []}


def test_a_copy_of_an_environment_is_not_called_by_its_name(bench: Bench) -> None:
    own = "your namespace draft-ada"
    _, did = bench.deploy(replace(DEV, called=own))
    assert did == Did(f"orders 1.2.3 runs in {own}", acted=True)
    assert f"orders 1.2.3 to {own}" in bench.said
    assert not [each for each in bench.said if "dev" in each]


def test_deploying_again_changes_nothing(bench: Bench) -> None:
    first, _ = bench.deploy()
    again, did = bench.deploy()
    assert (again, list(bench.records)) == (first, [1])
    assert did == Did("orders 1.2.3 runs already in dev (namespace payments-dev)", acted=False)


def test_another_chart_is_deployed_although_it_has_the_same_values(bench: Bench) -> None:
    bench.deploy()
    bench.publish(**{"templates.yaml": "changed"})
    receipt, did = bench.deploy()
    assert (did.acted, receipt.revision) == (True, 2)


def test_what_is_not_ready_is_deployed_again(bench: Bench) -> None:
    bench.deploy()
    bench.cluster.things.unready = len(BLINKS) + 2
    _, did = bench.deploy()
    assert did.acted


def test_what_is_ready_again_a_moment_later_is_not_deployed_again(bench: Bench) -> None:
    bench.deploy()
    bench.cluster.things.unready = 2
    _, did = bench.deploy()
    assert (did.acted, bench.waited, max(bench.records)) == (False, 1, 1)


def test_what_hands_have_changed_is_not_waited_for(bench: Bench) -> None:
    bench.deploy()
    bench.cluster.things.unready = len(BLINKS) + 2
    del bench.cluster.things.all["Deployment/orders"]
    _, did = bench.deploy()
    assert (did.acted, bench.waited) == (True, 0)


def test_what_somebody_else_changed_the_values_of_is_deployed_again(bench: Bench) -> None:
    bench.deploy()
    bench.records[1].values = {**bench.records[1].values, "mirror": "by hand"}
    _, did = bench.deploy()
    assert did.acted


@pytest.mark.parametrize("status", ["failed", "uninstalled", "superseded"])
def test_what_is_not_deployed_is_deployed_again(bench: Bench, status: str) -> None:
    bench.deploy()
    bench.records[1].status = status
    _, did = bench.deploy()
    assert did.acted


def test_the_environments_own_values_lie_under_those_of_the_deployment(bench: Bench) -> None:
    bench.publish(**{"values-dev.yaml": "environment: nonsense\nprocesses: {web: {replicas: 4}}\n"})
    bench.deploy()
    assert bench.records[1].values["processes"] == {"web": {"replicas": 4}}
    assert bench.records[1].values["environment"] == "dev"


def test_an_environment_may_have_a_registry_of_its_own(bench: Bench) -> None:
    bench.deploy(examples.target(replace(examples.DEV, registry="nexus-prod:5000")))
    image = bench.records[1].values["image"]
    assert isinstance(image, dict)
    assert image["registry"] == "nexus-prod:5000"


def test_the_chart_comes_from_the_repository_when_the_local_one_is_another(bench: Bench) -> None:
    local = bench.workspace.working_folder("dist") / "orders-1.2.3.tgz"
    local.write_text('{"Chart.yaml": "tampered"}')
    bench.deploy()
    assert digest(local.read_bytes()) == bench.chart.archive_digest


def test_a_changed_secret_is_deployed_and_an_unchanged_one_is_not(bench: Bench) -> None:
    reference = SecretRef(kind="secret", path="api", key="k")
    app = examples.app(processes={"web": Process(name="web", secrets={"KEY": reference})})
    plan = replace(PLAN, app=app)
    acted = []
    for version in ("one", "one", "two", "two"):
        bench.cluster.secrets = {"api": version}
        acted.append(bench.deploy(plan=plan)[1].acted)
    assert acted == [True, False, True, False]
