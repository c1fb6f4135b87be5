from __future__ import annotations

import pytest

from pipelinekit.model.platform.document import Environment, Images, local_platform
from pipelinekit.model.platform.gates import Approvals, Freeze
from tests import examples


@pytest.mark.parametrize(
    ("path", "repository"),
    [
        ("{team}/{name}", "payments/orders"),
        ("{name}", "orders"),
        ("acme/{team}/apps/{name}", "acme/payments/apps/orders"),
        ("all", "all"),
    ],
)
def test_an_image_lives_where_the_template_says(path: str, repository: str) -> None:
    assert Images(registry="r", path=path).repository("payments", "orders") == repository


@pytest.mark.parametrize(
    ("environment", "gated"),
    [
        (examples.environment(), False),
        (examples.environment(automatic=True), False),
        (examples.environment(registry="other"), False),
        (examples.environment(after="dev"), True),
        (examples.environment(approvals=Approvals(count=1, groups=("all",))), True),
        (examples.environment(freeze=(Freeze(start="2026-01-01", end="2026-01-02"),)), True),
    ],
)
def test_a_gate_is_an_order_an_approval_or_a_freeze(environment: Environment, gated: bool) -> None:
    assert environment.gated is gated


def test_a_namespace_is_filled_in() -> None:
    assert examples.environment(namespace="{team}-{name}-x").namespace_of("payments", "orders") == (
        "payments-orders-x"
    )


def test_environments_and_clusters_are_found_by_name() -> None:
    platform = examples.platform()
    assert platform.environment("staging") == examples.STAGING
    assert platform.environment("nowhere") is None
    assert platform.cluster_of(examples.STAGING).context == "acme-dev"


def test_the_local_platform_has_one_open_environment_on_the_current_context() -> None:
    local = local_platform("localhost:5000")
    (dev,) = local.environments
    assert (dev.name, dev.automatic, dev.gated) == ("dev", True, False)
    assert local.cluster_of(dev).context == ""
    assert dev.namespace_of("payments", "orders") == "payments-dev"
    assert local.charts.repository == "oci://localhost:5000/charts"
    assert local.images.mirror == "docker.io"


def test_the_local_platform_takes_what_it_is_told() -> None:
    local = local_platform("r", mirror="mirror:5001", context="kind", namespace="mine")
    (dev,) = local.environments
    assert local.images.mirror == "mirror:5001"
    assert local.cluster_of(dev).context == "kind"
    assert dev.namespace_of("payments", "orders") == "mine"
