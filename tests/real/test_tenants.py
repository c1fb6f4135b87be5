"""Two teams, two repositories, one Nexus: each copy-cat and each poisoning is refused, and by whom.

`pay` and `payments`: one team's name is the beginning of the other's, and so are the applications' names.
"""

from __future__ import annotations

import base64
import io
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import pytest
import requests
import yaml

from pipelinekit.adapters.registry.helmrepository import HttpCharts
from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.errors import ToolFailed
from pipelinekit.model.release import Credentials, ImageRef
from pipelinekit.plan.inputs import input_tag
from pipelinekit.steps.artefacts.trust import REVISION
from tests import nexus as double
from tests.real import app, tenants
from tests.real.app import BIN, Application, Said
from tests.real.registries import mirror_login, signing_key
from tests.real.transport.bench import image
from tests.testbed import tools
from tests.testbed.layout import Layout

REGISTRATION, REGISTRY, SIGNATURE = "the registration", "Nexus' selectors", "our verification"
VERSION, INDEX = "the version that is there", "the name of its file"

TABLE = """
a copied app.yaml, in a pipeline: build            | the registration
a copied app.yaml, in a pipeline: push             | the registration
a copied app.yaml, in a pipeline: package          | the registration
a copied app.yaml, in a pipeline: publish          | the registration
a copied app.yaml, in a pipeline: deploy           | the registration
a copied app.yaml, in a pipeline: verify           | the registration
a copied app.yaml, in a pipeline: validate         | the registration
an application that nobody registered              | the registration
a copied app.yaml, in a terminal: push             | Nexus' selectors
an image under another team's version              | Nexus' selectors
an image under the tag of another team's inputs    | Nexus' selectors
an image where the name only begins alike          | Nexus' selectors
a chart in another team's repository               | Nexus' selectors
a signature beside another team's image            | Nexus' selectors
a chart's file of another team                     | Nexus' selectors
a chart's file where the name only begins alike    | Nexus' selectors
a chart that says inside that it is another        | the name of its file
an unsigned image under the tag of our inputs      | our verification
an image there that another key has signed         | our verification
another team's signed image there                  | our verification
an unsigned image under our version                | our verification
another chart under our version                    | the version that is there
an unsigned chart                                  | our verification
a push that another key would sign                 | our verification
"""


@dataclass
class World:
    """`short` is a team whose name is the beginning of that of `long`."""

    site: tenants.Site
    platform: str
    short: Application
    long: Application
    folder: Path

    def client(self, team: str) -> OciRegistry:
        """Our client with a team's password, as that team's pipeline has it."""
        return OciRegistry(lambda _: Credentials(f"nexus-{team}", f"{team}-secret"))

    def root(self) -> OciRegistry:
        """Somebody who may push everywhere, and has not the key."""
        return OciRegistry(lambda _: Credentials("push", "push-secret"))

    def ref(self, of: Application, tag: str, below: str = "") -> ImageRef:
        return ImageRef(self.site.address, f"{below}{of.team}/{of.name}", tag=tag)


def document(
    folder: Path, address: str, testbed: Mapping[str, str], key: str, teams: list[tuple[str, str]], url: str
) -> str:
    path = folder / "platform.json"
    path.write_text(
        json.dumps(
            {
                "apiVersion": "pipelinekit/v1",
                "kind": "Platform",
                "metadata": {"name": "acme"},
                "images": {
                    "registry": address,
                    "mirror": testbed["PK_TESTBED_REGISTRY"],
                    "signing": {"credentials": "cosign", "publicKey": key},
                },
                "charts": {"repository": f"oci://{address}/charts"},
                "clusters": [{"name": "one", "context": testbed["PK_TESTBED_CONTEXT"]}],
                "environments": [
                    {"name": "dev", "cluster": "one", "namespace": "{team}-dev", "automatic": True}
                ],
                "applications": [
                    {"name": name, "team": team, "repository": f"https://git.acme.example/{team}/{name}.git"}
                    for team, name in teams
                ],
                "nexus": {
                    "url": url,
                    "acceptEula": True,
                    "users": {"push": "push", "pull": "pull"},
                    "repositories": [
                        {"name": "docker-hosted", "format": "docker", "kind": "hosted", "port": 5000},
                        {"name": "helm-hosted", "format": "helm", "kind": "hosted"},
                    ],
                },
            }
        )
    )
    return str(path)


@pytest.fixture(scope="module")
def world(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("tenants")
    short = f"t{uuid4().hex[:6]}"
    teams = [(short, "pay"), (f"{short}ments", "pay-ments")]
    keys = signing_key(testbed, folder)
    with ExitStack() as stack:
        nexus = stack.enter_context(double.serve())
        site = stack.enter_context(tenants.serve(nexus, testbed))
        platform = document(folder, site.address, testbed, (folder / "k.pub").read_text(), teams, nexus.url)
        passwords = {f"PK_NEXUS_TEAM_{team.upper()}_PASSWORD": f"{team}-secret" for team, _ in teams}
        subprocess.run(
            [str(BIN / "pipelinekit"), "nexus", "apply", "--platform", platform],
            env={
                **os.environ,
                **passwords,
                "PK_NEXUS_PASSWORD": "first",
                "PK_NEXUS_PUSH_PASSWORD": "push-secret",
                "PK_NEXUS_PULL_PASSWORD": "pull-secret",
            },
            check=True,
        )
        made = []
        for team, name in teams:
            of = stack.enter_context(app.new(testbed, folder / team, "dockerfile", name=name, team=team))
            of.tool("git", "remote", "add", "origin", f"ssh://git@git.acme.example:7999/{team}/{name}")
            env = {
                **keys,
                # Base images come from where a team's login means nothing.
                **mirror_login(testbed),
                "PIPELINEKIT_PLATFORM": platform,
                "PK_REGISTRY_USER": f"nexus-{team}",
                "PK_REGISTRY_PASSWORD": f"{team}-secret",
                "BRANCH_NAME": "main",
            }
            made.append(of.with_env(**env))
        for of in made:
            of.until("publish")
        yield World(site, platform, made[0], made[1], folder)


# --- who refuses ----------------------------------------------------------------------------------


def by_registration(said: Said) -> str:
    assert said.code == 6, said.err
    assert "is registered with https://git.acme.example" in said.reason or "has no application" in said.reason
    return REGISTRATION


def by_registry(world: World, team: str, act: Callable[[], object]) -> str:
    """Nexus says no to the team's user, and whatever was there is as it was."""
    before = len(world.site.denied)
    with pytest.raises(ToolFailed) as caught:
        act()
    assert caught.value.exit_code == 5
    new = world.site.denied[before:]
    assert new, caught.value
    assert all(each.startswith(f"nexus-{team} ") for each in new)
    return REGISTRY


def copied(world: World, verb: str, **env: str) -> Said:
    """The short team's app.yaml, copied into the long one's repository."""
    folder = world.folder / f"copy-{verb}-{uuid4().hex[:6]}"
    shutil.copytree(world.long.folder, folder)
    copy = replace(world.long, folder=folder).with_env(**env)
    copy.write("app.yaml", (world.short.folder / "app.yaml").read_text())
    subprocess.run(
        ["cp", "-r", str(world.short.folder / "charts" / world.short.name), str(folder / "charts")],
        check=True,
    )
    copy.commit()
    if env:
        copy.must("build")
    more = ("--automatic",) if verb in ("deploy", "verify") else ()
    return copy.verb(verb, *more)


def copy_in_a_terminal(world: World) -> str:
    before = len(world.site.denied)
    said = copied(world, "push", BRANCH_NAME="")
    assert said.code == 5, said.err
    assert f"notice: {world.short.team}/pay is registered with" in said.err
    assert any(f"nexus-{world.long.team} " in each for each in world.site.denied[before:])
    return REGISTRY


def unregistered(world: World) -> str:
    folder = world.folder / "unregistered"
    shutil.copytree(world.short.folder, folder)
    stranger = replace(world.short, folder=folder)
    stranger.replace("app.yaml", "name: pay", "name: other")
    stranger.commit()
    return by_registration(stranger.verb("build"))


def push_image(world: World, tag: str) -> str:
    return by_registry(
        world,
        world.long.team,
        lambda: image(world.client(world.long.team), world.ref(world.short, tag), b"poison"),
    )


def push_where_the_name_begins_alike(world: World) -> str:
    return by_registry(
        world,
        world.short.team,
        lambda: image(world.client(world.short.team), world.ref(world.long, "9.9.9"), b"poison"),
    )


def chart_elsewhere(world: World) -> str:
    return by_registry(
        world,
        world.long.team,
        lambda: image(world.client(world.long.team), world.ref(world.short, "9.9.9", "charts/"), b"poison"),
    )


def signature_elsewhere(world: World) -> str:
    digest = world.root().digest_of(world.ref(world.short, version(world.short)))
    assert digest
    ref = replace(world.ref(world.short, ""), digest=digest)
    return by_registry(
        world,
        world.long.team,
        lambda: world.client(world.long.team).attach(ref, "application/vnd.example.signature", b"forged"),
    )


def archive(name: str, chart: str, number: str) -> bytes:
    content = yaml.safe_dump({"apiVersion": "v2", "name": chart, "version": number}).encode()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as made:
        entry = tarfile.TarInfo(f"{name}/Chart.yaml")
        entry.size = len(content)
        made.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def helm(world: World, team: str) -> HttpCharts:
    return HttpCharts(lambda _: Credentials(f"nexus-{team}", f"{team}-secret"))


def helm_ref(world: World, name: str, number: str) -> ImageRef:
    return ImageRef(f"http://{world.site.address}/repository/helm-hosted", name, tag=number)


def upload(world: World, team: str, name: str, chart: str, number: str) -> str:
    """Upload the file of chart `name`, which says inside that it is `chart`."""
    path = world.folder / f"{uuid4().hex}.tgz"
    path.write_bytes(archive(name, chart, number))
    return helm(world, team).publish_chart(helm_ref(world, name, number), path, {})


def file_elsewhere(world: World, team: str, name: str) -> str:
    return by_registry(world, team, lambda: upload(world, team, name, name, "9.9.9"))


def chart_that_lies_inside(world: World) -> str:
    """Nexus lets it in, for the file is the team's own; its index then has it among the other's charts."""
    answer = requests.put(
        f"http://{world.site.address}{tenants.HELM}pay-3.0.0.tgz",
        data=archive("pay", "pay-ments", "3.0.0"),
        auth=(f"nexus-{world.short.team}", f"{world.short.team}-secret"),
        timeout=30,
    )
    assert answer.status_code == 201
    assert b"pay-ments" in world.site.index()
    theirs = helm(world, world.long.team)
    assert theirs.digest_of(helm_ref(world, "pay-ments", "3.0.0")) is None
    real = upload(world, world.long.team, "pay-ments", "pay-ments", "3.0.0")
    assert theirs.digest_of(helm_ref(world, "pay-ments", "3.0.0")) == real
    return INDEX


def version(of: Application) -> str:
    found: str = of.must("version", "--json").json()["version"]
    return found


def inputs(of: Application) -> str:
    """The digest of the inputs that this application would be built of now."""
    return of.must("build", "--plan").out.rsplit(" ", 1)[1].strip()


def changed(of: Application) -> None:
    of.write("index.html", uuid4().hex)
    of.commit()


def poisoned(world: World, poison: Callable[[ImageRef], str]) -> str:
    """Something stands under the tag of the inputs; ours is built, goes beside it, and gets the version."""
    of = world.short
    changed(of)
    tag = input_tag(inputs(of))
    digest = poison(world.ref(of, tag))
    built = of.must("build")
    assert "not taken" in built.err, built.err
    pushed = of.must("push", "--json").json()["receipt"]["digest"]
    there = world.root()
    assert pushed != digest
    assert there.digest_of(world.ref(of, tag)) == digest, "what is there stays there"
    assert there.digest_of(world.ref(of, f"{tag}-2")) == pushed
    assert there.digest_of(world.ref(of, version(of))) == pushed
    of.must("package")
    of.must("publish")
    again = of.must("push", "--json").json()
    assert (again["acted"], again["receipt"]["digest"]) == (False, pushed)
    return SIGNATURE


def unsigned(world: World, ref: ImageRef) -> str:
    return image(world.root(), ref, b"poison").digest


def sign(world: World, ref: ImageRef, key: str) -> None:
    cosign = tools.cosign(Layout.from_environment())
    config = world.folder / "push-config"
    config.mkdir(exist_ok=True)
    auth = {"auths": {world.site.address: {"auth": "cHVzaDpwdXNoLXNlY3JldA=="}}}
    (config / "config.json").write_text(json.dumps(auth))
    empty = world.folder / "signing.json"
    empty.write_text(json.dumps({"mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json"}))
    root = world.folder / "root.json"
    root.write_text(json.dumps({"mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1"}))
    subprocess.run(
        [
            *(str(cosign), "sign", "--yes", "--key", str(world.folder / key), "--allow-http-registry"),
            *("--signing-config", str(empty), "--trusted-root", str(root)),
            f"{ref.registry}/{ref.repository}@{ref.digest}",
        ],
        env={**os.environ, "COSIGN_PASSWORD": "key-password-3f9c", "DOCKER_CONFIG": str(config)},
        check=True,
        capture_output=True,
    )


def signed_by_another(world: World, ref: ImageRef) -> str:
    digest = unsigned(world, ref)
    sign(world, replace(ref, tag="", digest=digest), "other.key")
    return digest


def copied_with_its_signature(world: World, ref: ImageRef) -> str:
    theirs = world.ref(world.long, version(world.long))
    copy = world.root().copy(theirs, ref)
    assert copy.referrers
    digest = world.root().digest_of(ref)
    assert digest
    return digest


def poisoned_version(world: World) -> str:
    of = world.short
    changed(of)
    of.must("build")
    poison = unsigned(world, world.ref(of, version(of)))
    root = world.root()
    commit = of.tool("git", "rev-parse", "HEAD").strip()
    relabelled(world, world.ref(of, version(of)), {REVISION: commit})
    there = root.digest_of(world.ref(of, version(of)))
    assert there != poison
    said = of.verb("push")
    assert said.code == 6, said.err
    assert "has no signature of the platform's key" in said.reason
    assert "the next version is free" in said.err
    assert root.digest_of(world.ref(of, version(of))) == there
    changed(of)
    of.must("build")
    of.must("push")
    return SIGNATURE


def relabelled(world: World, ref: ImageRef, labels: Mapping[str, str]) -> None:
    """A stranger's image with labels that say it is ours."""
    from pipelinekit.adapters.registry.blobs import Home
    from pipelinekit.adapters.registry.digests import (
        OCI_MANIFEST,
        Manifest,
        canonical,
        descriptor,
        digest_bytes,
    )

    oci = world.root()
    config = canonical({"architecture": "amd64", "os": "linux", "config": {"Labels": dict(labels)}})
    body = canonical(
        {
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "config": descriptor("application/vnd.oci.image.config.v1+json", config),
            "layers": [descriptor("application/vnd.oci.image.layer.v1.tar", b"poison")],
        }
    )
    for blob in (config, b"poison"):
        oci.blobs.upload(Home(ref.registry, ref.repository), blob)
    oci.manifests.put(ref, Manifest(body, OCI_MANIFEST, digest_bytes(body)))


def poisoned_chart(world: World) -> str:
    of = world.short
    changed(of)
    for verb in ("build", "push", "package"):
        of.must(verb)
    path = world.folder / "poison.tgz"
    path.write_bytes(archive("pay", "pay", version(of)))
    ref = world.ref(of, version(of), "charts/")
    there = world.root().publish_chart(ref, path, {"name": "pay", "version": version(of)})
    said = of.verb("publish")
    assert said.code == 6, said.err
    assert "is published with another content" in said.reason
    assert world.root().digest_of(ref) == there
    return VERSION


def unsigned_chart(world: World) -> str:
    """Killed between publishing and signing: deploy refuses, and publishing again signs it."""
    of = world.short
    changed(of)
    for verb in ("build", "push", "package", "publish"):
        of.must(verb)
    ref = world.ref(of, version(of), "charts/")
    root = world.root()
    digest = root.digest_of(ref)
    assert digest
    # Nobody's password deletes at the front: the registry behind is asked.
    user, _, password = base64.b64decode(world.site.login.split(" ")[1]).decode().partition(":")
    behind = OciRegistry(lambda _: Credentials(user, password))
    chart = replace(ref, registry=world.site.upstream, tag="", digest=digest)
    for each in behind.manifests.referrers(chart):
        assert behind.manifests.delete(replace(chart, digest=str(each["digest"])))
    listed = behind.digest_of(replace(chart, tag=digest.replace(":", "-"), digest=""))
    assert listed
    assert behind.manifests.delete(replace(chart, digest=listed))
    said = of.verb("deploy", "--automatic")
    assert said.code == 6, said.err
    assert "has no signature of the platform's key" in said.reason
    assert "is published" in of.must("publish").out
    assert root.digest_of(ref) == digest
    return SIGNATURE


def another_key(world: World) -> str:
    said = world.long.verb("push", env={"PK_SIGNING_KEY": str(world.folder / "other.key")})
    assert said.code == 6, said.err
    assert "is not that of images.signing.publicKey" in said.reason
    return SIGNATURE


ATTACKS: tuple[Callable[[World], str], ...] = (
    *(
        (lambda world, verb=verb: by_registration(copied(world, verb)))
        for verb in ("build", "push", "package", "publish", "deploy", "verify", "validate")
    ),
    unregistered,
    copy_in_a_terminal,
    lambda world: push_image(world, version(world.short)),
    lambda world: push_image(world, input_tag(inputs(world.short))),
    push_where_the_name_begins_alike,
    chart_elsewhere,
    signature_elsewhere,
    lambda world: file_elsewhere(world, world.long.team, "pay"),
    lambda world: file_elsewhere(world, world.short.team, "pay-ments"),
    chart_that_lies_inside,
    lambda world: poisoned(world, lambda ref: unsigned(world, ref)),
    lambda world: poisoned(world, lambda ref: signed_by_another(world, ref)),
    lambda world: poisoned(world, lambda ref: copied_with_its_signature(world, ref)),
    poisoned_version,
    poisoned_chart,
    unsigned_chart,
    another_key,
)
ROWS = [tuple(map(str.strip, line.split("|"))) for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize(
    ("attack", "refused_by"),
    list(zip(ATTACKS, [by for _, by in ROWS], strict=True)),
    ids=[what for what, _ in ROWS],
)
def test_who_refuses(world: World, attack: Callable[[World], str], refused_by: str) -> None:
    assert attack(world) == refused_by


def test_what_a_team_does_with_its_own_is_refused_by_nobody(world: World) -> None:
    """The fixture has run both lines to `publish`; a second run does nothing."""
    denied = len(world.site.denied)
    for verb in ("build", "push", "package", "publish"):
        assert world.long.must(verb, "--json").json()["acted"] is False
    assert len(world.site.denied) == denied
