from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from pipelinekit.errors import Refused, ToolFailed, refused
from pipelinekit.model.ledger import Event, History
from pipelinekit.model.trouble import Trouble
from tests.promoting import Bench
from tests.promotions import BRANCH


def test_image_and_chart_are_copied_to_where_an_environment_has_its_own(tmp_path: Path) -> None:
    bench = Bench(tmp_path, production={"registry": "prod:5000", "charts": "oci://prod:5000/helm"})
    bench.release("1.0.0")
    bench.promote()
    assert bench.copies == []
    bench.promote(to="production")
    assert bench.copies == ["prod:5000/payments/orders:1.0.0", "prod:5000/helm/payments/orders:1.0.0"]


def test_what_runs_remembers_where_the_ledger_was(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.release("1.0.0")
    bench.promote()
    entries = bench.ledger.history(BRANCH).entries
    (promoted,) = [each.commit for each in entries if each.event.kind == "promoted"]
    assert bench.anchors == [("payments-staging", promoted)]


def test_a_chart_goes_to_a_helm_repository_as_its_archive(tmp_path: Path) -> None:
    bench = Bench(tmp_path, production={"charts": "https://nexus/repository/helm"})
    bench.release("1.0.0")
    bench.promote()
    bench.promote(to="production")
    assert ("https://nexus/repository/helm", "orders", "1.0.0") in bench.registry.tags
    assert bench.kinds("production") == ["requested", "promoted", "verified"]


def test_a_ledger_that_falls_silent_does_not_hide_why_a_deployment_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(tmp_path)
    bench.release("1.0.0")
    bench.cluster.wrong = [Trouble(subject="pod/orders", problem="no such image", final=True)]
    install = bench.releases.install

    def silenced(*given: object, **more: object) -> object:
        bench.ledger.silent = True
        return install(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(bench.releases, "install", silenced)
    with pytest.raises(ToolFailed, match="no such image"):
        bench.promote()
    assert any(each.startswith("not in the ledger: failed 1.0.0") for each in bench.said)


@pytest.mark.parametrize("times", [1, 9])
def test_what_runs_and_could_not_be_recorded_has_not_ended_another_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    bench = Bench(tmp_path)
    bench.release("1.0.0")
    append, gone = bench.ledger.append, [True] * times

    def appended(branch: str, events: Sequence[Event], *, after: str) -> History:
        if bench.cluster.records and gone:
            gone.pop()
            raise refused("ledger-unreachable", "the ledger cannot be reached")
        return append(branch, events, after=after)

    monkeypatch.setattr(bench.ledger, "append", appended)
    with pytest.raises(Refused, match="cannot be reached"):
        bench.promote()
    assert bench.kinds() == ["requested"]
    told = "orders 1.0.0 runs in staging, and the ledger does not have it: the same again does that"
    assert bench.said[-1] == told
    gone.clear()
    bench.promote()
    assert bench.kinds() == ["requested", "requested", "promoted", "verified"]
    ((name, revisions),) = bench.cluster.records.items()
    assert (name, list(revisions)) == (("payments-staging", "orders"), [1])
