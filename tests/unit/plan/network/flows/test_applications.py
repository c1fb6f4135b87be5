"""What app.yaml declares, at the pods of those who are called."""

from __future__ import annotations

from dataclasses import replace

from pipelinekit.model.app import App, Process, Reach, Service
from pipelinekit.model.network.ends import Outside
from pipelinekit.model.network.ports import Ports
from pipelinekit.plan.network.flows.applications import COMPONENT, Applications
from pipelinekit.plan.network.flows.declared import Ground
from pipelinekit.plan.network.rendered.assembly import SERVICE, cluster_of
from tests import examples
from tests.network.worlds import GROUNDS, pod

WEB = Process(
    name="web", port=8080, ports={"admin": 9000, "metrics": 9100}, metrics="/metrics", host="a.example.com"
)
STOCK = examples.app("stock", "ship", processes={"web": WEB}, accepts=("pay/shop", "pay/shop:admin"))


def flows(*apps: App, **fields: object) -> set[tuple[str, str, str]]:
    """Caller, server and ports of what is declared, an application's own and names aside."""
    made = cluster_of([], {"db": {SERVICE: "sql"}}, GROUNDS, ["sql"])
    pods = [
        pod(each.name, f"{each.team}-dev", owner=f"{each.team}/{each.name}", labels={COMPONENT: "web"})
        for each in apps
    ]
    ground = Ground.of(replace(made, pods=(*made.pods, *pods)))
    found = Applications(apps, "dev", ground, **fields).flows()  # type: ignore[arg-type]
    return {
        (each.caller, each.server.name, str(each.ports))
        for each in found
        if not each.why.endswith(("own", "(DNS)"))
    }


def test_a_call_is_declared_where_the_callee_accepts_that_port() -> None:
    shop = examples.app("shop", "pay", calls=("ship/stock", "ship/stock:admin"))
    assert {each for each in flows(shop, STOCK) if each[0] == "pay/shop"} == {
        ("pay/shop", "ship-dev/stock", "8080"),
        ("pay/shop", "ship-dev/stock", "9000"),
    }
    deaf = replace(STOCK, accepts=("pay/shop:admin",))
    assert {each for each in flows(shop, deaf) if each[0] == "pay/shop"} == {
        ("pay/shop", "ship-dev/stock", "9000")
    }


def test_a_name_without_a_team_is_whoever_has_it() -> None:
    shop = examples.app("shop", "pay", calls=("stock",))
    assert ("pay/shop", "ship-dev/stock", "8080") in flows(shop, replace(STOCK, accepts=("shop",)))


def test_what_is_exposed_and_scraped_is_the_roles() -> None:
    assert flows(STOCK) == {
        ("(ingress)", "ship-dev/stock", "8080"),
        ("(monitoring)", "ship-dev/stock", "9100"),
    }


def test_services_and_ways_out_of_the_cluster() -> None:
    app = examples.app(
        "shop",
        "pay",
        services=(Service(type="sql", name="db"),),
        reaches=(Reach(to="internet", port=443),),
        processes={"web": replace(WEB, host="", metrics="", ports={})},
    )
    assert flows(app) == {("pay/shop", "db/(sql)", "5432"), ("pay/shop", "internet", "443")}
    assert ("pay/shop", "db/(sql)", "6432") in flows(app, services={"sql": (6432,)})


def test_a_component_behind_a_service_is_open_where_it_accepts_applications() -> None:
    app = examples.app("shop", "pay", services=(Service(type="sql", name="db"),))
    made = cluster_of([], {"db": {SERVICE: "sql"}}, GROUNDS)
    ground = Ground.of(replace(made, pods=(pod("postgres", "db"),)))
    for accepting, ports in (({}, Ports()), ({"db/postgres": Ports.one(5432)}, Ports.one(5432))):
        found = Applications([app], "dev", ground, accepting=accepting).flows()
        assert [each.ports for each in found if each.why.startswith("services")] == [ports]


def test_a_service_whose_servers_are_outside_is_reached_there() -> None:
    end = Outside(name="minio at 192.0.2.10/32", networks=("192.0.2.10/32",))
    shop = examples.app("shop", "pay", services=(Service(type="sql", name="shop"),))
    found = {"db": [(end, Ports.one(9443))], "other": [(end, Ports.one(1))]}
    assert ("pay/shop", end.name, "9443") in flows(shop, elsewhere=found)
    assert ("pay/shop", end.name, "1") not in flows(shop, elsewhere=found)
    idle = replace(shop, services=())
    assert not [each for each in flows(idle, elsewhere=found) if each[1] == end.name]
