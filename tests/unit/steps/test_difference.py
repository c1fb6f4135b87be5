from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipelinekit.errors import Refused
from pipelinekit.steps.difference import difference
from tests import examples
from tests.doubles import Charts, Registry

PLAN = examples.plan()
DEV = examples.target()


class Bench:
    """Published versions of one chart."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.registry = Registry()

    def publish(self, version: str, **templates: str) -> None:
        folder = self.root / f"source-{version}"
        (folder / "templates").mkdir(parents=True)
        (folder / "Chart.yaml").write_text(f"name: orders\nversion: {version}\n")
        (folder / "values.yaml").write_text("image: {digest: x}\n")
        for name, text in templates.items():
            (folder / "templates" / f"{name}.yaml").write_text(text)
        archive = Charts().package(folder, {}, "{}", self.root, "orders", root=self.root)
        self.registry.publish_chart(replace(PLAN.chart, tag=version), archive, {})

    def diff(self, older: str, newer: str) -> str:
        return difference(PLAN, (older, newer), DEV, self.root, Charts(), self.registry)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def service(port: int, name: str = "orders") -> str:
    return f"kind: Service\nmetadata:\n  labels: {{a: b}}\n  name: {name}\nspec:\n  port: {port}\n"


def test_one_version_is_like_itself(bench: Bench) -> None:
    bench.publish("1.0.0", service=service(80))
    assert bench.diff("1.0.0", "1.0.0") == ""


def test_a_change_is_shown_in_its_object_and_nowhere_else(bench: Bench) -> None:
    bench.publish("1.0.0", service=service(80), other=service(1, "other"))
    bench.publish("1.1.0", service=service(81), other=service(1, "other"))
    text = bench.diff("1.0.0", "1.1.0")
    assert "--- 1.0.0 Service/orders\n+++ 1.1.0 Service/orders\n" in text
    assert "-  port: 80\n+  port: 81\n" in text
    assert "Service/other" not in text


def test_what_only_says_which_version_it_is_is_no_difference(bench: Bench) -> None:
    for version in ("1.0.0", "1.1.0"):
        stamps = f"    helm.sh/chart: orders-{version}\n    pipelinekit.dev/revision: {version}\n"
        bench.publish(version, service=f"kind: Service\nmetadata:\n  name: a\n  labels:\n{stamps}")
    assert "Service/a" not in bench.diff("1.0.0", "1.1.0")


def test_what_comes_and_what_goes_is_compared_with_nothing(bench: Bench) -> None:
    bench.publish("1.0.0", one=service(80, "one"))
    bench.publish("1.1.0", two=service(80, '"two"'))
    text = bench.diff("1.0.0", "1.1.0")
    assert "--- 1.0.0 Service/one\n+++ /dev/null\n" in text
    assert "--- /dev/null\n+++ 1.1.0 Service/two\n" in text


def test_what_is_given_at_deployment_is_in_it(bench: Bench) -> None:
    bench.publish("1.0.0")
    bench.publish("1.1.0", service=service(80))
    assert "ConfigMap/orders" in bench.diff("1.0.0", "1.1.0")


def test_a_version_that_is_not_published_is_refused(bench: Bench) -> None:
    bench.publish("1.0.0")
    with pytest.raises(Refused, match=r"2\.0\.0 is not published"):
        bench.diff("1.0.0", "2.0.0")
