"""DataStax Enterprise's chart: what its resources say, and that nobody gets in who should not.

The definitions of these kinds cannot be had here: `TYPES` has the keys that the operator's types had.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.charts.helm import Helm, Object, check_refused
from tests.charts.test_platform_charts import made_by_operators
from tests.charts.test_wrappers import locked_wrapper, platform, verb_of
from tests.pages.charts import CHARTS

CHART = CHARTS / "dse" / "chart"
SINGLE = CHART / "ci" / "single-node-values.yaml"
PRODUCTION = CHART / "ci" / "production-values.yaml"
ANY: Mapping[str, Any] = {}
"""Whatever is below is Kubernetes' own, or anything."""
STORES = {"keystoreSecretRef": {"name": ANY}, "truststoreSecretRef": {"name": ANY}}
TYPES: Mapping[str, Any] = {
    "auth": ANY,
    "cassandra": {
        **dict.fromkeys(
            ("serverType", "serverVersion", "serverImage", "serviceAccount", "podSecurityContext"), ANY
        ),
        **dict.fromkeys(("readOnlyRootFilesystem", "softPodAntiAffinity", "tolerations", "resources"), ANY),
        **dict.fromkeys(("initContainers", "containers"), ANY),
        "metadata": {"pods": {"labels": ANY, "annotations": ANY}},
        "superuserSecretRef": {"name": ANY},
        "storageConfig": {"cassandraDataVolumeClaimSpec": ANY},
        "config": {"jvmOptions": {"heapSize": ANY}, "cassandraYaml": ANY},
        "clientEncryptionStores": STORES,
        "serverEncryptionStores": STORES,
        "managementApiAuth": {"insecure": ANY, "manual": {"clientSecretName": ANY, "serverSecretName": ANY}},
        "telemetry": {
            "prometheus": {"enabled": ANY},
            "mcac": {"enabled": ANY},
            "cassandra": {"endpoint": {"address": ANY, "port": ANY}},
        },
        "datacenters": {
            "metadata": {"name": ANY, "annotations": ANY},
            "size": ANY,
            "racks": {"name": ANY, "nodeAffinityLabels": ANY},
        },
    },
    "medusa": {
        "containerImage": dict.fromkeys(("registry", "repository", "name", "tag", "pullPolicy"), ANY),
        **dict.fromkeys(
            ("securityContext", "containerResources", "initContainerResources", "purgeBackups"), ANY
        ),
        "cassandraUserSecretRef": {"name": ANY},
        "certificatesSecretRef": {"name": ANY},
        "storageProperties": {
            **dict.fromkeys(("storageProvider", "bucketName", "prefix", "host", "port", "secure"), ANY),
            **dict.fromkeys(("sslVerify", "region", "maxBackupCount"), ANY),
            "storageSecretRef": {"name": ANY},
        },
    },
}
"""Of K8ssandraClusterSpec at 0056dfde039a, of Medusa at 02ef0fff5339, of cassdcapi at 003c09fe7e94."""


@pytest.fixture
def chart(whole: Callable[[Path], Path]) -> Path:
    return whole(CHART)


def rendered(helm: Helm, chart: Path, file: Path, **values: Any) -> dict[str, Object]:
    return {each["kind"]: each for each in helm.objects(chart, values, files=[file], release="dse")}


@pytest.mark.parametrize("file", [SINGLE, PRODUCTION], ids=lambda file: file.stem)
def test_each_field_is_one_that_the_operators_type_has(helm: Helm, chart: Path, file: Path) -> None:
    cluster = rendered(helm, chart, file)["K8ssandraCluster"]
    assert list(strangers(cluster["spec"], TYPES)) == []
    assert list(strangers({**cluster["spec"], "medusa": {"bucket": 1}}, TYPES)) == ["medusa.bucket"]


def strangers(value: Any, known: Mapping[str, Any], path: str = "") -> list[str]:
    """The keys that are not known; what nothing is said of below may have any."""
    if isinstance(value, list):
        return [found for each in value for found in strangers(each, known, path)]
    if not isinstance(value, dict) or not known:
        return []
    below = [(f"{path}{key}", each, key) for key, each in value.items()]
    return [
        found
        for at, each, key in below
        for found in ([at] if key not in known else strangers(each, known[key], f"{at}."))
    ]


def test_servers_in_racks_of_their_own_and_secrets_by_reference(helm: Helm, chart: Path) -> None:
    cluster = rendered(helm, chart, PRODUCTION)["K8ssandraCluster"]["spec"]
    cassandra, medusa = cluster["cassandra"], cluster["medusa"]
    (datacenter,) = cassandra["datacenters"]
    assert (cluster["auth"], cassandra["serverType"], cassandra["serverVersion"]) == (True, "dse", "6.9.12")
    assert (datacenter["size"], cassandra["softPodAntiAffinity"]) == (6, False)
    assert [each["nodeAffinityLabels"]["topology.kubernetes.io/zone"] for each in datacenter["racks"]] == [
        "zone-a",
        "zone-b",
        "zone-c",
    ]
    assert all(each["nodeAffinityLabels"]["pipelinekit.dev/pool"] == "data" for each in datacenter["racks"])
    claim = cassandra["storageConfig"]["cassandraDataVolumeClaimSpec"]
    assert (claim["storageClassName"], claim["resources"]) == ("fast", {"requests": {"storage": "1Ti"}})
    assert cassandra["superuserSecretRef"] == {"name": "keeper"}
    assert cassandra["clientEncryptionStores"]["keystoreSecretRef"] == {"name": "dse-client-stores"}
    assert cassandra["config"]["cassandraYaml"]["server_encryption_options"]["internode_encryption"] == "all"
    assert medusa["storageProperties"]["storageSecretRef"] == {"name": "dse-backup"}
    assert (medusa["purgeBackups"], "reaper" in cluster) == (False, False)
    # What the operator puts together of these parts is the image by its digest, from the mirror.
    parts = medusa["containerImage"]
    image = f"{parts['registry']}/{parts['repository']}/{parts['name']}:{parts['tag']}"
    assert image == f"nexus.example.com:5001/k8ssandra/medusa:0.28.0@sha256:{'4' * 64}"


def test_what_is_not_asked_for_is_not_there(helm: Helm, chart: Path) -> None:
    objects = rendered(helm, chart, SINGLE)
    assert objects.keys() == {"K8ssandraCluster", "ServiceAccount"}
    cassandra = objects["K8ssandraCluster"]["spec"]["cassandra"]
    assert cassandra["managementApiAuth"] == {"insecure": {}}
    assert not {"clientEncryptionStores", "serverEncryptionStores"} & cassandra.keys()
    assert [each["name"] for each in cassandra["containers"]] == ["cassandra", "server-system-logger"]
    (pod,) = made_by_operators(list(objects.values()))
    assert pod["metadata"]["labels"]["app.kubernetes.io/name"] == "cassandra"
    assert "app.kubernetes.io/component" not in pod["metadata"]["labels"], "it would be an application's"


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"licence": ""}, "licence is not accepted: DataStax Enterprise needs a subscription"),
    (
        {"replicas": 4, "racks": [{"name": "r1"}, {"name": "r2"}, {"name": "r3"}]},
        "4 servers are not spread evenly over 3",
    ),
    ({"management": {"clientSecret": "x"}}, "management: one of clientSecret and serverSecret is empty"),
    (
        {
            "tls": {"clients": {"secret": "x"}},
            "backup": {"bucket": "dse", "image": {"digest": f"sha256:{'4' * 64}"}},
        },
        "backup.certificates is empty",
    ),
    ({"backup": {"bucket": "dse"}}, "backup.image.digest is empty"),
    ({"logger": {"image": {"digest": ""}}}, "logger.image.digest is empty"),
]


@pytest.mark.parametrize(("values", "said"), REFUSED, ids=[said for _, said in REFUSED])
def test_what_cannot_be_is_refused_with_the_way(
    helm: Helm, chart: Path, values: dict[str, Any], said: str
) -> None:
    done = helm.run("template", "dse", str(chart), "--values", str(SINGLE), values=values)
    assert done.code != 0
    assert said in done.err


WRONG: list[dict[str, Any]] = [
    {"licence": "yes"},
    {"image": {"tag": "7.0.0"}},
    {"image": {"tag": "latest"}},
    {"replicas": 2},
    {"racks": []},
    {"racks": [{"name": "r"}]},
    {"racks": [{"name": "r1", "zone": "a"}]},
    {"heap": "half"},
    {"settings": {"authenticator": "AllowAllAuthenticator"}},
    {"settings": {"client_encryption_options": "x"}},
    {"superuser": {"secret": ""}},
    {"superuser": {"password": "x"}},
    {"backup": {"host": "minio\nx"}},
    {"backup": {"schedule": "daily\nx"}},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_no_value_is_taken_that_the_operators_take_for_more(
    helm: Helm, chart: Path, wrong: dict[str, Any]
) -> None:
    check_refused(helm, chart, wrong)


@pytest.fixture
def beside(helm: Helm, tmp_path: Path) -> Path:
    """A platform of the operators, with their chart's shape, the cluster, and MinIO for its backups."""
    locked_wrapper(helm, tmp_path, "k8ssandra-operator", "single-node")
    for name in ("dse", "minio"):
        shutil.copytree(CHARTS / name, tmp_path / "platform-charts" / name)
        values = CHARTS / name / "chart" / "ci" / "production-values.yaml"
        shutil.copy(values, tmp_path / f"{name}.yaml")
    document = json.loads((tmp_path / "platform.yaml").read_text())
    document["components"] += [{"name": each, "values": f"{each}.yaml"} for each in ("dse", "minio")]
    (tmp_path / "platform.yaml").write_text(json.dumps(document))
    return tmp_path


def test_servers_operators_and_backups_meet_where_they_say_and_nowhere_else(helm: Helm, beside: Path) -> None:
    proof = json.loads(platform(helm, beside, "network", "--check", "--json"))
    assert (proof["holds"], proof["components"], proof["findings"]) == (True, 3, [])


@pytest.mark.parametrize(
    ("key", "value", "found"),
    [
        (
            *("accepts", ["applications:cql", "k8ssandra-operator:backup"]),
            "flow-unclear  k8ssandra-operator -> dse, 8080",
        ),
        (
            *("peers", [{"port": 7000}, {"port": 7001}, {"port": 8609}, {"port": 9042}]),
            "flow-closed  dse/dse -> dse/dse, 9042",
        ),
        ("scrape", [], "flow-open  monitoring/(monitoring) -> dse/dse, 9000"),
        ("calls", [], "flow-open  dse/dse -> minio/minio, 9000"),
    ],
    ids=["the operators' way in", "one port more between servers", "nobody asks for metrics", "no backups"],
)
def test_a_word_that_the_policies_do_not_have_is_found(
    helm: Helm, beside: Path, key: str, value: Any, found: str
) -> None:
    document = beside / "platform-charts" / "dse" / "component.yaml"
    document.write_text(json.dumps({**yaml.safe_load(document.read_text()), key: value}))
    said = verb_of(helm, beside, "network", "--check")
    text = said.stdout + said.stderr
    assert (said.returncode != 0, found in text) == (True, True), text
