"""What of a registry is taken where the platform's key verifies, and what becomes of what is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from pipelinekit.errors import Refused, ToolMissing
from pipelinekit.model.receipts import ImageBuilt
from pipelinekit.model.release import ImageRef
from pipelinekit.plan.inputs import LABEL, input_tag, is_input_tag
from pipelinekit.steps.artefacts import trust
from tests import examples
from tests.doubles import Registry, Signer
from tests.imaging import PLAN, Bench, another_revision


@pytest.fixture
def bench() -> Bench:
    made = Bench()
    made.signer = Signer()
    return made


def signer(bench: Bench) -> Signer:
    assert bench.signer
    return bench.signer


def tags(bench: Bench) -> list[str]:
    return sorted(tag for _, _, tag in bench.registry.tags)


def forged(
    bench: Bench, labels: Mapping[str, str] | None = None, *, number: int = 1, sign: bool = False
) -> str:
    """Somebody pushes an image under a tag of the inputs that we are about to build; its digest."""
    trial = bench.elsewhere()
    trial.registry = trial.engine.registry = Registry()
    built, _ = trial.build()
    (plan,) = trial.engine.images.values()
    ref = replace(PLAN.image, tag=input_tag(built.inputs, number))
    made = bench.registry.store(
        ref, {"image": f"forged {number}", "labels": {**plan.labels, **(labels or {})}}
    )
    if sign:
        signer(bench).signatures.add(made)
    return made


def test_a_signed_image_of_these_inputs_is_taken(bench: Bench) -> None:
    bench.build()
    pushed, _ = bench.push()
    other = bench.elsewhere()
    built, did = other.build()
    assert (built.digest, did.acted) == (pushed.digest, False)
    assert other.push()[0].digest == pushed.digest


@pytest.mark.parametrize(
    ("sign", "labels", "reason"),
    [
        (False, {}, "has no signature of the platform's key"),
        (True, {trust.TEAM: "pay"}, "is signed as pay/orders"),
        (True, {trust.NAME: "shop"}, "is signed as payments/shop"),
        (True, {LABEL: "sha256:older"}, "is signed for other inputs"),
    ],
)
def test_a_poisoned_tag_is_left_alone_and_ours_goes_beside_it(
    bench: Bench, sign: bool, labels: dict[str, str], reason: str
) -> None:
    poison = forged(bench, labels, sign=sign)
    built, did = bench.build()
    assert did.acted
    assert any(reason in each for each in bench.said)
    pushed, _ = bench.push()
    assert pushed.digest != poison
    first, second = input_tag(built.inputs), input_tag(built.inputs, 2)
    assert tags(bench) == sorted([first, second, PLAN.version])
    assert bench.registry.digest_of(replace(PLAN.image, tag=first)) == poison
    assert bench.registry.digest_of(PLAN.image) == pushed.digest
    # And from now on ours is found behind it.
    assert bench.elsewhere().build()[0].digest == pushed.digest


def test_a_version_that_somebody_else_made_is_refused_with_what_to_do(bench: Bench) -> None:
    built, _ = bench.build()
    (plan,) = bench.engine.images.values()
    bench.registry.store(PLAN.image, {"image": "forged", "labels": dict(plan.labels)})
    with pytest.raises(Refused, match="has no signature of the platform's key") as caught:
        bench.push()
    assert caught.value.faults[0].code == trust.UNSIGNED
    assert "the next version is free" in caught.value.faults[0].hint
    assert built.inputs


def test_an_unsigned_version_of_our_own_bytes_is_signed(bench: Bench) -> None:
    late = signer(bench)
    bench.signer = None
    bench.build()
    pushed, _ = bench.push()
    bench.signer = late
    again, _ = bench.push()
    assert again.digest == pushed.digest
    assert late.signatures == {pushed.digest}


def test_a_signed_version_of_another_application_is_refused(bench: Bench) -> None:
    bench.build()
    (plan,) = bench.engine.images.values()
    copy = bench.registry.store(
        PLAN.image, {"labels": {**plan.labels, trust.TEAM: "pay", trust.SOURCE: "https://git/pay"}}
    )
    signer(bench).signatures.add(copy)
    with pytest.raises(
        Refused, match=r"from another revision of pay/orders \(.*, built from https://git/pay\)"
    ):
        bench.push()


def test_labels_alone_tell_of_another_application_where_nobody_signs() -> None:
    bench = Bench()
    bench.build()
    (plan,) = bench.engine.images.values()
    bench.registry.store(PLAN.image, {"labels": {**plan.labels, trust.NAME: "shop"}})
    with pytest.raises(Refused, match="of payments/shop"):
        bench.push()


def test_the_spelling_of_a_remote_does_not_count(bench: Bench) -> None:
    bench.build(replace(PLAN, revision=replace(PLAN.revision, source="https://a.example/x")))
    bench.push()
    other = bench.elsewhere()
    assert other.build(replace(PLAN, revision=replace(PLAN.revision, source="git@a.example:x")))[0].digest


def test_without_the_program_nothing_is_taken_and_the_build_goes_on(bench: Bench) -> None:
    class Missing(Signer):
        def signed(self, ref: ImageRef) -> bool:
            raise ToolMissing

    bench.build()
    bench.push()
    other = bench.elsewhere()
    other.signer = Missing()
    assert other.build()[1].acted
    assert any("cannot be verified" in each for each in other.said)


def test_a_flood_of_strangers_is_told(bench: Bench) -> None:
    for number in range(1, trust.SUCCESSORS + 1):
        forged(bench, number=number)
    with pytest.raises(Refused, match=f"{trust.SUCCESSORS} images under in-"):
        bench.build()


def test_an_older_revision_of_the_version_is_still_another(bench: Bench) -> None:
    bench.build()
    bench.push()
    later = another_revision(commit="f" * 40)
    later = replace(later, revision=replace(later.revision, commit="f" * 40))
    bench.sources.content = "changed"
    bench.build(later)
    with pytest.raises(Refused, match="from another revision"):
        bench.push(later)


@pytest.mark.parametrize("number", [1, 2, trust.SUCCESSORS])
def test_the_tags_of_successors_are_the_inputs_as_well(number: int) -> None:
    tag = input_tag(examples.DIGEST, number)
    assert is_input_tag(tag)
    assert not is_input_tag(tag + "-x")


def test_receipts_hold_a_digest_only_of_what_was_taken(bench: Bench) -> None:
    forged(bench)
    bench.build()
    built = bench.receipts.load(ImageBuilt)
    assert built
    assert built.digest == ""
