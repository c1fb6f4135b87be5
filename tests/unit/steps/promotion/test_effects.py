from __future__ import annotations

from pathlib import Path

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
