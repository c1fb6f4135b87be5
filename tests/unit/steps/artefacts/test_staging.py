"""Between the push and the version's tag: what is signed, and what a kill or a stranger changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.errors import Refused
from pipelinekit.model.release import ImageRef
from tests.doubles import Signer
from tests.imaging import PLAN, Bench
from tests.unit.steps.artefacts.test_trust import signer, tags

FOREIGN = {"labels": {"whose": "a stranger's"}}


@pytest.fixture
def bench() -> Bench:
    made = Bench()
    made.signer = Signer()
    return made


def test_what_we_push_is_signed_before_it_has_its_version(bench: Bench) -> None:
    seen: list[set[str]] = []
    bench.registry.meddler = lambda _: seen.append(set(signer(bench).signatures))
    bench.build()
    pushed, did = bench.push()
    assert did.acted
    assert seen == [{pushed.digest}]


def test_a_kill_between_push_and_signature_blocks_nothing(bench: Bench) -> None:
    class Killed(BaseException):
        pass

    class Dying(Signer):
        def sign(self, ref: ImageRef) -> None:
            raise Killed

    bench.build()
    bench.signer = Dying()
    with pytest.raises(Killed):
        bench.push()
    assert PLAN.version not in tags(bench)
    bench.signer = Signer()
    pushed, did = bench.push()
    assert did.acted
    assert signer(bench).signatures == {pushed.digest}
    assert bench.registry.digest_of(PLAN.image) == pushed.digest


def test_who_is_quicker_between_our_push_and_our_look_is_not_signed(bench: Bench) -> None:
    class Replacing(Signer):
        """Signs what it is told; a stranger has moved the tag before that."""

    built, _ = bench.build()
    bench.signer = Replacing()
    original = bench.registry.store

    def store(ref: ImageRef, manifest: dict[str, object]) -> str:
        made = original(ref, manifest)
        original(ref, dict(FOREIGN))
        return made

    bench.registry.store = store  # type: ignore[method-assign]
    pushed, _ = bench.push()
    assert signer(bench).signatures == {pushed.digest}
    assert bench.registry.labels_of(replace(PLAN.image, tag="", digest=pushed.digest)) != FOREIGN["labels"]
    assert built.inputs


def test_an_engine_that_names_no_digest_gets_nothing_signed(bench: Bench) -> None:
    bench.build()
    push = bench.engine.push
    bench.engine.push = lambda *words: push(*words) and ""  # type: ignore[method-assign]
    with pytest.raises(Refused, match="does not say which digest"):
        bench.push()
    assert signer(bench).signatures == set()
