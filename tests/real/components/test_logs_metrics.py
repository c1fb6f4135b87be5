"""What the servers of log lines tell of themselves: a real exporter and Prometheus, and OpenSearch."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest

from tests.pages.charts import CHARTS
from tests.real.components import images, test_prometheus
from tests.real.components.callers import Caller, called, placed
from tests.real.components.shipping import JOB, SERVER, SHIPPER, prepare, scaled, values
from tests.real.components.site import Site, made_site
from tests.real.components.test_prometheus import NAME, asked
from tests.real.kube import eventually

pytestmark = [pytest.mark.story, pytest.mark.matrix("components")]

TARGET = f"components/{JOB}/9114/metrics"
RULES = CHARTS / "prometheus" / "chart" / "files" / "rules" / "elasticsearch.yaml"
SMALL = {"cpu": "10m", "memory": "64Mi", "disk": "32Mi"}


@pytest.fixture(scope="module")
def site(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    scratch = tmp_path_factory.mktemp("images")
    server, exporter = images.prometheus(testbed, scratch), images.elasticsearch_exporter(testbed, scratch)
    with made_site(tmp_path_factory.mktemp("metrics"), testbed) as made:
        # What their policies name is renamed with them.
        made.take(SERVER, SHIPPER, JOB, "kibana", NAME)
        prepare(made, "nobody")
        made.space(NAME, {"pipelinekit.dev/role": "monitoring"})
        made.volume()
        made.volume()
        metrics = {"enabled": True, "image": exporter, "login": {"secret": ""}, "resources": SMALL}
        made.on(
            elasticsearch={},
            logs={**values(made), "metrics": metrics},
            prometheus=test_prometheus.values(made, image=server, state={"enabled": False}),
        )
        made.deploy(400)
        yield made


@pytest.fixture(scope="module")
def payments(site: Site) -> Caller:
    """An application's pod, which asks the server."""
    made = called(site, "payments", {"app.kubernetes.io/component": "web"})
    made.address = f"http://{SERVER}-es-http.{site.namespace(SERVER)}:9200"
    assert eventually(lambda: made.ask("/")[0] == 200, 60)
    return made


def told(site: Site, query: str) -> dict[str, float]:
    """What a query finds: each by the color, the server or the name that it has."""
    found = asked(site, query)
    keys = ("alertname", "color", "name", "__name__")
    return {
        next((each["metric"][key] for key in keys if key in each["metric"]), ""): float(each["value"][1])
        for each in found
    }


def exporter(site: Site, field: str) -> str:
    """What its pod, which is beside the servers, has in a field."""
    labels = f"app.kubernetes.io/name={JOB},pipelinekit.dev/part=server"
    return site.kubectl(
        SERVER, "get", "pod", "--selector", labels, "--output", f"jsonpath={{.items[0].{field}}}"
    )


def alerting(site: Site, states: str = "firing|pending") -> set[str]:
    """Alerts that fire, or will when it stays so."""
    query = f'ALERTS{{alertstate=~"{states}"}}'
    return {each for each in told(site, query) if each.startswith("Elasticsearch")}


def test_the_target_is_up_and_has_every_series_that_the_rules_ask_for(site: Site) -> None:
    assert site.platform.states() == dict.fromkeys((SERVER, JOB, NAME), "unchanged")
    assert eventually(lambda: told(site, f'up{{job="{TARGET}"}} == 1') != {}, 60), asked(site, "up")
    wanted = set(re.findall(r"\belasticsearch_\w+", RULES.read_text()))
    assert len(wanted) > 8
    query = f'count by (__name__) ({{job="{TARGET}",__name__=~"elasticsearch_.+"}})'
    assert eventually(lambda: told(site, query).keys() >= wanted, 60), wanted - told(site, query).keys()
    assert told(site, "elasticsearch_cluster_health_status") == {"green": 1, "yellow": 0, "red": 0}
    (share,) = told(
        site, 'elasticsearch_jvm_memory_used_bytes{area="heap"} / elasticsearch_jvm_memory_max_bytes'
    ).values()
    assert 0 < share < 1
    site.platform.must("verify")


def test_what_has_no_server_to_be_on_is_told_and_ends_with_it(site: Site, payments: Caller) -> None:
    more = {"settings": {"number_of_shards": 1, "number_of_replicas": 1}}
    assert payments.ask("/twice", method="PUT", body=more)[0] == 200
    wanted = {"ElasticsearchYellow", "ElasticsearchShardsStay"}
    assert eventually(lambda: alerting(site) >= wanted, 60), alerting(site)
    assert told(site, "elasticsearch_cluster_health_status")["yellow"] == 1
    assert payments.ask("/twice", method="DELETE")[0] == 200
    assert eventually(lambda: not alerting(site) & wanted, 60), alerting(site)


def test_data_that_is_nowhere_fires_and_ends_with_it(site: Site, payments: Caller) -> None:
    """That alert wants two minutes of it."""
    nowhere = {"number_of_shards": 1, "number_of_replicas": 0, "routing.allocation.require._name": "nobody"}
    path = "/nowhere?wait_for_active_shards=0"
    assert payments.ask(path, method="PUT", body={"settings": {"index": nowhere}})[0] == 200
    assert eventually(lambda: "ElasticsearchRed" in alerting(site), 60), alerting(site)
    assert "ElasticsearchRed" not in alerting(site, "firing")
    assert eventually(lambda: "ElasticsearchRed" in alerting(site, "firing"), 180), alerting(site)
    assert payments.ask("/nowhere", method="DELETE")[0] == 200
    assert eventually(lambda: "ElasticsearchRed" not in alerting(site), 60), alerting(site)


def test_a_server_that_is_away_is_told_and_the_exporter_goes_on(site: Site) -> None:
    before = exporter(site, "metadata.uid")
    scaled(site, 0)
    assert eventually(lambda: "ElasticsearchTellsNothing" in alerting(site), 60), alerting(site)
    assert told(site, f'up{{job="{TARGET}"}} == 1')
    scaled(site, 1)
    assert eventually(lambda: "ElasticsearchTellsNothing" not in alerting(site), 90), alerting(site)
    assert exporter(site, "metadata.uid") == before


def test_only_who_monitors_reaches_it_and_it_reaches_the_server_alone(site: Site, payments: Caller) -> None:
    address = exporter(site, "status.podIP")
    assert not payments.reaches(address, 9114)
    labels = {"app.kubernetes.io/name": NAME, "pipelinekit.dev/part": "server"}
    prometheus = placed(site, NAME, labels)
    assert prometheus.reaches(address, 9114)
    assert not prometheus.reaches(f"{SERVER}-es-http.{site.namespace(SERVER)}", 9200)
