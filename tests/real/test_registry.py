"""The registry client against real registries, and against a network between that fails."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelinekit.adapters.registry.blobs import Home
from pipelinekit.adapters.registry.digests import (
    OCI_INDEX,
    OCI_MANIFEST,
    Manifest,
    canonical,
    descriptor,
    digest_bytes,
)
from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.errors import Refused, ToolFailed
from pipelinekit.model.release import Credentials, ImageRef
from tests.testbed import faults, registry
from tests.testbed.faults import Proxy
from tests.testbed.registry import Registry

MIB = 1024 * 1024


def client(chunk: int = 256 * 1024) -> OciRegistry:
    """Anonymous, with small pieces and short pauses."""
    return OciRegistry(lambda _: None, chunk=chunk, sleep=lambda _: None)


@pytest.fixture(scope="module")
def plain(testbed: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with registry.serve(tmp_path_factory.mktemp("registry")) as served:
        yield served


@pytest.fixture
def bad(plain: Registry) -> Iterator[Proxy]:
    with faults.before(plain.address) as proxy:
        yield proxy


def image(
    oci: OciRegistry, ref: ImageRef, content: bytes = b"layer", *, architecture: str = "amd64"
) -> Manifest:
    """Store a small image of one layer."""
    home = Home(ref.registry, ref.repository)
    config = canonical(
        {
            "architecture": architecture,
            "os": "linux",
            "created": "2020-01-01T00:00:00Z",
            "config": {"Labels": {"a": "b"}},
        }
    )
    body = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": descriptor("application/vnd.oci.image.config.v1+json", config),
        "layers": [descriptor("application/vnd.oci.image.layer.v1.tar", content)],
    }
    for blob in (config, content):
        oci.blobs.upload(home, blob)
    manifest = Manifest(canonical(body), OCI_MANIFEST, digest_bytes(canonical(body)))
    oci.manifests.put(ref, manifest)
    return manifest


def index(oci: OciRegistry, ref: ImageRef) -> Manifest:
    """Store an index of two platforms."""
    children = []
    for architecture in ("amd64", "arm64"):
        child = image(
            oci, ImageRef(ref.registry, ref.repository), architecture.encode() * 99, architecture=architecture
        )
        children.append(
            {
                "mediaType": OCI_MANIFEST,
                "digest": child.digest,
                "size": len(child.content),
                "platform": {"os": "linux", "architecture": architecture},
            }
        )
    content = canonical({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": children})
    manifest = Manifest(content, OCI_INDEX, digest_bytes(content))
    oci.manifests.put(ref, manifest)
    return manifest


def attach(oci: OciRegistry, subject: ImageRef, manifest: Manifest, text: bytes) -> Manifest:
    """Store something that refers to a manifest."""
    home = Home(subject.registry, subject.repository)
    for blob in (b"{}", text):
        oci.blobs.upload(home, blob)
    content = canonical(
        {
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "artifactType": "application/vnd.example.note",
            "config": descriptor("application/vnd.oci.empty.v1+json", b"{}"),
            "layers": [descriptor("text/plain", text)],
            "subject": {"mediaType": manifest.kind, "digest": manifest.digest, "size": len(manifest.content)},
        }
    )
    made = Manifest(content, OCI_MANIFEST, digest_bytes(content))
    oci.manifests.attach(ImageRef(subject.registry, subject.repository, digest=manifest.digest), made)
    return made


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


# --- who we are -----------------------------------------------------------------------------------


def test_a_wrong_password_is_sent_once(testbed: dict[str, str], tmp_path: Path) -> None:
    with registry.serve(tmp_path, auth=True) as served, faults.before(served.address) as proxy:
        wrong = OciRegistry(lambda _: Credentials(served.user, "wrong"), sleep=lambda _: None)
        with pytest.raises(ToolFailed, match="refuses the credentials"):
            wrong.digest_of(ImageRef(proxy.address, "t/x", tag="1"))
        assert proxy.count() == 1
        right = OciRegistry(lambda _: Credentials(served.user, served.password))
        assert right.digest_of(ImageRef(proxy.address, "t/x", tag="1")) is None
        assert proxy.count() == 2


def test_a_bearer_token_is_fetched_once_for_each_scope(bad: Proxy) -> None:
    challenge = f'Bearer realm="http://{bad.address}/token",service="s"'
    bad.fail("^HEAD", status=401, headers={"WWW-Authenticate": challenge})
    bad.fail("^GET /token", status=200, body=json.dumps({"token": "t0ken"}).encode(), times=2)
    oci = OciRegistry(lambda _: Credentials("user", "secret"))
    for _ in range(3):
        assert oci.digest_of(ImageRef(bad.address, "t/none", tag="1")) is None
    assert bad.count("^GET /token") == 1
    assert "scope=repository%3At%2Fnone%3Apull" in next(line for line in bad.log if "/token" in line)


def test_a_bearer_registry_that_refuses_the_password_is_asked_once(bad: Proxy) -> None:
    challenge = f'Bearer realm="http://{bad.address}/token",service="s"'
    bad.fail("^HEAD", status=401, headers={"WWW-Authenticate": challenge}, times=9)
    bad.fail("^GET /token", status=401, times=9)
    with pytest.raises(ToolFailed, match="refuses the credentials"):
        OciRegistry(lambda _: Credentials("user", "wrong")).digest_of(ImageRef(bad.address, "t/x", tag="1"))
    assert bad.count("^GET /token") == 1


def test_plain_http_is_for_loopback_or_by_explicit_word(monkeypatch: pytest.MonkeyPatch) -> None:
    oci = client()
    assert oci.connection.base("registry.example.com") == "https://registry.example.com"
    monkeypatch.setenv("PIPELINEKIT_PLAIN_HTTP", "registry.example.com,other.example.com:5000")
    assert client().connection.base("registry.example.com") == "http://registry.example.com"
    assert client().connection.base("other.example.com") == "https://other.example.com"


# --- copies ---------------------------------------------------------------------------------------


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
    threads = [threading.Thread(target=lambda: made.append(image(client(), ref).digest)) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert set(made) == {client().digest_of(ref)}
