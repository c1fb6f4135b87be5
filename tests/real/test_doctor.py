"""`doctor` on a real cluster: an account that may do nothing does not pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import uuid4

import pytest

from tests.real.app import Application
from tests.real.workloads import account

PLATFORM = """\
apiVersion: pipelinekit/v1
kind: Platform
metadata: {{name: acme}}
images: {{registry: "{registry}"}}
charts: {{repository: "oci://{registry}/charts"}}
clusters: [{{name: c}}]
environments: [{{name: dev, cluster: c, namespace: "{{team}}-dev", automatic: true}}]
applications: [{{name: orders, team: {team}, repository: "https://git.example.com/orders.git"}}]
"""


@pytest.fixture
def here(testbed: Mapping[str, str], tmp_path: Path) -> Iterator[Application]:
    """A platform with one application, whose namespace is there."""
    team = f"doctor-{uuid4().hex[:6]}"
    application = Application(tmp_path, "orders", team, dict(testbed))
    text = PLATFORM.format(registry=testbed["PK_TESTBED_REGISTRY"], team=team)
    application.write("platform.yaml", text)
    application.tool("kubectl", "create", "namespace", f"{team}-dev")
    yield application
    application.tool("kubectl", "delete", "namespace", f"{team}-dev", "--wait=false")


def test_an_account_without_rights_fails_and_one_with_all_passes(here: Application, tmp_path: Path) -> None:
    said = here.verb("doctor", "--platform", "platform.yaml")
    assert (said.code, f"rights in {here.team}-dev (dev): may deploy" in said.err) == (0, True), said.err

    nobody = account(here, tmp_path, [])
    said = here.verb("doctor", "--platform", "platform.yaml", env={"KUBECONFIG": str(nobody)})
    assert said.code == 5
    assert "error: rights in " in said.err
    assert "the account may not get, list, create, update, patch, delete secrets" in said.err

    everything = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}
    somebody = account(here, tmp_path, [everything], name="all")
    assert here.verb("doctor", "--platform", "platform.yaml", env={"KUBECONFIG": str(somebody)}).code == 0


def test_without_an_application_nobody_says_that_all_is_well(here: Application, tmp_path: Path) -> None:
    nobody = account(here, tmp_path, [])
    said = here.verb("doctor", env={"KUBECONFIG": str(nobody)})
    assert "may not deploy in namespace default" in said.err
    assert "1 to look at" in said.out


def test_a_gate_that_nobody_can_open_is_told(here: Application) -> None:
    text = (here.folder / "platform.yaml").read_text()
    gated = text.replace(
        "automatic: true}]", "automatic: true}, {name: production, cluster: c, namespace: x, after: dev}]"
    )
    here.write("platform.yaml", gated)
    said = here.verb("doctor", "--platform", "platform.yaml")
    assert "gates: the gates of production need a ledger that everybody writes" in said.err, said.err
    assert "to look at: see above" in said.out
