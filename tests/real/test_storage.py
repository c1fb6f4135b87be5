"""Registries that stop, and disks that fill up, in the middle of a push: nothing lost, nothing half said."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from pipelinekit.adapters.registry.digests import digest_bytes
from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.errors import ToolFailed
from pipelinekit.model.release import ImageRef
from tests.real import app
from tests.real.app import Application
from tests.real.registries import buildah, small_disk
from tests.real.transport.bench import MIB, client, image
from tests.testbed import faults, registry
from tests.testbed.faults import Proxy

PIECE = 256 * 1024


class Stoppable:
    """A registry that can be stopped, and started again with what it has on its disk, behind one address."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running = ExitStack()
        self.starts = 0
        self.address = self.start()

    def start(self) -> str:
        self.starts += 1
        # The folder's name is the registry's secret, which its uploads are signed with.
        served = registry.serve(self.folder / "registry", storage=self.folder / "storage")
        self.address = self.running.enter_context(served).address
        return self.address

    def restart(self, proxy: Proxy) -> None:
        self.running.close()
        proxy.upstream = self.start()


@pytest.fixture
def stoppable(tmp_path: Path) -> Iterator[Stoppable]:
    one = Stoppable(tmp_path)
    with one.running:
        yield one


def content(oci: OciRegistry, ref: ImageRef, to: Path) -> bytes:
    """The layer of an image, as the registry gives it back."""
    from pipelinekit.adapters.registry.blobs import Home

    manifest = oci.manifests.get(ref)
    digest = str(manifest.body["layers"][0]["digest"])
    with to.open("w+b") as out:
        oci.blobs.fetch(Home(ref.registry, ref.repository), digest, out)
        out.seek(0)
        return out.read()


@pytest.mark.parametrize("moment", ["^POST .*uploads", "^PATCH", "^PUT .*uploads", "^PUT .*manifests"])
def test_a_registry_that_is_restarted_in_the_middle(
    stoppable: Stoppable, tmp_path: Path, moment: str
) -> None:
    data = os.urandom(2 * MIB)
    with faults.before(stoppable.address) as proxy:
        ref = ImageRef(proxy.address, "team/restarted", tag="1")
        proxy.fail(moment, before=lambda: stoppable.restart(proxy))
        pushed = image(client(PIECE), ref, data)
        assert stoppable.starts == 2
        assert client().digest_of(ref) == pushed.digest
        assert content(client(), ref, tmp_path / "layer") == data


def test_a_registry_whose_disk_is_full_says_so_and_takes_it_when_there_is_room(tmp_path: Path) -> None:
    data = os.urandom(4 * MIB)
    with small_disk(tmp_path / "disk", "3m") as disk:
        other = disk / "somebody-elses"
        other.write_bytes(b"x" * MIB)
        with registry.serve(tmp_path / "registry", storage=disk / "storage") as full:
            ref = ImageRef(full.address, "team/full", tag="1")
            oci = client(PIECE)
            with pytest.raises(ToolFailed, match=full.address):
                image(oci, ref, data)
            assert oci.digest_of(ref) is None
            assert oci.manifests.tags(ref.registry, ref.repository) == ()
            less = data[:MIB]
            other.unlink()
            # What was left half uploaded is the registry's to purge; here it is in the way.
            for each in disk.rglob("_uploads/*/data"):
                each.unlink()
            image(oci, ref, less)
            assert content(oci, ref, tmp_path / "layer") == less


def test_a_push_to_a_full_registry_leaves_no_receipt_and_can_be_repeated(
    testbed: dict[str, str], tmp_path: Path
) -> None:
    # By our own client: Docker's engine tries a layer for almost a minute before it gives up.
    agent = buildah(testbed, tmp_path / "containers")
    with (
        small_disk(tmp_path / "disk", "2m") as disk,
        app.new(agent, tmp_path / "apps", "dockerfile") as one,
    ):
        with registry.serve(tmp_path / "registry", storage=disk / "storage") as full:
            application = _padded(one.with_env(PIPELINEKIT_REGISTRY=full.address))
            application.must("build")
            said = application.verb("push")
            assert said.code == 5, said.err
            assert full.address in said.reason
            assert not (application.folder / ".pipelinekit/receipts/push.json").exists()
            version = application.must("version").out.strip()
            assert client().digest_of(ImageRef(full.address, f"{one.team}/orders", tag=version)) is None
        with registry.serve(tmp_path / "roomy") as roomy:
            moved = application.with_env(PIPELINEKIT_REGISTRY=roomy.address)
            for verb in ("build", "push", "package", "publish"):
                assert moved.must(verb, "--json").json()["receipt"]
            digest = moved.must("push", "--json").json()["receipt"]["digest"]
            ref = ImageRef(roomy.address, f"{one.team}/orders", tag=version)
            manifest = client().manifests.get(ref)
            assert digest == digest_bytes(manifest.content)
    shutil.rmtree(tmp_path / "containers")


def _padded(application: Application) -> Application:
    """With a layer that no small disk takes, however it is compressed."""
    (application.folder / "padding.bin").write_bytes(os.urandom(6 * MIB))
    application.replace("Dockerfile", "USER 65532", "COPY padding.bin /padding.bin\nUSER 65532")
    application.commit()
    return application
