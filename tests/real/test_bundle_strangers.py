"""A bundle's folder that somebody else has made: what it says is held against itself, and never obeyed."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.adapters.bundle.folder import BundleFolder
from pipelinekit.adapters.bundle.layout import NAME, REPOSITORY
from pipelinekit.adapters.registry.copying import Copier
from pipelinekit.adapters.registry.digests import OCI_INDEX, OCI_MANIFEST, canonical
from pipelinekit.adapters.registry.download import Home
from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.errors import PipelinekitError, Refused, ToolFailed
from pipelinekit.model.release import ImageRef
from pipelinekit.plan.inputs import image_reference
from pipelinekit.steps.bundle.fill import check

IMAGE = "quay.io/a/b:1"


class Stranger:
    """A bundle's folder, filled by hand; `image` is what its one name means."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.entries, self.files = folder, list[Mapping[str, Any]](), dict[str, str]()
        self.image = self.manifest()
        self.write()

    def blob(self, content: bytes, kind: str = "sha256") -> str:
        value = hashlib.new(kind, content).hexdigest()
        path = self.folder / "blobs" / kind / value
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return f"{kind}:{value}"

    def manifest(self, text: bytes = b"{}", **more: object) -> str:
        config = {"mediaType": "application/json", "digest": self.blob(text), "size": len(text)}
        return self.blob(canonical({"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": config, **more}))

    def index(self, *digests: str) -> str:
        entries = [{"mediaType": OCI_MANIFEST, "digest": each, "size": 1} for each in digests]
        return self.blob(canonical({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": entries}))

    def refers(self, subject: str, text: bytes) -> str:
        digest = self.manifest(text, subject={"digest": subject})
        self.entries.append({"digest": digest, "annotations": {REPOSITORY: "quay.io/a/b"}})
        return digest

    def path(self, digest: str) -> Path:
        return self.folder / "blobs" / digest.replace(":", "/")

    def write(self) -> None:
        names = [*self.entries, {"digest": self.image, "annotations": {NAME: IMAGE}}]
        (self.folder / "index.json").write_text(json.dumps({"manifests": names}))
        images = [{"reference": IMAGE, "digest": self.image}]
        (self.folder / "bundle.json").write_text(
            json.dumps({"charts": [], "images": images, "files": self.files})
        )

    def opened(self) -> BundleFolder:
        return BundleFolder(self.folder, OciRegistry(lambda _: None))

    def faults(self) -> str:
        folder = self.opened()
        with pytest.raises(PipelinekitError) as caught, folder.told():
            check(folder)
        return str(caught.value)


@pytest.fixture
def stranger(tmp_path: Path) -> Stranger:
    return Stranger(tmp_path / "bundle")


def test_one_that_is_whole_is_fine(stranger: Stranger) -> None:
    assert [each.reference for each in check(stranger.opened())] == [IMAGE]


def test_an_index_that_points_at_one_thing_a_thousand_times_is_looked_into_once(stranger: Stranger) -> None:
    inner = stranger.image
    for _ in range(4):
        inner = stranger.index(*[inner] * 1000)
    stranger.image = inner
    stranger.write()
    assert len(check(stranger.opened())) == 1
    stranger.image = stranger.index(inner)
    stranger.write()
    assert "without end" in stranger.faults()


def test_all_that_is_damaged_or_gone_is_told_at_once(stranger: Stranger) -> None:
    children = [stranger.manifest(str(at).encode()) for at in range(3)]
    signature = stranger.refers(children[0], b"signature")
    stranger.image = stranger.index(*children)
    stranger.files["crds/a.yaml"] = "sha256:0"
    stranger.write()
    stranger.path(children[0]).write_bytes(b"damaged")
    stranger.path(children[1]).unlink()
    stranger.path(signature).unlink()
    faults = stranger.faults().splitlines()
    assert len(faults) == 4
    for each, said in (
        (children[0], "is damaged"),
        (children[1], "is gone"),
        (signature, "is gone"),
        ("crds/a.yaml", "is not what the list says"),
    ):
        assert any(each in line and said in line for line in faults)


@pytest.mark.parametrize("kind", ["sha256", "sha512"])
def test_bytes_that_are_not_those_of_their_digest_mean_nothing(stranger: Stranger, kind: str) -> None:
    digest = stranger.blob(b"{}", kind)
    stranger.path(digest).write_bytes(canonical({"manifests": [{"digest": digest}]}))
    with pytest.raises(ToolFailed, match="damaged"):
        stranger.opened().manifests.lacking(digest)


@pytest.mark.parametrize(
    "make",
    [
        lambda path: os.mkfifo(path),
        lambda path: path.symlink_to("/dev/zero"),
        lambda path: path.mkdir(),
    ],
)
def test_a_blob_that_is_no_file_is_damaged(stranger: Stranger, make: Callable[[Path], object]) -> None:
    path = stranger.path(stranger.image)
    path.unlink()
    make(path)
    assert f"{path.name} is damaged" in stranger.faults()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("index.json", '{"manifests": [{"digest": "sha256:../../x", "annotations": {}}]}'),
        ("index.json", '{"manifests": {"a": 1}}'),
        ("index.json", "[" * 100_000),
        (
            "index.json",
            json.dumps({"manifests": [{"digest": "sha256:" + "0" * 64, "annotations": {"\ud800": 1}}]}),
        ),
        ("bundle.json", "{}"),
        ("bundle.json", '{"charts": [], "images": [], "files": {"a": ' + "9" * 5000 + "}}"),
    ],
)
def test_what_is_no_bundle_is_a_fault(stranger: Stranger, name: str, value: str) -> None:
    (stranger.folder / name).write_text(value)
    assert stranger.faults()


@pytest.mark.parametrize("name", ["../out", "/etc/hostname", "crds/out", "a\0b", "\ud800", "x/" * 5000, ""])
def test_a_file_that_is_elsewhere_is_not_what_the_list_says(stranger: Stranger, name: str) -> None:
    (stranger.folder.parent / "out").write_text("secret")
    (stranger.folder / "crds").symlink_to("..")
    stranger.files[name] = f"sha256:{hashlib.sha256(b'secret').hexdigest()}"
    stranger.write()
    assert "is not what the list says" in stranger.faults()


@pytest.mark.parametrize("name", ["crds", "library", "library/vars", "jenkins", "blobs/sha256"])
def test_nothing_is_taken_away_behind_a_link(stranger: Stranger, tmp_path: Path, name: str) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / ("0" * 64)).write_text("theirs")
    link = stranger.folder / name
    link.parent.mkdir(exist_ok=True)
    if link.exists():
        link.rename(tmp_path / "away")
    link.symlink_to(other)
    folder = stranger.opened()
    with pytest.raises(Refused, match="is a link"), folder.alone():
        folder.finish({}, "{}")
    assert [each.name for each in other.iterdir()] == ["0" * 64]


def test_what_was_begun_is_not_written_through_a_link(stranger: Stranger, tmp_path: Path) -> None:
    (tmp_path / "other").write_text("theirs")
    content = b"new"
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    path = stranger.path(digest)
    path.with_name(f".{path.name}.pipelinekit-tmp").symlink_to(tmp_path / "other")
    stranger.opened().blobs.send(Home("quay.io", "a/b"), digest, BytesIO(content), len(content))
    assert (path.read_bytes(), (tmp_path / "other").read_text()) == (content, "theirs")


def test_what_refers_to_a_signature_stays_wherever_it_is_listed(stranger: Stranger) -> None:
    for at in range(8):
        signature = stranger.refers(stranger.image, f"signature {at}".encode())
        stranger.refers(signature, f"of signature {at}".encode())
    for entries in (stranger.entries, stranger.entries[::-1]):
        stranger.entries = entries
        stranger.write()
        folder = stranger.opened()
        with folder.alone():
            assert folder.repair() == []
            folder._named.add(IMAGE)
            folder.finish({}, folder.listing())
        assert len(folder.manifests.entries) == 17


def test_a_second_one_that_fills_the_folder_is_refused_and_a_folder_in_the_way_is_named(
    stranger: Stranger,
) -> None:
    one, two = stranger.opened(), stranger.opened()
    with one.alone(), pytest.raises(Refused, match="somebody else fills"), two.alone():
        pass
    path = stranger.path("sha256:" + "0" * 64)
    path.mkdir()
    with pytest.raises(ToolFailed, match=f"{path.name}: Is a directory"), one.alone():
        one.repair()


def test_a_media_type_that_would_be_a_second_header_is_none(stranger: Stranger) -> None:
    text = canonical({"mediaType": "a/b\r\nX-Other: 1", "config": {"digest": stranger.blob(b"{}")}})
    stranger.image = stranger.blob(text)
    stranger.write()
    assert "media type" in stranger.faults()


def test_all_of_an_index_is_copied_once_with_what_refers_to_it(stranger: Stranger, tmp_path: Path) -> None:
    children = [stranger.manifest(str(at).encode()) for at in range(3)]
    signature = stranger.refers(children[1], b"signature")
    stranger.refers(signature, b"of the signature")
    stranger.image = stranger.index(*children, *children)
    stranger.write()
    source, target = stranger.opened(), Stranger(tmp_path / "other").opened()
    # Of the same registry, as a mirror there: nothing can be taken over that the folder does not have.
    to = ImageRef("quay.io", "mirrored/a/b", tag="1")
    copier = Copier((source.manifests, source.blobs), (target.manifests, target.blobs))
    done = copier.copy(image_reference(IMAGE), to)
    assert (done.manifests, done.moved, done.referrers) == (4, 5, 2)
    target.manifests.call(to, done.digest)
    assert target.manifests.head(to) == stranger.image
    assert not copier.copy(image_reference(IMAGE), to).acted
