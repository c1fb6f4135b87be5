"""The wrappers of upstream charts that cannot be fetched here, around charts of the same shape.

What is in `upstream/` has the keys that the real chart's values.yaml had, and of its objects what policies,
digests and mirrors are about. `platform vendor` holds our values against the real one.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelinekit.reading.chart import declared
from tests import warm
from tests.charts.helm import Helm, Object, containers_of, name_of, pod_of, template_of
from tests.charts.test_platform_charts import check_rights, running
from tests.pages.charts import CHARTS

UPSTREAM = Path(__file__).parent / "upstream"
PREREQUISITES = {"calico", "calico-crds"}
"""Those have tests of their own: in `test_calico`."""
NAMES = sorted({each.name for each in UPSTREAM.iterdir()} - PREREQUISITES)
LEVELS = ("single-node", "production")
MIRROR = "mirror.example.com"
DIGEST = f"sha256:{'a' * 64}"
LABELS = {"monitoring": {"pipelinekit.dev/role": "monitoring"}}
ROOT = {"fluent-bit": "files of logs are root's"}
"""Components whose pods are root, and why: without any capability."""
BARE = {"sysdig": "its chart says what containers may, and takes no word on it"}
"""Components whose pods are checked by a test of their own, and why."""
WAYS = {
    "cockroachdb": ["internet:443"],
    "couchdb": ["192.0.2.128/25:6984"],
    "sysdig": ["internet:443", "192.0.2.64/26:6443"],
}
"""What the platform opens to components, in production."""
each_name = pytest.mark.parametrize("name", NAMES)


def wanted(name: str) -> Object:
    found: Object = yaml.safe_load((CHARTS / name / "component.yaml").read_text())
    return found


def words_of(chart: Path) -> dict[str, str]:
    """The files of a chart that say which values it takes."""
    files = {str(each.relative_to(chart)): each for each in chart.rglob("*") if each.is_file()}
    return {name: each.read_text() for name, each in files.items() if declared.counts(name)}


@each_name
def test_each_value_is_one_that_the_chart_had(name: str) -> None:
    folder = CHARTS / name
    texts = words_of(UPSTREAM / name)
    for file in (folder / "values.yaml", *sorted((folder / "ci").iterdir())):
        assert declared.undeclared(file.read_text(), file.name, texts) == ()
    (fault,) = declared.undeclared("imgae: {}", "values.yaml", texts)
    assert fault.code == "value-unknown"
    about = yaml.safe_load(texts["Chart.yaml"])
    archive = wanted(name)["archive"]
    assert (about["name"], about["version"]) == (archive["name"], archive["version"])
    assert {file.stem for file in (folder / "ci").iterdir()} == {f"{each}-values" for each in LEVELS}


@each_name
def test_its_policies_are_policies_and_the_linter_has_nothing_to_say(
    helm: Helm, whole: Callable[[Path], Path], name: str
) -> None:
    chart = whole(CHARTS / name / "policies")
    said = helm.run("lint", "--strict", str(chart))
    assert said.code == 0, said.out + said.err
    one, two = (helm.objects(chart, {}, release=release) for release in ("one", "two"))
    assert {each["kind"] for each in one} == {"NetworkPolicy"}
    assert not {name_of(each) for each in one} & {name_of(each) for each in two}


@pytest.mark.parametrize("level", LEVELS)
@each_name
def test_it_is_closed_by_digest_and_from_the_mirror(
    helm: Helm, tmp_path: Path, name: str, level: str
) -> None:
    images = locked_wrapper(helm, tmp_path, name, level)
    proof = json.loads(platform(helm, tmp_path, "network", "--check", "--json"))
    assert (proof["holds"], proof["findings"]) == (True, [])
    platform(helm, tmp_path, "render", "--env", "dev", "--to", "rendered")
    text = (tmp_path / "rendered" / f"{name}.yaml").read_text()
    objects = [each for each in yaml.safe_load_all(text) if each]
    assert [each for each in objects if each["kind"] == "Secret"] == []
    found = set()
    for each in running(objects):
        # What a chart's own test lacks cannot be given to it: the README says what becomes of it.
        test = each["metadata"].get("annotations", {}).get("helm.sh/hook", "").startswith("test")
        if not test and name not in BARE:
            check_pod(each, name)
        found |= {container["image"] for container in containers_of(each)}
    assert found == {f"{each}@{DIGEST}" for each in images}
    for each in objects:
        check_rights(each)
        assert each["kind"] != "StatefulSet" or each["spec"]["volumeClaimTemplates"]


def check_pod(workload: Object, name: str) -> None:
    """Restricted, but for what is told; and no pod of an application's."""
    pod = pod_of(workload)
    assert "app.kubernetes.io/component" not in template_of(workload)["metadata"]["labels"]
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()
    paths = {each["hostPath"]["path"] for each in pod.get("volumes", []) if "hostPath" in each}
    assert not paths or wanted(name)["node"] == {"privileged": True}
    for container in containers_of(workload):
        said = {**pod["securityContext"], **container["securityContext"]}
        assert said["allowPrivilegeEscalation"] is False
        assert said["capabilities"] == {"drop": ["ALL"]}
        assert name in ROOT or said["runAsNonRoot"] is True
        resources = container["resources"]
        assert resources["requests"].keys() == {"cpu", "memory", "ephemeral-storage"}
        assert resources["limits"].keys() == {"memory", "ephemeral-storage"}
        writable = [each["name"] for each in container["volumeMounts"] if not each.get("readOnly")]
        assert "varlog" not in writable


def locked_wrapper(helm: Helm, folder: Path, name: str, level: str) -> list[str]:
    """A platform with the wrapper, its chart in its folder, and a lock; the images as its values name them.

    What it needs is there by its declaration, policies and a pod of that label: it stays who it is.
    """
    images, mirrored = locked(helm, folder, name, level)
    assert mirrored is (level == "production")
    needs = wanted(name).get("needs", [])
    for each in needs:
        stand_in(folder / "platform-charts" / each, each)
    reaches = WAYS.get(name, []) if mirrored else []
    wrapper = {"name": name, "values": f"{name}.yaml", "reaches": reaches}
    write_platform(folder, [*({"name": each} for each in needs), wrapper])
    return images


def locked(
    helm: Helm, folder: Path, name: str, level: str, upstream: Path | None = None
) -> tuple[list[str], bool]:
    """The wrapper in a platform's folder, with chart and lock; its images, and whether they are mirrored."""
    there = folder / "platform-charts" / name
    shutil.copytree(CHARTS / name, there)
    said = wanted(name)
    archive = said["archive"]
    packing = ["package", str(upstream or UPSTREAM / name), "--version", archive["version"]]
    packed = helm.run(*packing, "--destination", str(there))
    assert packed.code == 0, packed.err
    file = f"{archive['name']}-{archive['version']}.tgz"
    digest = f"sha256:{hashlib.sha256((there / file).read_bytes()).hexdigest()}"
    component = {**said, "archive": {**archive, "file": file}}
    (there / "component.yaml").write_text(json.dumps(component))
    sized = there / "ci" / f"{level}-values.yaml"
    values = sized.read_text() if sized.exists() else ""
    (folder / f"{name}.yaml").write_text(values)
    mirrored = MIRROR in values
    images = [re.sub(r"^[^/]+", MIRROR, each) if mirrored else each for each in said.get("images", ())]
    lock = {"archive": {**archive, "digest": digest}, "images": dict.fromkeys(images, DIGEST)}
    (there / "archive.lock.yaml").write_text(json.dumps(lock))
    return images, mirrored


def write_platform(folder: Path, components: list[Object]) -> None:
    document = {
        "apiVersion": "pipelinekit/v1",
        "kind": "Platform",
        "metadata": {"name": "acme"},
        "images": {"registry": "r:5000"},
        "charts": {"repository": "oci://r:5000/charts"},
        "clusters": [{"name": "one", "network": {**NETWORK, "namespaces": LABELS}}],
        "environments": [{"name": "dev", "cluster": "one", "namespace": "{team}-dev"}],
        "components": components,
    }
    (folder / "platform.yaml").write_text(json.dumps(document))


NETWORK: dict[str, Any] = {
    "apiServers": ["192.0.2.1:6443"],
    "nodes": ["192.0.2.0/24"],
    "pods": ["10.244.0.0/16"],
    "services": ["10.96.0.0/12"],
}


def stand_in(there: Path, name: str) -> None:
    """A component that is needed: its words and policies, and one pod with the labels of its servers."""
    shutil.copytree(CHARTS / name / "policies", there / "policies")
    said = wanted(name)
    kept = ("apiVersion", "kind", "metadata", "namespace", "policies", "offers", "calls", "accepts", "peers")
    words = {**{key: said[key] for key in kept if key in said}, "chart": "chart"}
    (there / "component.yaml").write_text(json.dumps(words))
    labels = {"app.kubernetes.io/name": name, "pipelinekit.dev/part": "server"}
    ports = [each["port"] for each in (*said["offers"], *said.get("peers", []))]
    container = {"name": name, "image": "x", "ports": [{"containerPort": each} for each in sorted({*ports})]}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    server = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {"selector": {"matchLabels": labels}, "template": template},
    }
    (there / "chart" / "templates").mkdir(parents=True)
    about = {"apiVersion": "v2", "name": name, "version": "1.0.0", "appVersion": "1.0.0"}
    (there / "chart" / "Chart.yaml").write_text(json.dumps(about))
    (there / "chart" / "templates" / "server.yaml").write_text(json.dumps(server))


def platform(helm: Helm, folder: Path, verb: str, *words: str) -> str:
    done = verb_of(helm, folder, verb, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def verb_of(helm: Helm, folder: Path, verb: str, *words: str) -> subprocess.CompletedProcess[str]:
    """A verb of `pipelinekit platform` with a platform in a folder."""
    path = f"{Path(helm.path).parent}:{os.environ['PATH']}"
    env = {**os.environ, "HOME": str(folder), "PATH": path}
    argv = [warm.PROGRAM, "platform", verb, "--platform", str(folder), *words]
    return warm.run(argv, cwd=folder, env=env, timeout=120)
