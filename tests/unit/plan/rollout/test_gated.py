from __future__ import annotations

import pytest

from pipelinekit.errors import Refused
from pipelinekit.plan.rollout.gated import require_open
from tests import examples


def test_an_environment_without_a_gate_takes_components() -> None:
    require_open(examples.platform(), examples.DEV)


def test_one_with_a_gate_is_refused_with_a_verb_that_works_there_and_a_way() -> None:
    gated = examples.STAGING
    beside = examples.environment("tools", cluster=gated.cluster)
    with pytest.raises(Refused, match="components are not promoted") as caught:
        require_open(examples.platform(environments=(gated, beside)), gated)
    hint = caught.value.faults[0].hint
    assert "--env tools" in hint
    assert "`pipelinekit platform plan --env staging`" in hint


def test_where_its_cluster_has_no_other_the_way_is_to_declare_one() -> None:
    gated = examples.STAGING
    with pytest.raises(Refused) as caught:
        require_open(examples.platform(environments=(gated,)), gated)
    assert f"declare one without a gate on cluster '{gated.cluster}'" in caught.value.faults[0].hint
