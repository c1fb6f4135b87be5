"""A variable that stands twice in a container: as a hand puts it there, and as a chart has it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.real import app
from tests.real.app import Application
from tests.real.test_owner import deployment, kubectl, with_helm
from tests.real.test_strange import revision
from tests.real.workloads import add, pod, workload


def ports(application: Application) -> list[str]:
    (container,) = deployment(application)["spec"]["template"]["spec"]["containers"]
    return [each["value"] for each in container["env"] if each["name"] == "PORT"]


@pytest.mark.parametrize("helm", ["helm 4", "helm 3"])
def test_a_variable_that_is_there_twice(helm: str, testbed: Mapping[str, str], tmp_path: Path) -> None:
    with app.new(testbed, tmp_path, "dockerfile") as application:
        application = with_helm(application, helm)
        application.until("deploy")
        (port,) = ports(application)
        at = "/spec/template/spec/containers/0/env/-"
        patch = [{"op": "add", "path": at, "value": {"name": "PORT", "value": "9"}}]
        kubectl(application, "patch", "deployment", "orders", "--type=json", "--patch", json.dumps(patch))
        assert ports(application) == [port, "9"]
        checked = application.verb("deploy", "--check")
        assert checked.code == 1
        words = "Deployment/orders spec.template.spec.containers[web].env[PORT].value"
        assert f"{words} is 9, declared {port} (kubectl-patch)" in checked.out
        said = application.must("deploy")
        assert f"ours again: {words}: 9 → {port} (kubectl-patch had it)" in said.err
        assert ports(application) == [port], "as it was said"
        assert application.must("deploy", "--check").code == 0
        assert application.must("deploy", "--json").json()[0]["acted"] is False

        # Which of two of the chart's own counts is up to who applies it: no server is asked to guess.
        twice = [{"name": "A", "value": value} for value in "12"]
        add(application, workload(pod(application, env=twice)))
        before = revision(application)
        for options in ((), ("--plan",)):
            refused = application.verb("deploy", *options)
            assert refused.code == 6, refused.err
            assert 'duplicate entries for key [name="A"]' in refused.reason, refused.err
            assert "the chart names it twice, and one counts" in refused.err
        assert revision(application) == before
