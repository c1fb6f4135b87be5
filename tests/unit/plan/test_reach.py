from __future__ import annotations

from pipelinekit.model.app import Process
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.release import Target
from pipelinekit.plan.reach import reach
from tests import examples


def where(context: str = "") -> Target:
    environment = Environment(name="dev", cluster="c", namespace="n")
    return Target(name="orders", environment=environment, namespace="pay-dev", context=context)


def test_an_exposed_process_has_its_host() -> None:
    app = examples.app(processes={"web": Process(name="web", port=8080, host="orders.example.com")})
    assert reach(app, where()) == ("http://orders.example.com",)


def test_another_has_the_line_that_forwards_its_port() -> None:
    app = examples.app(
        processes={"api": Process(name="api", port=9000), "web": Process(name="web", port=8080)}
    )
    api, web = reach(app, where("acme-dev"))
    command = "kubectl --context acme-dev --namespace pay-dev port-forward service/orders"
    assert api.startswith(f"{command}-api 8080:80")
    assert web.startswith(f"{command} 8080:80")


def test_what_answers_nobody_is_not_reached() -> None:
    app = examples.app(processes={"worker": Process(name="worker", command=("work",))})
    assert reach(app, where()) == ()
