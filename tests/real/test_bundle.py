"""Two components at a site whose only registry was filled from a bundle.

The vendor's registry is one of this test's own: it is stopped before anything is brought to the site, and
what is typed there runs in a network that ends at the site's registry and its API server.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from pipelinekit.adapters.registry.digests import Manifest, canonical, digest_bytes
from pipelinekit.adapters.registry.download import Home
from pipelinekit.adapters.registry.login.credentials import from_docker_config
from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.model.release import ImageRef
from tests.real.cut import Cut, cut
from tests.real.platform import TestPlatform, made_platform
from tests.real.transport.bench import index
from tests.testbed import faults, registry

pytestmark = pytest.mark.story

VARS = {each.name for each in Path(__file__).resolve().parents[2].glob("vars/*")}
BUSYBOX = ("library/busybox", "stable")
STARTED = ("before", "first", "operand", "run", "tests")
"""Of a hook, of an init container, of what an operator starts, of servers, of a chart's tests."""


@dataclass(frozen=True)
class Site:
    """`vendor` has a registry, until `leaving` is closed; `image` is one there that no node has seen."""

    vendor: TestPlatform
    bundle: Path
    image: str
    leaving: ExitStack

    def fill(self) -> dict[str, object]:
        said = self.vendor.must("bundle", "--to", str(self.bundle), "--env", "dev", "--json")
        row: dict[str, object] = json.loads(said.out)
        return row

    def blob(self) -> Path:
        """The largest one."""
        return max((self.bundle / "blobs" / "sha256").iterdir(), key=lambda each: each.stat().st_size)


@dataclass(frozen=True)
class Inside(TestPlatform):
    """What is typed runs in a network."""

    network: Cut

    def _words(self, *arguments: str) -> list[str]:
        return self.network.inside(*super()._words(*arguments))


def write(platform: TestPlatform, address: str, charts: str, values: Mapping[str, str]) -> None:
    """platform.yaml, whose registries are all at one address."""
    document = {
        "apiVersion": "pipelinekit/v1",
        "kind": "Platform",
        "metadata": {"name": platform.prefix},
        "images": {"registry": address, "mirror": address},
        "charts": {"repository": f"oci://{address}/{charts}"},
        "clusters": [{"name": "testbed"}],
        "environments": [{"name": "dev", "cluster": "testbed", "namespace": "{team}", "automatic": True}],
        "components": [{"name": name, **({"values": each} if each else {})} for name, each in values.items()],
    }
    (platform.folder / "platform.yaml").write_text(json.dumps(document))


def never_seen(client: OciRegistry, source: str, host: str, repository: str) -> Manifest:
    """Store busybox with one more layer: a node that has busybox has to pull it all the same."""
    base = client.manifests.get(ImageRef(source, BUSYBOX[0], tag=BUSYBOX[1]))
    home, body = Home(host, repository), dict(base.body)
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        text = repository.encode()
        member = tarfile.TarInfo("etc/bundle")
        member.size = len(text)
        tar.addfile(member, io.BytesIO(text))
    layer = archive.getvalue()
    config = json.loads(client.blobs.read(Home(source, BUSYBOX[0]), body["config"]["digest"]))
    config["rootfs"]["diff_ids"].append(f"sha256:{hashlib.sha256(layer).hexdigest()}")
    config.pop("history", None)
    for each in body["layers"]:
        spool = io.BytesIO()
        client.blobs.fetch(Home(source, BUSYBOX[0]), each["digest"], spool)
        client.blobs.upload(home, spool.getvalue())
    text = canonical(config)
    kind = "application/vnd.docker.image.rootfs.diff.tar"
    more = {"mediaType": kind, "digest": client.blobs.upload(home, layer), "size": len(layer)}
    body["config"] = {**body["config"], "digest": client.blobs.upload(home, text), "size": len(text)}
    body["layers"] = [*body["layers"], more]
    content = canonical(body)
    made = Manifest(content, base.kind, digest_bytes(content))
    client.manifests.put(ImageRef(host, repository, tag="1"), made)
    return made


@pytest.fixture(scope="module")
def site(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("vendor")
    with made_platform(folder / "platform", testbed) as plain, ExitStack() as leaving:
        own = leaving.enter_context(registry.serve(folder / "registry"))
        vendor = TestPlatform(plain.folder, plain.prefix, plain.env, own.address)
        login = from_docker_config(plain.registry, Path(testbed["DOCKER_CONFIG"], "config.json"))
        client = OciRegistry(lambda _: login)
        image, agent = f"{vendor.prefix}/run:1", f"{vendor.prefix}/agent:1"
        for each in STARTED:
            never_seen(client, plain.registry, vendor.registry, f"{vendor.prefix}/{each}")
        index(client, ImageRef(vendor.registry, f"{vendor.prefix}/agent", tag="1"))
        values = {"image": f"{vendor.registry}/{image}"}
        vendor.component("store", policies=True, values=values, images=[image])
        more = {each: f"{vendor.registry}/{vendor.prefix}/{each}:1" for each in ("before", "first", "tests")}
        # An operator's way to name what it starts; the first of both never runs here.
        operand = f"{vendor.registry}/{vendor.prefix}/operand:1"
        started = {**values, **more, "server": f"echo {agent} {operand}"}
        listed = [image, agent, *(f"{vendor.prefix}/{each}:1" for each in (*more, "operand"))]
        vendor.component("web", needs=("store",), values=started, images=listed)
        write(vendor, vendor.registry, vendor.prefix, {"store": "", "web": ""})
        yield Site(vendor, tmp_path_factory.mktemp("bundle") / "bundle", image, leaving)


def test_what_is_declared_and_what_is_rendered_are_held_against_each_other(site: Site) -> None:
    document = site.vendor.folder / "platform-charts" / "store" / "component.yaml"
    good = document.read_text()
    document.write_text(good.replace(site.image, "library/busybox:other"))
    said = site.vendor.verb("bundle", "--to", str(site.bundle))
    document.write_text(good)
    assert said.code == 3
    assert f"store: {site.vendor.registry}/{site.image} is rendered, and images: does not list it" in said.err
    assert "lists library/busybox:other, and nothing that is rendered names it" in said.err
    assert not site.bundle.exists()


def test_a_bundle_that_was_killed_goes_on_and_run_again_copies_nothing(site: Site) -> None:
    site.vendor.killed_when("agent:1: ", "bundle", "--to", str(site.bundle))
    assert not (site.bundle / "bundle.json").exists()
    unfinished = site.vendor.verb("bundle", "--check", str(site.bundle))
    assert (unfinished.code, "no bundle that is whole" in unfinished.reason) == (6, True)
    first = site.fill()
    assert (first["acted"], first["charts"], first["images"]) == (True, 3, 6)
    # A configuration and a layer each, and one of all; what was brought before the end is not brought again.
    assert first["blobs"] == 11
    assert {each.name for each in site.bundle.glob("library/vars/*")} == VARS
    before = {path: path.stat().st_mtime_ns for path in site.bundle.rglob("*") if path.is_file()}
    again = site.fill()
    assert (again["acted"], again["new"], again["blobs"]) == (False, 0, 0)
    assert before == {path: path.stat().st_mtime_ns for path in site.bundle.rglob("*") if path.is_file()}


def test_a_damaged_blob_is_found_by_each_verb_and_brought_again(site: Site) -> None:
    content = bytearray(site.blob().read_bytes())
    content[len(content) // 2] ^= 1
    damaged = site.blob()
    damaged.write_bytes(content)
    for words in (
        ("bundle", "--check", str(site.bundle)),
        ("unbundle", str(site.bundle), "--to-registry", "127.0.0.1:1"),
    ):
        said = site.vendor.verb(*words)
        assert (said.code, f"blob sha256:{damaged.name} is damaged" in said.reason) == (5, True)
    done = site.fill()
    assert (done["repaired"], done["blobs"]) == (1, 1)
    site.vendor.must("bundle", "--check", str(site.bundle))


def test_what_is_rendered_by_its_digest_alone_is_the_listed_image(site: Site, tmp_path: Path) -> None:
    values = site.vendor.folder / "platform-charts" / "store" / "values.yaml"
    good = values.read_text()
    name, _, tag = site.image.rpartition(":")
    whole = json.loads((site.bundle / "bundle.json").read_text())["images"]
    (digest,) = {each["digest"] for each in whole if each["reference"].endswith(site.image)}
    values.write_text(json.dumps({"image": f"{site.vendor.registry}/{name}@{digest}"}))
    site.vendor.must("bundle", "--to", str(tmp_path / "bundle"))
    values.write_text(good)
    images = json.loads((tmp_path / "bundle" / "bundle.json").read_text())["images"]
    assert [each["digest"] for each in images if f"/{name}:{tag}@{digest}" in each["reference"]] == [digest]
    assert len(images) == 6


def test_one_architecture_is_a_part_of_the_image(site: Site, tmp_path: Path) -> None:
    words = ("bundle", "--to", str(tmp_path / "part"), "--architecture", "linux/amd64", "--plan")
    site.vendor.must(*words)
    assert not (tmp_path / "part").exists()
    said = site.vendor.verb("bundle", "--to", str(tmp_path / "part"), "--architecture", "linux/arm64")
    assert said.code == 6, said.err
    site.vendor.must("bundle", "--to", str(tmp_path / "part"), "--architecture", "linux/amd64")
    images = json.loads((tmp_path / "part" / "bundle.json").read_text())["images"]
    assert [each["architectures"] for each in images] == [["linux/amd64"]] * 6
    whole = json.loads((site.bundle / "bundle.json").read_text())["images"]
    assert ["linux/amd64", "linux/arm64"] in [each["architectures"] for each in whole]


def test_a_deployment_with_no_registry_in_reach_but_the_one_filled_from_the_bundle(
    site: Site, tmp_path: Path
) -> None:
    site.fill()
    site.leaving.close()
    kubeconfig = yaml.safe_load(Path(site.vendor.env["KUBECONFIG"]).read_text())
    server = urlsplit(kubeconfig["clusters"][0]["cluster"]["server"])
    with (
        registry.serve(tmp_path / "registry") as behind,
        faults.before(behind.address) as there,
        cut(tmp_path, (str(server.hostname), server.port or 443), address(there.address)) as network,
    ):
        here = moved(site, tmp_path, there.address, network)
        out_of_reach(site, network)
        here.must("unbundle", str(site.bundle), "--to-registry", there.address, "--plan")
        done = here.must("unbundle", str(site.bundle), "--to-registry", there.address, "--json").json()
        assert done == {"names": 9, "new": 9}
        again = here.must("unbundle", str(site.bundle), "--to-registry", there.address, "--json").json()
        assert again == {"names": 9, "new": 0}
        there.log.clear()
        assert here.states() == {"store": "deployed", "web": "deployed"}
        for component in ("store", "web"):
            pods = json.loads(here.kubectl("get", "pods", "--output", "json", component=component))["items"]
            images = {
                each["image"]
                for pod in pods
                for kind in ("containerStatuses", "initContainerStatuses")
                for each in pod["status"].get(kind, ())
            }
            started = ("before", "first", "run") if component == "web" else ("run",)
            assert images == {f"{there.address}/{site.vendor.prefix}/{each}:1" for each in started}
        assert "web 1.0.0 is verified in dev" in here.must("verify").out
        operated(here, f"{there.address}/{site.vendor.prefix}/operand:1")
        # The node has pulled from there, and the charts were found published: nothing was stored.
        pulled = [each for each in STARTED if f"GET /v2/{site.vendor.prefix}/{each}/blobs/" in str(there.log)]
        assert pulled == list(STARTED)
        assert {line.split()[0] for line in there.log} == {"GET", "HEAD"}
        assert here.states() == {"store": "unchanged", "web": "unchanged"}
        assert list((tmp_path / "docker").iterdir()) == []


def operated(here: TestPlatform, image: str) -> None:
    """Start what an operator would, by the name that its settings say, and wait until it has ended well."""
    assert image in here.kubectl("get", "deployment", "web", "--output", "yaml", component="web")
    user = {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}}
    closed = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    container = {"name": "it", "image": image, "command": ["/bin/busybox", "true"], "securityContext": closed}
    spec = {"restartPolicy": "Never", "securityContext": user, "containers": [container]}
    made = here.folder / "operand.json"
    made.write_text(
        json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "operand"}, "spec": spec})
    )
    here.kubectl("create", "--filename", str(made), component="web")
    ended = "--for=jsonpath={.status.phase}=Succeeded"
    here.kubectl("wait", ended, "pod/operand", "--timeout=60s", component="web")


def address(text: str) -> tuple[str, int]:
    host, _, port = text.partition(":")
    return host, int(port)


def moved(site: Site, folder: Path, registry: str, network: Cut) -> TestPlatform:
    """The vendor's platform, with that registry in the place of the vendor's, by a user without a login."""
    (folder / "docker").mkdir()
    shutil.copytree(site.vendor.folder, folder / "site", ignore=shutil.ignore_patterns(".pipelinekit"))
    env = {**site.vendor.env, "DOCKER_CONFIG": str(folder / "docker")}
    here = Inside(folder / "site", site.vendor.prefix, env, registry, network)
    (here.folder / "site.yaml").write_text(json.dumps({"image": f"{registry}/{site.image}"}))
    for path in here.folder.rglob("*.yaml"):
        path.write_text(path.read_text().replace(site.vendor.registry, registry))
    write(here, registry, "charts", {"store": "site.yaml", "web": "site.yaml"})
    return here


def out_of_reach(site: Site, network: Cut) -> None:
    """The vendor's registry is gone, for the node too; to the testbed's, which is there, no way leads."""
    reach = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 5)"
    testbed = site.vendor.env["PK_TESTBED_REGISTRY"]
    for where, words, said in (
        (site.vendor.registry, [], "ConnectionRefusedError"),
        (testbed, network.inside(), "ConnectionRefusedError"),
        ("192.0.2.1:443", network.inside(), "Network is unreachable"),
        ("registry.example.com:443", network.inside(), "gaierror"),
    ):
        ask = [*words, sys.executable, "-c", reach, *map(str, address(where))]
        done = subprocess.run(ask, capture_output=True, text=True, timeout=60, check=False)
        assert said in done.stderr, (where, done)
    ask = [sys.executable, "-c", reach, *map(str, address(testbed))]
    subprocess.run(ask, timeout=60, check=True)
