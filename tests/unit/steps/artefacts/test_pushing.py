from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.errors import Refused
from pipelinekit.model.receipts import ImagePushed
from pipelinekit.model.release import Credentials, ImageRef
from pipelinekit.plan.inputs import LABEL
from pipelinekit.ports import Say
from pipelinekit.steps.artefacts.trust import REVISION
from tests import examples
from tests.doubles import Registry
from tests.imaging import PLAN, Bench, another_revision, code_of


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_built_image_is_pushed_and_the_registrys_digest_is_the_receipt(bench: Bench) -> None:
    bench.build()
    receipt, did = bench.push()
    assert did.acted
    assert receipt.digest == bench.registry.digest_of(PLAN.image)
    assert (receipt.registry, receipt.repository) == (PLAN.image.registry, PLAN.image.repository)
    assert bench.receipts.load(ImagePushed) == receipt


def test_pushing_again_uploads_nothing(bench: Bench) -> None:
    bench.build()
    first, _ = bench.push()
    again, did = bench.push()
    assert (again, did.acted, bench.registry.uploads) == (first, False, 1)
    assert did.sentence.startswith(f"{PLAN.image} is in the registry already")


def test_the_same_revision_built_elsewhere_too_uses_the_image_that_came_first(bench: Bench) -> None:
    bench.build()
    first, _ = bench.push()
    elsewhere = bench.elsewhere()
    elsewhere.registry.silent = True
    elsewhere.build()
    elsewhere.registry.silent = False
    second, did = elsewhere.push()
    assert (second.digest, did.acted, bench.registry.uploads) == (first.digest, False, 1)


def test_a_version_of_another_revision_is_never_replaced(bench: Bench) -> None:
    bench.build()
    first, _ = bench.push()
    other = examples.plan(commit="f" * 40)
    other = replace(other, key=replace(other.key, commit="f" * 40))
    assert other.image == PLAN.image
    bench.sources.content = "of another revision"
    bench.build(other)
    with pytest.raises(Refused) as caught:
        bench.push(other)
    assert code_of(caught.value) == "version-taken"
    assert examples.KEY.commit[:12] in caught.value.faults[0].problem
    assert "ffffffffffff" in caught.value.faults[0].hint
    assert bench.registry.digest_of(PLAN.image) == first.digest


def test_a_version_of_this_revision_with_other_bases_is_the_one_that_came_first(bench: Bench) -> None:
    """A base image that was renewed between two builds of a revision is no reason to fail the second."""
    labels = {LABEL: "sha256:of-other-bases", REVISION: PLAN.revision.commit}
    first = bench.registry.store(PLAN.image, {"image": "first", "labels": labels})
    bench.build()
    receipt, did = bench.push()
    assert (receipt.digest, did.acted, bench.registry.uploads) == (first, False, 1)


def test_an_image_that_says_nothing_of_its_revision_is_not_replaced_either(bench: Bench) -> None:
    bench.registry.store(PLAN.image, {"image": "by hand"})
    bench.build()
    with pytest.raises(Refused, match="unknown"):
        bench.push()


def test_nothing_is_pushed_that_was_not_built(bench: Bench) -> None:
    with pytest.raises(Refused) as caught:
        bench.push()
    assert (code_of(caught.value), caught.value.exit_code) == ("receipt-missing", 6)
    assert caught.value.faults[0].hint == "run `pipelinekit build` first"


@pytest.mark.parametrize("key", [{"commit": "f" * 40}, {"descriptor": "sha256:1"}, {"platform": "other"}])
def test_nothing_is_pushed_that_was_built_from_something_else(bench: Bench, key: dict[str, str]) -> None:
    bench.build()
    with pytest.raises(Refused) as caught:
        bench.push(another_revision(**key))
    assert (code_of(caught.value), caught.value.exit_code) == ("receipt-stale", 6)
    assert bench.registry.uploads == 0


def test_an_image_that_the_engine_has_lost_must_be_built_again(bench: Bench) -> None:
    bench.build()
    bench.engine.images.clear()
    with pytest.raises(Refused) as caught:
        bench.push()
    assert code_of(caught.value) == "image-gone"
    assert "pipelinekit build" in caught.value.faults[0].hint


def test_a_registry_that_has_not_what_it_took_is_not_believed(bench: Bench) -> None:
    bench.build()
    bench.registry.forgetful = True
    with pytest.raises(Refused) as caught:
        bench.push()
    assert code_of(caught.value) == "push-lost"
    assert bench.receipts.load(ImagePushed) is None


def test_who_is_overtaken_with_the_same_inputs_uses_what_is_there(bench: Bench) -> None:
    bench.build()
    inputs = bench.receipts_inputs()
    bench.registry.allow_once = True

    def quicker(registry: Registry) -> None:
        registry.meddler = None
        registry.store(PLAN.image, {"image": "theirs", "labels": {LABEL: inputs}})

    bench.registry.meddler = quicker
    receipt, _ = bench.push()
    assert receipt.digest == bench.registry.digest_of(PLAN.image)
    assert bench.registry.manifests[PLAN.image.registry, PLAN.image.repository, receipt.digest]["image"] == (
        "theirs"
    )


@pytest.mark.parametrize("allow_once", [True, False])
def test_who_is_overtaken_with_other_inputs_is_refused_or_seen(bench: Bench, allow_once: bool) -> None:
    bench.build()
    bench.registry.allow_once = allow_once

    def quicker(registry: Registry) -> None:
        registry.meddler = None
        registry.store(PLAN.image, {"image": "theirs", "labels": {}})

    bench.registry.meddler = quicker
    if allow_once:
        with pytest.raises(Refused, match="from another revision"):
            bench.push()
        assert bench.receipts.load(ImagePushed) is None
    else:
        # A registry that replaces tags lets the last one win; the receipt says what is there.
        receipt, _ = bench.push()
        assert receipt.digest == bench.registry.digest_of(PLAN.image)


def test_a_tag_that_moved_after_the_push_is_seen(bench: Bench) -> None:
    bench.build()
    original = bench.registry.tag

    def moved(ref: ImageRef, tag: str) -> str:
        made = original(ref, tag)
        bench.registry.store(PLAN.image, {"image": "theirs", "labels": {}})
        return made

    bench.registry.tag = moved  # type: ignore[method-assign]
    with pytest.raises(Refused, match="from another revision"):
        bench.push()
    assert bench.receipts.load(ImagePushed) is None


def test_who_found_the_version_free_at_the_same_moment_and_came_later_is_seen(bench: Bench) -> None:
    built, _ = bench.build()
    theirs = {"image": "theirs", "labels": {LABEL: built.inputs}}
    bench.meanwhile = lambda: bench.registry.store(PLAN.image, theirs)
    receipt, did = bench.push()
    assert did.acted
    assert receipt.digest == bench.registry.digest_of(PLAN.image)


def test_a_version_that_came_while_the_image_was_pushed_is_left_alone(bench: Bench) -> None:
    built, _ = bench.build()
    pushed = bench.engine.push
    theirs: list[str] = []

    def slow(image_id: str, ref: ImageRef, credentials: Credentials | None, say: Say) -> str:
        made = pushed(image_id, ref, credentials, say)
        theirs.append(bench.registry.store(PLAN.image, {"image": "theirs", "labels": {LABEL: built.inputs}}))
        return made

    bench.engine.push = slow  # type: ignore[method-assign]
    receipt, _ = bench.push()
    assert [receipt.digest] == theirs
