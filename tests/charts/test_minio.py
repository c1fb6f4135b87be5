"""What MinIO's chart alone has: one endpoint or another, rights, scripts for an image with little in it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.charts.helm import Helm, Object, check_refused, containers_of, pod_of, template_of, workloads
from tests.pages.charts import CHARTS

CHART = CHARTS / "minio" / "chart"
Whole = Callable[[Path], Path]


def rendered(helm: Helm, whole: Whole, file: str, **values: Any) -> list[Object]:
    return helm.objects(whole(CHART), values, files=[CHART / "ci" / f"{file}-values.yaml"], release="minio")


def scripts(objects: list[Object]) -> dict[str, str]:
    (found,) = [each["data"] for each in objects if each["kind"] == "ConfigMap"]
    return dict(found)


THEIRS = {"endpoint": "https://s3.example.com:9443", "authority": "trusted"}
NAMED: dict[str, Any] = {"addresses": [], "administered": False}


def test_another_endpoint_in_place_of_servers_has_the_same_name_and_keys(helm: Helm, whole: Whole) -> None:
    ours, theirs = (rendered(helm, whole, each) for each in ("single-node", "external"))
    assert not [each for each in theirs if each["kind"] in ("StatefulSet", "PodDisruptionBudget")]
    (service,) = [each for each in theirs if each["kind"] == "Service"]
    assert service["metadata"]["name"] in {
        each["metadata"]["name"] for each in ours if each["kind"] == "Service"
    }
    logins = [
        [volume["secret"] for volume in pod_of(each)["volumes"] if volume["name"] == "minio"]
        for each in (*workloads(ours), *workloads(theirs))
    ]
    assert logins == [logins[0]] * len(logins)
    assert {each["key"] for each in logins[0][0]["items"]} == {"accessKey", "secretKey"}
    (job,) = [each for each in workloads(theirs) if each["kind"] == "Job"]
    (container,) = containers_of(job)
    said = {each["name"]: each["value"] for each in container["env"]}
    assert (said["ENDPOINT"], said["EXTERNAL"]) == ("https://s3.example.com:9443", "true")
    (tls,) = [each["configMap"] for each in pod_of(job)["volumes"] if each["name"] == "tls"]
    assert (tls["name"], tls["items"]) == ("pipelinekit-authority", [{"key": "ca.crt", "path": "ca.crt"}])


def test_addresses_of_another_are_behind_the_same_name_and_port(helm: Helm, whole: Whole) -> None:
    objects = rendered(helm, whole, "external")
    (service,) = [each for each in objects if each["kind"] == "Service"]
    (behind,) = [each for each in objects if each["kind"] == "EndpointSlice"]
    (port,) = service["spec"]["ports"]
    assert (port["port"], port["targetPort"], port["appProtocol"]) == (9000, 9443, "https")
    assert behind["metadata"]["labels"]["kubernetes.io/service-name"] == service["metadata"]["name"]
    assert [each["addresses"] for each in behind["endpoints"]] == [["192.0.2.10"], ["192.0.2.11"]]
    assert [(each["name"], each["port"]) for each in behind["ports"]] == [(port["name"], 9443)]
    selected = service["spec"]["selector"].items()
    for each in workloads(objects):
        assert not selected <= template_of(each)["metadata"]["labels"].items()


@pytest.mark.parametrize(
    ("endpoint", "host"),
    [("http://s3.example.com", "s3.example.com"), ("https://s3:9443", "s3")],
)
def test_without_addresses_the_name_is_another_one_of_the_host(
    helm: Helm, whole: Whole, endpoint: str, host: str
) -> None:
    external = {**THEIRS, **NAMED, "endpoint": endpoint}
    objects = rendered(helm, whole, "external", external=external, users=[], policies=[])
    (service,) = [each for each in objects if each["kind"] == "Service"]
    assert service["spec"] == {"type": "ExternalName", "externalName": host}
    assert not [each for each in objects if each["kind"] == "EndpointSlice"]


@pytest.mark.parametrize(("endpoint", "port"), [("http://s3", 80), ("https://s3", 443), ("http://s3:99", 99)])
def test_the_port_of_another_is_its_address_s(helm: Helm, whole: Whole, endpoint: str, port: int) -> None:
    objects = rendered(helm, whole, "external", external={"endpoint": endpoint})
    (behind,) = [each for each in objects if each["kind"] == "EndpointSlice"]
    assert [each["port"] for each in behind["ports"]] == [port]


@pytest.mark.parametrize(
    ("file", "values", "told"),
    [
        ("external", {"external": {"administered": False}, "policies": []}, "has policies and users"),
        ("external", {"external": {"administered": False}, "users": []}, "has policies and users"),
        ("external", {"tls": {"secret": "minio-tls"}}, "has a certificate and logins"),
        ("external", {"oidc": {"configuration": "https://a/b"}}, "has a certificate and logins"),
        ("external", {"external": {"endpoint": ""}}, "external.endpoint is empty: whose are the addresses"),
        ("single-node", {"backup": {"enabled": True}}, "backup.to.endpoint is empty: name another"),
        (
            "single-node",
            {"users": [{"name": "orders", "secret": "s", "policies": ["p"]}]},
            "orders has the policy p",
        ),
        ("single-node", {"oidc": {"configuration": "https://a/b"}}, "oidc.secret is empty"),
    ],
)
def test_what_cannot_be_is_told(
    helm: Helm, whole: Whole, file: str, values: dict[str, Any], told: str
) -> None:
    path = CHART / "ci" / f"{file}-values.yaml"
    said = helm.run("template", "x", str(whole(CHART)), "--values", str(path), values=values)
    assert said.code != 0
    assert told in said.err


WRONG: list[dict[str, Any]] = [
    {"buckets": [{"name": "In.voices"}]},
    {"buckets": [{"name": "a|b"}]},
    {"policies": [{"name": "readwrite", "reads": ["x"]}]},
    {"policies": [{"name": "user-orders", "reads": ["x"]}]},
    {"policies": [{"name": "orders", "reads": ["invoices/*"]}]},
    {"policies": [{"name": "orders", "reads": ["*"]}]},
    {"users": [{"name": "a b", "secret": "s", "policies": ["p"]}]},
    {"users": [{"name": "orders", "secret": "s", "policies": []}]},
    {"external": {"endpoint": "https://192.0.2.1:9000"}},
    {"external": {"endpoint": "s3.example.com"}},
    {"external": {"addresses": ["s3.example.com"]}},
    {"external": {"addresses": ["192.0.2.256"]}},
    {"external": {"addresses": ["192.0.2.1.1"]}},
    {"external": {"addresses": ["192.0.2.1/24"]}},
    {"external": {"endpoint": "https://u:p@s3.example.com"}},
    {"backup": {"to": {"endpoint": "https://s3.example.com/$(id)"}}},
    {"replicas": 3},
    {"image": {"program": "sh -c"}},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_it_takes_no_value_that_scripts_or_rights_take_for_more(
    helm: Helm, whole: Whole, wrong: dict[str, Any]
) -> None:
    check_refused(helm, whole(CHART), wrong)


def test_a_user_has_what_its_policies_give_and_no_more(helm: Helm, whole: Whole) -> None:
    found = scripts(rendered(helm, whole, "production"))
    said = json.loads(found["user-keeper.json"])["Statement"]
    parts = [
        json.loads(found[f"policy-{each}.json"])["Statement"]
        for each in ("payments-orders", "reports-keeper")
    ]
    assert said == [*parts[0], *parts[1]]
    objects = {
        resource: set(each["Action"]) for each in parts[0] for resource in each["Resource"] if "/" in resource
    }
    assert objects["arn:aws:s3:::reports/*"] == {"s3:GetObject"}
    assert {"s3:PutObject", "s3:DeleteObject"} < objects["arn:aws:s3:::invoices/2026/*"]
    assert len(objects) == 2
    listed = [each for each in parts[0] if each["Action"] == ["s3:ListBucket"]]
    assert [each.get("Condition") for each in listed] == [None, {"StringLike": {"s3:prefix": ["2026/*"]}}]


def test_servers_name_each_other_as_their_certificate_does(helm: Helm, whole: Whole) -> None:
    for values, scheme in (({"tls": {"secret": ""}}, "http"), ({}, "https")):
        objects = rendered(helm, whole, "production", **values)
        (server,) = [each for each in objects if each["kind"] == "StatefulSet"]
        (container,) = containers_of(server)
        assert container["command"][-1] == (
            f"{scheme}://minio-{{0...3}}.{server['spec']['serviceName']}.somewhere.svc:9000/data"
        )
        assert container["readinessProbe"]["httpGet"]["scheme"] == scheme.upper()
        annotations = template_of(server)["metadata"]["annotations"]
        reloads = annotations.get("pipelinekit.dev/reloads", "")
        assert (annotations["prometheus.io/scheme"], reloads) == (
            (scheme, "minio-tls") if scheme == "https" else (scheme, "")
        )
        ports = [port for each in objects if each["kind"] == "Service" for port in each["spec"]["ports"]]
        assert {port["appProtocol"] for port in ports} == {scheme}


def test_none_but_the_servers_gets_their_key(helm: Helm, whole: Whole) -> None:
    objects = rendered(helm, whole, "production")
    jobs = [each for each in workloads(objects) if each["kind"] != "StatefulSet"]
    assert jobs
    given = [one["secret"] for each in jobs for one in pod_of(each)["volumes"] if one["name"] == "tls"]
    assert [each["items"] for each in given] == [[{"key": "ca.crt", "path": "ca.crt"}]] * len(jobs)


CORE = ("cat", "mkdir", "rm", "sleep", "timeout")
"""Of coreutils, what the scripts call: the image has these, a shell, `mc`, and next to nothing else."""
MC = """#!/bin/sh
printf '%s\\n' "$*" >> {calls}
case "$*" in
    *"alias set"*) while read -r line; do printf '< %s\\n' "$line" >> {calls}; done ;;
    *"ls minio") echo '[2026-11-30 01:00:00 UTC]     0B invoices/'
        echo '[2026-11-30 01:00:00 UTC]     0B reports/' ;;
    *"ls backup/"*) echo '[2026-11-30 01:00:00 UTC]     0B reports/'
        echo '[2026-11-30 01:00:00 UTC]     9B STANDARD a b' ;;
esac
"""


def run(tmp_path: Path, script: str) -> tuple[str, list[str]]:
    """What a script of the chart says, with no more on its PATH than the image has; what `mc` was told."""
    places, calls = tmp_path / "bin", tmp_path / "calls"
    places.mkdir()
    for program in CORE:
        (places / program).symlink_to(shutil.which(program) or "")
    (places / "mc").write_text(MC.format(calls=calls))
    (places / "mc").chmod(0o755)
    for name in ("minio", "backup"):
        folder = tmp_path / "secrets" / name
        folder.mkdir(parents=True)
        (folder / "accessKey").write_text(f"{name}-key\n")
        (folder / "secretKey").write_text("a $(b) `c`\\")
    (tmp_path / "tmp").mkdir()
    (tmp_path / "scripts").mkdir()
    for each in (CHART / "files").iterdir():
        text = re.sub(r"(?<![\w}])/(scripts/|secrets/|tmp\b)", rf"{tmp_path}/\1", each.read_text())
        (tmp_path / "scripts" / each.name).write_text(text)
    env = {
        "PATH": str(places),
        "ENDPOINT": "http://minio:9000",
        "EXTERNAL": "false",
        "TO": "https://s3.example.com",
        "BUCKET": "copies",
    }
    words = ["/bin/sh", str(tmp_path / "scripts" / script)]
    done = subprocess.run(words, env=env, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout, calls.read_text().splitlines()


def test_a_backup_copies_each_bucket_and_no_key_is_an_argument(tmp_path: Path) -> None:
    said, calls = run(tmp_path, "backup.sh")
    assert said == "backup: 2 buckets\n"
    assert [each for each in calls if "mirror" in each] == [
        f"--quiet mirror --overwrite minio/{name} backup/copies/{name}" for name in ("invoices", "reports")
    ]
    assert not any("--remove" in each for each in calls)
    assert [each for each in calls if "a $(b)" in each] == ["< a $(b) `c`\\"] * 2
    assert not list((tmp_path / "tmp").glob("minio")), "the keys are left there"


def test_a_restoration_takes_prefixes_and_no_objects(tmp_path: Path) -> None:
    said, calls = run(tmp_path, "restore.sh")
    assert said == "restored reports\n"
    assert [each for each in calls if " cp " in each] == [
        "--quiet cp --recursive backup/copies/reports/ minio/reports/"
    ]
