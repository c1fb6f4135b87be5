from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.errors import Refused
from pipelinekit.model.release import ImageRef
from pipelinekit.plan.gates.records import release_of
from pipelinekit.steps.promotion.looks import places
from tests.doubles import Registry
from tests.promoting import Bench
from tests.promotions import BRANCH

OTHERS: dict[str, tuple[dict[str, Any], str]] = {
    "image of another": ({"told_place": "payments/stock"}, "image at payments/stock, and orders's is at"),
    "image of another team": ({"told_place": "stock/orders"}, "image at stock/orders, and orders's is at"),
    "chart of another": (
        {"told_chart": ("r:5000", "charts/payments/stock")},
        "chart at r:5000/charts/payments/stock, and orders's is at r:5000/charts/payments/orders",
    ),
    "chart on a server of its own": (
        {"told_chart": ("evil:5000", "charts/payments/orders")},
        "chart at evil:5000/charts/payments/orders",
    ),
    "image on a server of its own": ({"told_registry": "evil:5000"}, "image at evil:5000"),
}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.mark.parametrize("case", OTHERS)
def test_what_the_ledger_has_at_another_place_is_not_taken(bench: Bench, case: str) -> None:
    """Neither promoted nor asked for: whatever host an event names, nobody speaks to it."""
    bench.release("1.0.0")
    bench.promote()
    fields, told = OTHERS[case]
    for name, value in fields.items():
        setattr(bench, name, value)
    bench.release("1.0.1")
    # What its own place has is not what the event says.
    for made in [each for each in bench.registry.tags if each[2] == "1.0.1"]:
        del bench.registry.tags[made]
    bench.registry.manifests = {
        place: each for place, each in bench.registry.manifests.items() if "1.0.1" not in str(each)
    }
    asked = Watched(bench.registry)
    around = replace(bench.around(), images=asked, charts=lambda _: asked)  # type: ignore[arg-type,return-value]
    found = release_of(bench.ledger.history(BRANCH), "1.0.1")
    assert found
    assert any(told in each for each in places.misplaced(around, found))
    assert not [each for each in asked.asked if each.registry != "r:5000"]
    with pytest.raises(Refused) as caught:
        bench.promote("1.0.1")
    assert {each.code for each in caught.value.faults} == {"gate-artefacts"}


def test_where_a_platform_has_moved_the_same_bytes_at_the_new_place_are_taken(bench: Bench) -> None:
    bench.told_registry, bench.told_chart = "old:5000", ("old:5000", "charts/payments/orders")
    bench.release("1.0.0")
    release = release_of(bench.ledger.history(BRANCH), "1.0.0")
    assert release
    assert [*places.misplaced(bench.around(), release)] == []
    home = places.at_home(release, bench.platform)
    assert (home.image.registry, home.chart.registry) == ("r:5000", "r:5000")
    bench.promote()
    assert bench.runs("orders") == "1.0.0"


@pytest.mark.parametrize(
    ("registry", "address"), [("r:5000", "oci://r:5000"), ("https://n/helm", "https://n/helm")]
)
def test_addresses(registry: str, address: str) -> None:
    assert places.address_of(ImageRef(registry, "orders")) == address


class Watched:
    """A registry that knows what it was asked for."""

    def __init__(self, registry: Registry) -> None:
        self.registry, self.asked = registry, list[ImageRef]()

    def digest_of(self, ref: ImageRef) -> str | None:
        self.asked.append(ref)
        return self.registry.digest_of(ref)
