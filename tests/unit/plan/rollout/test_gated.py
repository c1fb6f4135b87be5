from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.errors import Refused
from pipelinekit.model.platform.document import Cluster
from pipelinekit.plan.rollout.gated import promotable, require_open, stages
from tests import examples


def test_an_environment_without_a_gate_takes_components() -> None:
    require_open(examples.platform(), examples.DEV)


def test_one_with_a_gate_is_refused_with_a_verb_that_works_there_and_a_way() -> None:
    gated = examples.STAGING
    beside = examples.environment("tools", cluster=gated.cluster)
    with pytest.raises(Refused, match="get there by promotion only") as caught:
        require_open(examples.platform(environments=(gated, beside)), gated)
    hint = caught.value.faults[0].hint
    assert "--env tools" in hint
    assert "`pipelinekit platform plan --env staging`" in hint


def test_where_its_cluster_has_no_other_the_way_is_to_declare_one() -> None:
    gated = examples.STAGING
    with pytest.raises(Refused) as caught:
        require_open(examples.platform(environments=(gated,)), gated)
    assert f"declare one without a gate on cluster '{gated.cluster}'" in caught.value.faults[0].hint


PROD = Cluster(name="prod")
WHERE = examples.platform(
    clusters=(Cluster(name="nonprod"), PROD),
    environments=(
        examples.DEV,
        examples.STAGING,
        examples.environment("production", cluster="prod", after="staging", soak=60),
    ),
)


def test_components_come_from_the_environment_through_which_they_came_onto_the_other_cluster() -> None:
    """Dev and staging have one cluster, and a component stands there once: as dev has brought it."""
    production = WHERE.environments[2]
    assert promotable(WHERE, production) == replace(production, after="dev")
    assert [(each.name, each.after) for each in stages(WHERE)] == [("dev", ""), ("production", "dev")]


def test_of_two_gated_ones_on_a_cluster_components_go_through_the_last() -> None:
    """The gates of the first would let them in where the second's are asked for."""
    preprod = examples.environment("preprod", cluster="prod", after="staging")
    last = replace(WHERE.environments[2], after="preprod")
    known = replace(WHERE, environments=(*WHERE.environments[:2], preprod, last))
    with pytest.raises(Refused, match="components of cluster 'prod' go through 'production', not through"):
        promotable(known, preprod)
    assert promotable(known, last).after == "dev"


def test_nothing_is_promoted_to_one_without_a_gate_or_beside_one() -> None:
    with pytest.raises(Refused, match="has no gate") as caught:
        promotable(WHERE, WHERE.environments[0])
    assert caught.value.faults[0].hint == "`pipelinekit platform deploy --env dev`"
    with pytest.raises(Refused, match="go through 'dev', not through 'staging'"):
        promotable(WHERE, WHERE.environments[1])


def test_the_way_to_one_that_is_promotable_is_named() -> None:
    with pytest.raises(Refused) as caught:
        require_open(WHERE, WHERE.environments[2])
    assert "`pipelinekit platform promote --all --to production`" in caught.value.faults[0].hint
