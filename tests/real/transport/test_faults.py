"""Passing faults of a registry and of the way to it are outlived; others are told."""

from __future__ import annotations

import json
import os

import pytest

from pipelinekit.adapters.registry.blobs import Home
from pipelinekit.adapters.registry.digests import (
    OCI_MANIFEST,
    digest_bytes,
)
from pipelinekit.errors import Refused, ToolFailed
from pipelinekit.model.release import ImageRef
from tests.real.transport.bench import MIB, client, image
from tests.testbed import faults
from tests.testbed.faults import Proxy

# --- passing faults -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "how",
    [
        {"status": 429, "headers": {"Retry-After": "0"}},
        {"status": 429, "headers": {"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"}},
        {"status": 500},
        {"status": 502},
        {"status": 503, "times": 3},
        {"cut_answer": 0},
        {"drop_answer": True},
    ],
    ids=["429", "429 with a date", "500", "502", "503 three times", "cut", "dropped"],
)
@pytest.mark.parametrize(
    "pattern", ["^HEAD .*blobs", "^POST", "^PATCH", "^PUT .*uploads", "^PUT .*manifests"]
)
def test_a_passing_fault_is_outlived(bad: Proxy, pattern: str, how: dict[str, object]) -> None:
    bad.fail(pattern, **how)
    oci = client()
    ref = ImageRef(bad.address, f"t/{os.urandom(4).hex()}", tag="1")
    content = os.urandom(600 * 1024)
    made = image(oci, ref, content)
    assert bad.faults[0].times == 0, "the fault did not happen"
    assert oci.digest_of(ref) == made.digest
    assert oci.blobs.read(Home(ref.registry, ref.repository), digest_bytes(content)) == content


@pytest.mark.parametrize("cut", [1, 100_000, 250_000])
def test_an_upload_cut_in_the_middle_is_taken_up(bad: Proxy, cut: int) -> None:
    oci, home = client(), Home(bad.address, f"t/{os.urandom(4).hex()}")
    content = os.urandom(2 * MIB)
    fault = faults.Fault("^PATCH .*_state", cut_request=cut)
    # The second piece is cut: the first one has arrived for good.
    bad.faults.append(faults.Fault("^PATCH", slow=0.001))
    bad.faults.append(fault)
    assert oci.blobs.upload(home, content) == digest_bytes(content)
    assert fault.times == 0
    assert oci.blobs.read(home, digest_bytes(content)) == content


def test_the_first_push_of_all_that_nexus_refuses(bad: Proxy) -> None:
    bad.fail("^POST .*uploads", status=400, body=b'{"errors":[{"code":"UNKNOWN","message":"first"}]}')
    bad.fail("^PUT .*uploads", status=400)
    bad.fail("^PUT .*manifests", status=400)
    oci, ref = client(), ImageRef(bad.address, f"t/{os.urandom(4).hex()}", tag="1")
    made = image(oci, ref, os.urandom(1000))
    assert oci.digest_of(ref) == made.digest
    assert all(each.times == 0 for each in bad.faults)


def test_an_upload_that_the_registry_lost_is_begun_again(bad: Proxy) -> None:
    bad.faults.append(faults.Fault("^PATCH", slow=0.001))
    bad.fail("^PATCH", status=404, body=b'{"errors":[{"code":"BLOB_UPLOAD_UNKNOWN","message":"lost"}]}')
    oci, home = client(), Home(bad.address, f"t/{os.urandom(4).hex()}")
    content = os.urandom(MIB)
    assert oci.blobs.upload(home, content) == digest_bytes(content)
    assert bad.count("^POST") == 2


def test_a_download_cut_in_the_middle_is_taken_up(bad: Proxy) -> None:
    oci, home = client(), Home(bad.address, f"t/{os.urandom(4).hex()}")
    content = os.urandom(3 * MIB)
    digest = oci.blobs.upload(home, content)
    bad.fail(f"^GET .*{digest}", cut_answer=MIB, times=2)
    assert oci.blobs.read(home, digest) == content
    assert bad.count(f"^GET .*{digest}") == 3


def test_tries_are_bounded(bad: Proxy) -> None:
    bad.fail(".", times=1000, status=503)
    with pytest.raises(ToolFailed, match="answered 503"):
        client().digest_of(ImageRef(bad.address, "t/x", tag="1"))
    assert bad.count("^HEAD") == 6


def test_another_content_than_the_digest_is_never_taken(bad: Proxy) -> None:
    oci, ref = client(), ImageRef(bad.address, f"t/{os.urandom(4).hex()}", tag="1")
    made = image(oci, ref)
    bad.fail("^GET .*manifests", status=200, body=made.content + b" ", headers={"Content-Type": OCI_MANIFEST})
    with pytest.raises(ToolFailed, match="is what the bytes give"):
        oci.manifests.get(ImageRef(ref.registry, ref.repository, digest=made.digest))
    bad.fail("^GET .*blobs", status=200, body=b"forged")
    with pytest.raises(ToolFailed, match="is what the bytes give"):
        oci.blobs.read(Home(ref.registry, ref.repository), digest_bytes(b"layer"))


def test_a_digest_that_the_registry_gives_differently_is_an_error(bad: Proxy) -> None:
    other = "sha256:" + "0" * 64
    bad.fail("^PUT .*manifests", status=201, headers={"Docker-Content-Digest": other})
    with pytest.raises(ToolFailed, match=other):
        image(client(), ImageRef(bad.address, f"t/{os.urandom(4).hex()}", tag="1"))


def test_a_registry_that_replaces_nothing_says_so_at_once(bad: Proxy) -> None:
    said = "Repository does not allow updating assets: docker-hosted"
    text = json.dumps({"errors": [{"code": "UNKNOWN", "message": said}]}).encode()
    bad.fail("^PUT .*manifests", status=400, body=text)
    with pytest.raises(Refused, match="replaces nothing"):
        image(client(), ImageRef(bad.address, f"t/{os.urandom(4).hex()}", tag="1"))
    assert bad.count("^PUT .*manifests") == 1
