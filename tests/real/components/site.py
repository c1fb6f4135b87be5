"""The components that come with pipelinekit on the testbed: namespaces and volumes of a test's own."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.real.app import Said
from tests.real.platform import TestPlatform, made_platform, wait_until

OURS = Path(__file__).resolve().parents[3] / "platform-charts"
_TYPES = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
)


def image(env: Mapping[str, str], name: str) -> dict[str, str]:
    """The values of an image of the testbed's registry, `repository:tag`, by its digest."""
    registry = env["PK_TESTBED_REGISTRY"]
    repository, _, tag = name.partition(":")
    logins = json.loads((Path(env["DOCKER_CONFIG"]) / "config.json").read_text())["auths"]
    headers = {"Accept": ", ".join(_TYPES), "Authorization": f"Basic {logins[registry]['auth']}"}
    url = f"http://{registry}/v2/{repository}/manifests/{tag}"
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
        digest = answer.headers["Docker-Content-Digest"]
    return {"registry": registry, "repository": repository, "tag": tag, "digest": digest}


@dataclass
class Site:
    """A platform with some of the components on."""

    platform: TestPlatform
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    volumes: list[str] = field(default_factory=list)

    @property
    def env(self) -> Mapping[str, str]:
        return self.platform.env

    def namespace(self, name: str) -> str:
        """Where a component of the platform is."""
        return f"{self.platform.prefix}-{name}"

    def take(self, *names: str) -> None:
        """Copy components here, each into a namespace of this platform's."""
        for name in names:
            folder = self.platform.folder / "platform-charts" / name
            shutil.copytree(OURS / name, folder)
            self.rename(folder, names)

    def rename(self, folder: Path, names: tuple[str, ...]) -> None:
        """Have a copied component name the namespaces that are used here."""
        for path in (folder / "component.yaml", *folder.glob("*/templates/*.yaml")):
            text = path.read_text()
            for each in names:
                own = yaml.safe_load((OURS / each / "component.yaml").read_text())["namespace"]
                for key in ("namespace: ", "kubernetes.io/metadata.name: "):
                    text = text.replace(f"{key}{own}\n", f"{key}{self.namespace(each)}\n")
                    text = text.replace(f"{key}{own}}}", f"{key}{self.namespace(each)}}}")
            path.write_text(text)

    def on(self, **values: Mapping[str, Any]) -> None:
        """Write platform.yaml with these components; values are laid over what each was given before."""
        names = [each.replace("_", "-") for each in values]
        self.platform.on(*names)
        path = self.platform.folder / "platform.yaml"
        document = json.loads(path.read_text())
        for entry, said in zip(document["components"], values.values(), strict=True):
            self.values[entry["name"]] = {**self.values.get(entry["name"], {}), **said}
            entry["values"] = f"{entry['name']}.yaml"
            file = self.platform.folder / entry["values"]
            file.write_text(json.dumps(self.values[entry["name"]]))
        document["clusters"][0]["network"] = self.network()
        path.write_text(json.dumps(document))

    def network(self) -> dict[str, list[str]]:
        """What policies are told of the cluster's addresses: through an API server gates are asked."""
        words = ("get", "endpoints", "kubernetes", "--namespace", "default", "--output", "json")
        (there,) = json.loads(self.platform.kubectl(*words))["subsets"]
        servers = [f"{each['ip']}:{there['ports'][0]['port']}" for each in there["addresses"]]
        return {"apiServers": servers, "nodes": self.nodes()}

    def nodes(self) -> list[str]:
        """The network of each node: its address."""
        items = json.loads(self.platform.kubectl("get", "nodes", "--output", "json"))["items"]
        said = [one for each in items for one in each["status"]["addresses"]]
        return [f"{each['address']}/32" for each in said if each["type"] == "InternalIP"]

    @property
    def storage_class(self) -> str:
        """A class whose volumes are those that the test has made."""
        return self.platform.prefix

    def volume(self, size: str = "1Gi") -> None:
        """One more volume on the node's disk, for whoever of this platform asks first."""
        name = f"{self.platform.prefix}-{len(self.volumes)}"
        place = self.platform.folder / "volumes" / name
        place.mkdir(parents=True)
        node = {
            "key": "kubernetes.io/hostname",
            "operator": "In",
            "values": [self.env["PK_TESTBED_NODE"]],
        }
        volume = {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": name},
            "spec": {
                "storageClassName": self.storage_class,
                "capacity": {"storage": size},
                "accessModes": ["ReadWriteOnce"],
                "persistentVolumeReclaimPolicy": "Retain",
                "local": {"path": str(place)},
                "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [node]}]}},
            },
        }
        kind = {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": self.storage_class},
            "provisioner": "kubernetes.io/no-provisioner",
            "volumeBindingMode": "WaitForFirstConsumer",
        }
        self.apply(kind, volume)
        self.volumes.append(name)

    def apply(self, *things: Mapping[str, Any]) -> None:
        """Put objects into the cluster."""
        file = self.platform.folder / "objects.json"
        file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": things}))
        self.platform.kubectl("apply", "--filename", str(file))

    def space(self, component: str, labels: Mapping[str, str] | None = None) -> None:
        """The namespace of a component, before it is rolled out: Secrets go there."""
        level = {"pod-security.kubernetes.io/enforce": "restricted"}
        metadata = {"name": self.namespace(component), "labels": {**level, **(labels or {})}}
        self.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})

    def secret(self, component: str, name: str, **content: str) -> None:
        """A Secret in a component's namespace."""
        data = {key: base64.b64encode(each.encode()).decode() for key, each in content.items()}
        metadata = {"name": name, "namespace": self.namespace(component)}
        self.apply({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": data})

    def kubectl(self, component: str, *arguments: str) -> str:
        """What kubectl says in a component's namespace."""
        return self.platform.kubectl(*arguments, component=component)

    def said(self, component: str, *arguments: str, stdin: str = "") -> str:
        """Likewise, given something to read."""
        words = ["kubectl", "--namespace", self.namespace(component), *arguments]
        env = {**os.environ, **self.env}
        done = subprocess.run(
            words, env=env, input=stdin, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout

    def tried(self, component: str, *arguments: str) -> str:
        """Likewise, and what went wrong where it did."""
        try:
            return self.said(component, *arguments)
        except AssertionError as error:
            return str(error)

    def empty(self, component: str, claim: str) -> None:
        """Take away all that is on the volume of a claim."""
        words = ("get", "pvc", claim, "--output", "jsonpath={.spec.volumeName}")
        folder = self.platform.folder / "volumes" / self.kubectl(component, *words)
        for each in folder.iterdir():
            shutil.rmtree(each) if each.is_dir() else each.unlink()

    def job(self, component: str, cronjob: str, name: str, seconds: int = 120) -> str:
        """Run a Job of a CronJob to its end; what it said. An AssertionError with that when it fails."""
        self.kubectl(component, "create", "job", name, f"--from=cronjob/{cronjob}")
        ended = '{range .status.conditions[?(@.status=="True")]}{.type} {end}'
        self.settled(component, name, ended, seconds)
        said = self.kubectl(component, "logs", f"job/{name}")
        how = self.kubectl(component, "get", "job", name, "--output", f"jsonpath={ended}")
        assert "Complete" in how, said
        return said

    def settled(self, component: str, job: str, ended: str, seconds: int) -> None:
        """Return once a Job has ended, whatever that is."""

        def over() -> bool:
            said = self.kubectl(component, "get", "job", job, "--output", f"jsonpath={ended}")
            return "Complete" in said or "Failed" in said

        wait_until(over, seconds)

    def deploy(self, seconds: int = 240) -> Said:
        """Roll everything out that is on; so many seconds for each step of a component."""
        return self.platform.must("deploy", "--timeout", str(seconds), patience=seconds + 60)


def postgresql(site: Site, *databases: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """The values of a PostgreSQL with these databases on a small node; a backup is made when asked."""
    small = {"cpu": "20m", "memory": "256Mi", "disk": "128Mi"}
    storage = {"class": site.storage_class, "size": "1Gi"}
    return {
        "image": image(site.env, "library/postgres:15"),
        "mirror": site.env["PK_TESTBED_REGISTRY"],
        "storage": storage,
        "resources": small,
        "backup": {"keep": 2, "suspend": True, "storage": storage, "resources": small},
        "databases": [*databases],
        **more,
    }


@contextmanager
def made_site(folder: Path, env: Mapping[str, str]) -> Iterator[Site]:
    """A site whose namespaces, volumes and rights are removed after the block."""
    with made_platform(folder, env) as platform:
        site = Site(platform)
        try:
            yield site
        finally:
            if site.volumes:
                platform.kubectl("delete", "--wait=false", "persistentvolume", *site.volumes)
                platform.kubectl("delete", "storageclass", site.storage_class)
            # No namespace takes these with it.
            for scope in ((), ("--namespace", "default")):
                kinds = "roles,rolebindings" if scope else "clusterroles,clusterrolebindings"
                rights = platform.kubectl("get", kinds, "--output", "name", *scope).split()
                mine = [each for each in rights if f"/{platform.prefix}-" in each]
                if mine:
                    platform.kubectl("delete", *mine, *scope)
