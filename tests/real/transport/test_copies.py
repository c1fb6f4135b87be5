"""Copies between registries, and what is there."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from pipelinekit.adapters.registry.blobs import Home
from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.errors import Refused
from pipelinekit.model.release import Credentials, ImageRef
from tests.real.transport.bench import attach, client, image, index
from tests.testbed import faults, registry
from tests.testbed.faults import Proxy
from tests.testbed.registry import Registry


def test_an_index_is_copied_whole_with_its_referrers(
    testbed: dict[str, str], plain: Registry, tmp_path: Path
) -> None:
    """Both registries have TLS off; the second one, as production's, has a user of its own."""
    with registry.serve(tmp_path, auth=True) as production, faults.before(production.address) as proxy:
        logins = {proxy.address: Credentials(production.user, production.password)}
        oci = OciRegistry(logins.get, sleep=lambda _: None)
        source = ImageRef(plain.address, "team/copied", tag="1.0.0")
        made = index(oci, source)
        note = attach(oci, source, made, b"about the index")
        child = oci.manifests.get(ImageRef(plain.address, "team/copied", digest=made.children[0]["digest"]))
        attach(oci, source, child, b"about the first platform")
        attach(oci, source, note, b"about the note")
        target = ImageRef(proxy.address, "team/copied", tag="1.0.0")
        done = oci.copy(source, target)
        assert (done.digest, done.referrers) == (made.digest, 3)
        assert oci.digest_of(target) == made.digest
        for subject in (made, child, note):
            before = oci.manifests.referrers(ImageRef(plain.address, "team/copied", digest=subject.digest))
            after = oci.manifests.referrers(ImageRef(proxy.address, "team/copied", digest=subject.digest))
            assert [each["digest"] for each in after] == [each["digest"] for each in before]
            assert len(after) == 1
        for each in made.children:
            ref = ImageRef(proxy.address, "team/copied", digest=each["digest"])
            for blob in oci.manifests.get(ref).blobs:
                assert len(oci.blobs.read(Home(proxy.address, "team/copied"), blob["digest"])) == blob["size"]
        # Again: nothing is stored, and what there is to ask is bounded.
        already, stored = proxy.count(), proxy.count("^(PUT|POST|PATCH)")
        again = oci.copy(source, target)
        assert not again.acted
        assert proxy.count("^(PUT|POST|PATCH)") == stored
        # One for the tag; for the index, its two manifests and three referrers, the API and the tag instead.
        assert proxy.count() - already <= 1 + 2 * 6


def test_blobs_are_mounted_where_they_can_be(bad: Proxy) -> None:
    oci = client()
    source = ImageRef(bad.address, f"t/{os.urandom(4).hex()}", tag="1")
    made = index(oci, source)
    before, uploads = bad.sent, bad.count("^PUT .*uploads")
    done = oci.copy(source, ImageRef(bad.address, f"t/{os.urandom(4).hex()}", tag="1"))
    assert (done.moved, done.mounted, done.digest) == (0, 4, made.digest)
    assert bad.count("^PUT .*uploads") == uploads
    assert bad.sent - before < 4096, "more than manifests went over the wire"


def test_a_version_that_is_another_there_is_not_replaced(bad: Proxy) -> None:
    oci = client()
    source, target = (ImageRef(bad.address, f"t/{os.urandom(4).hex()}", tag="1") for _ in range(2))
    image(oci, source, b"one")
    other = image(oci, target, b"another")
    with pytest.raises(Refused, match="with another content"):
        oci.copy(source, target)
    assert oci.digest_of(target) == other.digest


# --- what is there --------------------------------------------------------------------------------


def test_lists_are_read_page_by_page(bad: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelinekit.adapters.registry import manifests

    monkeypatch.setattr(manifests, "PAGE", 3)
    oci, folder = client(), f"p{os.urandom(4).hex()}"
    wanted = [f"{folder}/{number:02}" for number in range(10)]
    for repository in wanted:
        image(oci, ImageRef(bad.address, repository, tag="1"), b"same")
    assert [each for each in oci.manifests.catalog(bad.address) if each.startswith(folder)] == wanted
    assert bad.count("_catalog") >= 4
    # This registry gives all tags at once; others do not.
    first = {"Link": f'</v2/{folder}/00/tags/list?n=3&last=b>; rel="next"'}
    bad.fail("tags/list.n=3$", status=200, headers=first, body=b'{"tags":["b","a"]}')
    assert oci.manifests.tags(bad.address, wanted[0]) == ("1", "a", "b")
    assert oci.manifests.tags(bad.address, "t/none") == ()


def test_a_deleted_manifest_is_gone_and_says_so(bad: Proxy) -> None:
    oci, ref = client(), ImageRef(bad.address, f"t/{os.urandom(4).hex()}", tag="1")
    made = image(oci, ref)
    by_digest = ImageRef(ref.registry, ref.repository, digest=made.digest)
    assert oci.manifests.delete(by_digest)
    assert oci.digest_of(ref) is None
    assert not oci.manifests.delete(by_digest)


def test_two_who_push_at_once_end_with_one_content(bad: Proxy) -> None:
    ref = ImageRef(bad.address, f"t/{os.urandom(4).hex()}", tag="1")
    made: list[str] = []

    def push() -> None:
        made.append(image(client(sleep=time.sleep), ref).digest)

    threads = [threading.Thread(target=push) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(made) == 4
    assert set(made) == {client().digest_of(ref)}
