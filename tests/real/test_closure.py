"""The proof held against a network that enforces policies: what it says of a flow is what pods find out.

What only a mesh decides is not tried here, for there is none; nor is a caller with its node's network, about
which no policy for pods decides.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from uuid import uuid4

import pytest

from pipelinekit.plan.network.rendered.assembly import Rendered
from tests.charts.helm import Helm
from tests.network.live.questions import Question, Sorted, drawn, proven
from tests.network.live.running import Live
from tests.network.live.town import Town, grounds_of, neighbours, town
from tests.network.mutations import Mutation, mutated
from tests.testbed import network

KEEP = 200
"""Flows that nobody declares, drawn by the seed."""
MUTATIONS = 6


@contextmanager
def running(
    testbed: Mapping[str, str], folder: Path, applications: int, seed: int
) -> Iterator[tuple[Town, Live]]:
    """A platform of three components and so many applications, closed by its own policies."""
    prefix = f"cl{uuid4().hex[:6]}"
    grounds = grounds_of(network.POD_NETWORK, network.SERVICE_NETWORK, network.HOST_ADDRESS, network.API_PORT)
    helm = Helm(str(shutil.which("helm", path=testbed["PATH"])), folder / "home")
    made = town(helm, folder, prefix, applications, seed, grounds)
    assert [str(each) for each in made.closure.prove().findings] == []
    image = f"{testbed['PK_TESTBED_REGISTRY']}/library/python:3.11-slim"
    live = Live(testbed, image, prefix, made.closure.rendered, made.closure.prover, made.outside)
    with neighbours(made.addresses):
        try:
            live.start()
            yield made, live
        finally:
            live.stop()


@pytest.mark.parametrize(
    ("applications", "seed", "keep"),
    [
        pytest.param(4, 1, KEEP, marks=pytest.mark.matrix("network", sample=True)),
        pytest.param(20, 2, 5 * KEEP, marks=pytest.mark.matrix("network")),
    ],
)
def test_what_is_proven_of_each_flow_is_what_the_network_does(
    testbed: Mapping[str, str],
    tmp_path: Path,
    matrix_row: Callable[..., None],
    applications: int,
    seed: int,
    keep: int,
) -> None:
    started = time.monotonic()
    with running(testbed, tmp_path, applications, seed) as (made, live):
        prover = made.closure.prover
        asked = Sorted.of(list(live.questions()), prover)
        others = drawn(asked.undeclared, keep, seed)
        chosen = [*asked.needed, *drawn(asked.allowed, keep, seed), *others]
        said = {each: proven(prover, each) for each in chosen}
        assert [str(each) for each in asked.needed if not said[each]] == []
        assert [str(each) for each in others if said[each] is not False] == []
        wrong = live.settle(sure(said))
        live.open_all()
        # A dead port proves nothing: whatever was asked answers once nothing is closed.
        dead = live.settle(dict.fromkeys(chosen, True))
    figures = {
        "pods": len(live.pods),
        "declared": len(asked.needed),
        "undeclared": len(others),
        "others": len(chosen) - len(asked.needed) - len(others),
        "missed or invented": len(wrong),
        "dead ports": len(dead),
        "seconds": round(time.monotonic() - started, 1),
    }
    result = "wrong" if wrong or dead else "agrees"
    matrix_row("network", f"{applications} applications on a real network", result, figures)
    assert (wrong[:20], dead[:20]) == ([], [])
    assert (len(asked.needed) > 20, len(others)) == (True, keep)


def sure(said: Mapping[Question, bool | None]) -> dict[Question, bool]:
    """What the proof does not leave open."""
    return {each: one for each, one in said.items() if one is not None}


@pytest.mark.matrix("network")
def test_what_a_change_opens_and_closes_is_what_the_network_does(
    testbed: Mapping[str, str], tmp_path: Path, matrix_row: Callable[..., None]
) -> None:
    started, effects = time.monotonic(), 0
    wrong: list[str] = []
    with running(testbed, tmp_path, 4, 1) as (made, live):
        questions = list(live.questions())
        before = {each: proven(made.closure.prover, each) for each in questions}
        assert live.settle(sure({each: before[each] for each in drawn(questions, KEEP, 1)})) == []
        for mutation in changes(made.closure.rendered):
            prover = made.changed(mutation.rendered).prover
            after = {each: proven(prover, each) for each in questions}
            changed = [each for each in questions if before[each] is not after[each]]
            effects += bool(changed)
            chosen = [*drawn(changed, KEEP, 1), *drawn(questions, KEEP // 4, 1)]
            live.apply(mutation.rendered, ("NetworkPolicy",))
            told = live.settle(sure({each: after[each] for each in chosen}))
            wrong += [f"{mutation.what}: {each}" for each in told]
            live.apply(made.closure.rendered, ("NetworkPolicy",))
            wrong += live.settle(sure({each: before[each] for each in chosen}))
    figures = {
        "mutations": MUTATIONS,
        "that change a flow": effects,
        "missed or invented": len(wrong),
        "seconds": round(time.monotonic() - started, 1),
    }
    matrix_row("network", "mutations on a real network", "wrong" if wrong else "agrees", figures)
    assert wrong[:20] == []
    assert effects > MUTATIONS / 2


def changes(rendered: Sequence[Rendered]) -> Iterator[Mutation]:
    """The first mutations that change a policy: pods stay as they are."""
    found = (mutated(seed, rendered) for seed in count())
    policies = (each for each in found if "NetworkPolicy" in each.what)
    for _, each in zip(range(MUTATIONS), policies, strict=False):
        yield each
