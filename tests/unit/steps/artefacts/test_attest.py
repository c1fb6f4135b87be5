from __future__ import annotations

from pipelinekit.model.receipts import ImagePushed
from pipelinekit.model.release import ImageRef
from pipelinekit.steps.artefacts import attest
from tests import examples
from tests.doubles import Describer, Registry, Signer

PLAN = examples.plan()
HOST, REPOSITORY = "registry.example", "payments/orders"


def push(registry: Registry, manifest: dict[str, object]) -> ImagePushed:
    digest = registry.store(ImageRef(HOST, REPOSITORY, tag="1.0.0"), manifest)
    return ImagePushed(
        key=PLAN.key, version="1.0.0", registry=HOST, repository=REPOSITORY, digest=digest, inputs="sha256:in"
    )


def test_an_image_gets_its_bill_once() -> None:
    registry, said = Registry(), list[str]()
    pushed = push(registry, {"image": "one"})
    assert attest.describe(pushed, registry, Describer(), said.append).acted
    assert registry.attached[pushed.digest] == {Describer.kind: f"made of {pushed.digest}".encode()}
    again = attest.describe(pushed, registry, Describer(), said.append)
    assert not again.acted
    assert again.sentence.endswith("has its bill of materials already")
    assert len(said) == 1


def test_each_image_of_an_index_gets_its_own_bill_and_a_missing_one_is_added() -> None:
    registry, said = Registry(), list[str]()
    children = [push(registry, {"image": each}).digest for each in ("amd64", "arm64")]
    pushed = push(registry, {"children": children})
    ref = ImageRef(HOST, REPOSITORY, digest=children[0])
    registry.attach(ref, Describer.kind, b"was there before")
    assert attest.describe(pushed, registry, Describer(), said.append).acted
    assert registry.attached[children[0]] == {Describer.kind: b"was there before"}
    assert set(registry.attached) == set(children)
    assert len(said) == 1


def test_another_kind_of_referrer_is_no_bill() -> None:
    registry = Registry()
    pushed = push(registry, {"image": "one"})
    ref = ImageRef(HOST, REPOSITORY, digest=pushed.digest)
    registry.attach(ref, "application/vnd.example.notes", b"a note")
    assert attest.describe(pushed, registry, Describer(), lambda _: None).acted


def test_an_image_is_signed_once_and_by_its_digest() -> None:
    pushed, signer = push(Registry(), {"image": "one"}), Signer()
    assert attest.sign(pushed, signer).acted
    assert signer.signatures == {pushed.digest}
    again = attest.sign(pushed, signer)
    assert not again.acted
    assert again.sentence.endswith("is signed already")
