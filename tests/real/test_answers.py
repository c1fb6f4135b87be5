"""What a Service answers through the API server, told from what the API server says in its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from pipelinekit.adapters.cluster.parts import Parts
from pipelinekit.model.release import Target
from pipelinekit.model.rollout.component import Question
from pipelinekit.model.rollout.part import Answer
from tests import examples
from tests.real.kube import Kube, namespace

SERVER = """
cd /tmp; echo ok > health; mkdir cgi-bin
printf '#!/bin/busybox sh\\necho Status: 503 Sealed; echo; echo sealed' > cgi-bin/health
chmod +x cgi-bin/health
exec httpd -f -p 8080 -h /tmp
"""


@pytest.fixture(scope="module")
def kube(testbed: Mapping[str, str]) -> Iterator[Kube]:
    with namespace(testbed) as kube:
        image = f"{testbed['PK_TESTBED_REGISTRY']}/library/busybox:stable"
        container = {"name": "server", "image": image, "command": ["/bin/busybox", "sh", "-c", SERVER]}
        ready = {"readinessProbe": {"httpGet": {"path": "/health", "port": 8080}, "periodSeconds": 1}}
        spec = {"terminationGracePeriodSeconds": 0, "containers": [container | ready]}
        metadata = {"name": "server", "labels": {"app": "server"}}
        services = {"server": ("server", 8080), "nobody": ("nobody", 8080), "closed": ("server", 9)}
        kube.apply(
            {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec},
            *(
                {
                    "apiVersion": "v1",
                    "kind": "Service",
                    "metadata": {"name": name},
                    "spec": {"selector": {"app": app}, "ports": [{"port": 80, "targetPort": port}]},
                }
                for name, (app, port) in services.items()
            ),
        )
        kube.ready("server")
        yield kube


def ask(kube: Kube, service: str, path: str) -> Answer:
    target = Target(name="x", environment=examples.environment(), namespace=kube.namespace, context="")
    return Parts(kube.env).ask(target, Question(service=service, port=80, path=path))


def test_a_services_own_answer_has_its_status_and_its_body(kube: Kube) -> None:
    assert ask(kube, "server", "/health") == Answer(status=200, body="ok\n")
    assert ask(kube, "server", "/cgi-bin/health") == Answer(status=503, body="sealed")
    assert ask(kube, "server", "/none").status == 404


@pytest.mark.parametrize(
    ("service", "reason"),
    [("nobody", "no endpoints"), ("closed", "connection refused"), ("missing", "not found")],
)
def test_what_the_api_server_says_in_its_place_is_no_answer(kube: Kube, service: str, reason: str) -> None:
    said = ask(kube, service, "/health")
    assert said.status == 0
    assert reason in said.reason
