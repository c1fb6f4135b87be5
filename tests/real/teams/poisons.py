"""What one team puts where another publishes: poisons."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace

from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.model.release import Credentials, ImageRef
from pipelinekit.plan.inputs import input_tag
from pipelinekit.steps.artefacts.trust import REVISION
from tests.real.teams.copies import archive, changed, inputs, version
from tests.real.teams.world import SIGNATURE, VERSION, World
from tests.real.transport.bench import image
from tests.testbed import tools
from tests.testbed.layout import Layout


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
