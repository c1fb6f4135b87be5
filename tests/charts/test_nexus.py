"""What Nexus' chart renders besides what all do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.model.platform.document import Platform, Registration
from pipelinekit.model.platform.network import PRIVATE
from pipelinekit.model.platform.nexus import Nexus, Repository
from pipelinekit.plan.nexus.described import described
from pipelinekit.reading.platform.document import read_platform
from tests import examples
from tests.charts.helm import Helm, Object, check_refused, containers_of, name_of, pod_of
from tests.pages.charts import CHARTS

CHART = CHARTS / "nexus" / "chart"
SINGLE, PRODUCTION = (CHART / "ci" / f"{each}-values.yaml" for each in ("single-node", "production"))


def objects(helm: Helm, chart: Path, file: Path, **values: Any) -> dict[str, Object]:
    found = helm.objects(chart, values, files=[file], release="nexus")
    return {name_of(each): each for each in found}


@pytest.fixture
def chart(whole: Callable[[Path], Path]) -> Path:
    return whole(CHART)


def test_its_job_reads_what_the_platform_describes_and_calls_it_inside(helm: Helm, chart: Path) -> None:
    wanted = nexus_platform()
    assert wanted.nexus is not None
    there = objects(helm, chart, SINGLE, server=described(wanted, wanted.nexus))
    text = there["ConfigMap/nexus-description"]["data"]["platform.yaml"]
    found = read_platform(text)
    assert found.nexus is not None
    assert found.nexus.url == "http://nexus:8081"
    assert found.nexus.repositories == wanted.nexus.repositories
    (job,) = containers_of(there["Job/nexus-provision"])
    assert job["command"] == ["pipelinekit", "nexus", "apply", "--platform", "/description/platform.yaml"]
    words = {each["name"]: each["valueFrom"]["secretKeyRef"] for each in job["env"] if "valueFrom" in each}
    assert words["PK_NEXUS_TEAM_SHOP_FRONT_PASSWORD"] == {
        "name": "nexus-users",
        "key": "team-shop-front",
        "optional": True,
    }
    assert {each["key"] for each in words.values()} == {
        "password",
        "former",
        "push",
        "pull",
        "team-pay",
        "team-shop-front",
    }
    (test,) = containers_of(there["Pod/nexus-test"])
    assert test["command"][2:] == ["plan", "--platform", "/description/platform.yaml", "--check", "--wait=60"]
    plain = {each["name"]: each["value"] for each in test["env"] if "value" in each}
    assert plain["PIPELINEKIT_PLAIN_HTTP"] == "nexus:8081"


def nexus_platform() -> Platform:
    return examples.platform(
        nexus=Nexus(
            url="https://nexus.acme.example",
            accept_eula=True,
            repositories=(Repository(name="images", format="docker", kind="hosted"),),
        ),
        applications=tuple(
            Registration(name=name, team=team, repository=f"https://g/{name}")
            for name, team in (("orders", "pay"), ("till", "shop-front"), ("refunds", "pay"))
        ),
    )


def test_without_a_description_there_is_no_job(helm: Helm, chart: Path) -> None:
    there = objects(helm, chart, SINGLE)
    assert not [name for name in there if "provision" in name or "description" in name or "test" in name]


def test_a_repository_with_a_port_of_its_own_is_refused(helm: Helm, chart: Path) -> None:
    server = {"nexus": {"url": "https://n", "repositories": [{"name": "images", "port": 5000}]}}
    said = helm.run("template", "x", str(chart), "--values", str(SINGLE), values={"server": server})
    assert "images has the port 5000, and this chart opens 8081 alone" in said.err


def test_the_image_of_its_jobs_needs_a_registry(helm: Helm, chart: Path) -> None:
    wrong = {"tools": {"image": {"registry": ""}}}
    said = helm.run("template", "x", str(chart), "--values", str(SINGLE), values=wrong)
    assert "tools.image.registry is empty" in said.err


def test_the_server_has_the_database_that_the_values_say(helm: Helm, chart: Path) -> None:
    (own,) = containers_of(objects(helm, chart, SINGLE)["StatefulSet/nexus"])
    (other,) = containers_of(objects(helm, chart, PRODUCTION)["StatefulSet/nexus"])
    assert not [each["name"] for each in own["env"] if "DATASTORE" in each["name"]]
    said = {each["name"]: each.get("value") for each in other["env"]}
    assert said["NEXUS_DATASTORE_NEXUS_JDBCURL"] == "jdbc:postgresql://postgresql.postgresql:5432/nexus"
    heap = said["INSTALL4J_ADD_VM_PARAMS"]
    wanted = "-Xms4g -Xmx4g -XX:MaxDirectMemorySize=4g -Djava.util.prefs.userRoot=/nexus-data/javaprefs"
    assert heap == f"{wanted} -XX:+UseG1GC"


def test_a_backup_is_where_the_server_is_and_a_restore_where_it_is_not(helm: Helm, chart: Path) -> None:
    there = objects(helm, chart, SINGLE)
    server = there["StatefulSet/nexus"]["spec"]["template"]["metadata"]["labels"]
    for name, kind in (("backup", "podAffinity"), ("restore", "podAntiAffinity")):
        pod = pod_of(there[f"CronJob/nexus-{name}"])
        (term,) = pod["affinity"][kind]["requiredDuringSchedulingIgnoredDuringExecution"]
        assert term["labelSelector"]["matchLabels"] == server
        assert {"claimName": "data-nexus-0"} in [each.get("persistentVolumeClaim") for each in pod["volumes"]]
    secrets = [each for each in pod_of(there["CronJob/nexus-restore"])["volumes"] if "secret" in each]
    assert secrets == []


def test_nodes_come_by_the_hosts_that_the_values_name(helm: Helm, chart: Path) -> None:
    ingress = objects(helm, chart, PRODUCTION)["Ingress/nexus"]
    hosts = [each["host"] for each in ingress["spec"]["rules"]]
    assert hosts == ["nexus.example.com", "hub.nexus.example.com"] == ingress["spec"]["tls"][0]["hosts"]
    assert "Ingress/nexus" not in objects(helm, chart, SINGLE)


def test_its_proxies_reach_the_internet_and_nothing_private(
    helm: Helm, whole: Callable[[Path], Path]
) -> None:
    policies = helm.objects(whole(CHARTS / "nexus" / "policies"), {}, release="nexus-policies")
    blocks = [
        each["ipBlock"]
        for policy in policies
        for rule in policy["spec"].get("egress", ())
        for each in rule.get("to", ())
        if "ipBlock" in each and "except" in each["ipBlock"]
    ]
    assert sorted(one for each in blocks for one in each["except"]) == sorted(PRIVATE)


WRONG: list[dict[str, Any]] = [
    {"server": {"acceptEula": True}},
    {"server": {"nexus": {}, "applications": [{"team": 'x"\ny'}]}},
    {"memory": {"heap": "1g -Dx=$(id)"}},
    {"memory": {"java": ["-Dx=a b"]}},
    {"database": {"host": "x/y?a=b"}},
    {"ingress": {"hosts": ["*.example.com\n"]}},
    {"restore": {"from": "../../etc"}},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_values_that_would_be_taken_for_more_are_refused(
    helm: Helm, chart: Path, wrong: dict[str, Any]
) -> None:
    check_refused(helm, chart, wrong)
