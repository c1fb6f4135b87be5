from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.errors import CheckFailed, Refused
from pipelinekit.model.receipts import Verified
from pipelinekit.steps.artefacts.image import Did
from pipelinekit.steps.deploying.outlook import BLINKS
from tests.unit.steps.release.bench import DEV, Bench, another_key, code_of


def test_a_deployment_is_verified_once(bench: Bench) -> None:
    bench.deploy()
    receipt, did = bench.verify()
    assert did == Did("orders 1.2.3 is verified in dev", acted=True)
    again, did = bench.verify()
    assert (again, did.acted, bench.releases.tests_run) == (receipt, False, 1)


def test_another_revision_of_the_release_is_verified_anew(bench: Bench) -> None:
    bench.deploy()
    bench.verify()
    bench.cluster.things.unready = len(BLINKS) + 2
    bench.deploy()
    _, did = bench.verify()
    assert did.acted
    assert bench.releases.tests_run == 2


def test_a_failed_check_leaves_no_receipt(bench: Bench) -> None:
    bench.deploy()
    bench.releases.tests_fail = "GET http://orders/: no answer"
    with pytest.raises(CheckFailed, match="no answer"):
        bench.verify()
    assert bench.receipts.load(Verified, "dev") is None


def test_nothing_is_verified_that_was_not_deployed(bench: Bench) -> None:
    with pytest.raises(Refused) as caught:
        bench.verify()
    assert (code_of(caught.value), caught.value.exit_code) == ("receipt-missing", 6)


def test_nothing_is_verified_that_was_deployed_from_something_else(bench: Bench) -> None:
    bench.deploy()
    with pytest.raises(Refused) as caught:
        bench.verify(another_key(commit="f" * 40))
    assert (code_of(caught.value), caught.value.exit_code) == ("receipt-stale", 6)


def test_an_environment_that_went_to_another_cluster_is_verified_anew(bench: Bench) -> None:
    bench.deploy()
    bench.verify()
    moved = replace(DEV, context="another")
    with pytest.raises(Refused) as caught:
        bench.verify(target=moved)
    assert code_of(caught.value) == "receipt-stale"
    bench.deploy(moved)
    assert bench.verify(target=moved)[1].acted


@pytest.mark.parametrize("change", ["newer", "failed", "gone"])
def test_what_has_moved_since_is_not_verified(bench: Bench, change: str) -> None:
    bench.deploy()
    if change == "newer":
        bench.records[2] = replace(bench.records[1])
    elif change == "failed":
        bench.records[1].status = "failed"
    else:
        bench.records.clear()
    with pytest.raises(Refused) as caught:
        bench.verify()
    assert code_of(caught.value) == "deployment-moved"
    assert bench.releases.tests_run == 0
