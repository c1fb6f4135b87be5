from __future__ import annotations

from pathlib import Path

from tests.promoting import Bench


def test_image_and_chart_are_copied_to_where_an_environment_has_its_own(tmp_path: Path) -> None:
    bench = Bench(tmp_path, production={"registry": "prod:5000", "charts": "oci://prod:5000/helm"})
    bench.release("1.0.0")
    bench.promote()
    assert bench.copies == []
    bench.promote(to="production")
    assert bench.copies == ["prod:5000/payments/orders:1.0.0", "prod:5000/helm/payments/orders:1.0.0"]


def test_a_chart_goes_to_a_helm_repository_as_its_archive(tmp_path: Path) -> None:
    bench = Bench(tmp_path, production={"charts": "https://nexus/repository/helm"})
    bench.release("1.0.0")
    bench.promote()
    bench.promote(to="production")
    assert ("https://nexus/repository/helm", "orders", "1.0.0") in bench.registry.tags
    assert bench.kinds("production") == ["requested", "promoted", "verified"]
