"""Applications of the generator beside components: what they declare is open, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from pipelinekit.model.app import App
from pipelinekit.plan.network.proof import Prover
from pipelinekit.plan.network.rendered.assembly import Rendered
from tests import matrix
from tests.charts.helm import Helm
from tests.network import fleet, site
from tests.network.mutations import mutated
from tests.network.verdict import judge

SEEDS = 200
AT_ONCE = 20
"""Seeds a case: one line of the table, and one case less to set up."""


@pytest.mark.parametrize("mesh", [False, True], ids=["without a mesh", "with one"])
def test_twenty_applications_are_closed_but_for_what_they_declare(
    helm: Helm, tmp_path: Path, mesh: bool
) -> None:
    applications = fleet.apps(1)
    cluster, flows = fleet.world(fleet.rendered(helm, tmp_path, applications, mesh=mesh), applications)
    proof = Prover(cluster, flows).prove()
    assert [f"{each} {each.layers}" for each in proof.findings] == []
    assert (len(flows) > 100, proof.pods > 25) == (True, True)


@pytest.fixture(scope="module")
def platform(
    helm: Helm, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Sequence[App], Sequence[Rendered]]:
    """Twenty applications, and everything that is rendered for them and for the components."""
    apps = fleet.apps(2)
    made = fleet.rendered(helm, tmp_path_factory.mktemp("fleet"), apps)
    return apps, site.closure(apps=apps, more=made).rendered


def test_the_platform_is_closed_and_the_slow_reading_agrees(
    platform: tuple[Sequence[App], Sequence[Rendered]],
) -> None:
    apps, rendered = platform
    closure = site.closure(rendered, apps)
    proof = closure.prove()
    assert [f"{each} {each.layers}" for each in proof.findings] == []
    assert judge(closure.prover, rendered, proof.findings).edges == frozenset()


@pytest.mark.parametrize("first", matrix.sampled("network", range(0, SEEDS, AT_ONCE), 1))
def test_each_mutation_is_found_and_none_is_invented(
    platform: tuple[Sequence[App], Sequence[Rendered]], first: int, matrix_row: Callable[..., None]
) -> None:
    apps, rendered = platform
    wrong, effects = [], 0
    for seed in range(first, first + AT_ONCE):
        mutation = mutated(seed, rendered)
        closure = site.closure(mutation.rendered, apps)
        verdict = judge(closure.prover, mutation.rendered, closure.prover.prove().findings)
        effects += bool(verdict.edges)
        if verdict.missed or verdict.invented:
            wrong.append(
                f"{seed} {mutation.what}: missed {verdict.missed[:3]} invented {verdict.invented[:3]}"
            )
    figures = {"mutations": AT_ONCE, "that change a flow": effects, "missed or invented": len(wrong)}
    matrix_row(
        "network", f"mutations {first} to {first + AT_ONCE - 1}", "wrong" if wrong else "agrees", figures
    )
    assert wrong == []
    assert effects > AT_ONCE / 2
