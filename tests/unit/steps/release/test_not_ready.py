from __future__ import annotations

import pytest

from pipelinekit.errors import ToolFailed
from pipelinekit.model.ground.preflight import UNWAITED, Finding
from pipelinekit.model.receipts import Deployed
from pipelinekit.model.release import Target
from pipelinekit.model.trouble import Trouble
from tests.doubles import Cluster
from tests.unit.steps.release.bench import Bench, code_of


def trouble(subject: str, problem: str, **more: object) -> Trouble:
    return Trouble(subject=subject, problem=problem, **more)  # type: ignore[arg-type]


def test_the_pods_reasons_come_first_and_helms_noise_not_at_all(bench: Bench) -> None:
    bench.cluster.wrong = [trouble("pod a", "no such image"), trouble("pod b", "keeps crashing")]
    with pytest.raises(ToolFailed) as caught:
        bench.deploy()
    assert [each.problem for each in caught.value.faults] == [
        "dev: pod a: no such image",
        "dev: pod b: keeps crashing",
    ]
    assert code_of(caught.value) == "not-ready"
    assert "kubectl --context acme-dev --namespace payments-dev describe pod a" in caught.value.faults[0].hint
    assert bench.receipts.load(Deployed, "dev") is None


def test_a_first_installation_that_fails_is_left_to_look_at_and_says_so(bench: Bench) -> None:
    bench.cluster.wrong = [trouble("pod a", "no such image", final=True)]
    with pytest.raises(ToolFailed) as caught:
        bench.deploy()
    assert "nothing ran before: what was made is left" in caught.value.faults[0].hint
    assert bench.records[1].status == "failed"


def test_what_failed_is_rolled_back_to_what_ran(bench: Bench) -> None:
    bench.deploy()
    bench.publish(**{"templates.yaml": "changed"})
    bench.cluster.wrong = [trouble("pod a", "no such image", final=True)]
    with pytest.raises(ToolFailed) as caught:
        bench.deploy()
    assert caught.value.faults[0].problem == "dev: pod a: no such image"
    assert caught.value.faults[0].hint.endswith("rolled back to revision 1, which runs")
    assert [each.status for each in bench.records.values()] == ["superseded", "failed", "deployed"]
    assert bench.records[3].manifest == bench.records[1].manifest


def test_jobs_that_never_get_ready_are_watched_neither_on_the_way_there_nor_back(bench: Bench) -> None:
    bench.deploy()
    bench.publish(**{"templates.yaml": "changed"})
    bench.cluster.wrong = [trouble("pod a", "no such image", final=True)]
    found = Finding(UNWAITED, "job-unwaited", "Job/seed: it is suspended")
    with pytest.raises(ToolFailed):
        bench.deploy(survey=lambda _: [found])
    assert bench.releases.watched == [True, False, False]
    assert bench.said.count(str(found)) == 1


def test_a_rollback_that_fails_too_keeps_the_first_reason_first(bench: Bench) -> None:
    bench.deploy()
    bench.publish(**{"templates.yaml": "changed"})
    bench.cluster.wrong = [trouble("pod a", "no such image", final=True)]
    bench.releases.no_way_back = "helm rollback: the quota is full"
    with pytest.raises(ToolFailed) as caught:
        bench.deploy()
    assert caught.value.faults[0].problem == "dev: pod a: no such image"
    assert "failed as well (helm rollback: the quota is full)" in caught.value.faults[0].hint
    assert (
        "helm rollback orders 1 --namespace payments-dev --kube-context acme-dev"
        in caught.value.faults[0].hint
    )


def test_without_a_reason_from_the_pods_helms_own_stands(bench: Bench) -> None:
    class Absent(Cluster):
        def ensure_namespace(self, target: Target) -> bool:
            del target
            return False  # taken at its word that somebody else makes namespaces

    bench.cluster = bench.releases.cluster = Absent()
    with pytest.raises(ToolFailed, match="namespaces") as caught:
        bench.deploy()
    assert [each.code for each in caught.value.faults] == ["deploy-failed"]
    assert caught.value.faults[0].hint == "nothing was changed"


def test_what_failed_is_deployed_again_once_it_is_mended(bench: Bench) -> None:
    bench.cluster.wrong = [trouble("pod a", "no such image")]
    with pytest.raises(ToolFailed):
        bench.deploy()
    bench.cluster.wrong = []
    receipt, did = bench.deploy()
    assert (did.acted, receipt.revision) == (True, 2)
