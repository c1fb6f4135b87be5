from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.errors import Refused
from pipelinekit.model.deployment import Look, Object
from pipelinekit.model.ground.preparation import Ground
from pipelinekit.model.platform.document import Environment
from pipelinekit.plan.ownership import check_ground, check_objects
from tests.unit.plan.test_preparation import place, platform


def namespace(*, notes: Any = None, **labels: str) -> Object:
    given = {key.replace("__", "/").replace("_", "."): value for key, value in labels.items()}
    metadata = {"name": "payments-dev", "labels": given, "annotations": notes or {}}
    return {"kind": "Namespace", "metadata": metadata}


def program(instance: str) -> Object:
    return {
        "kind": "Deployment",
        "metadata": {"name": "d", "labels": {"app.kubernetes.io/instance": instance}},
    }


OURS: dict[str, Any] = {"pipelinekit_dev__platform": "acme"}


@pytest.mark.parametrize(
    "found",
    [
        Ground(namespace=None),
        Ground(namespace=namespace()),
        Ground(namespace=namespace(), programs=(program("orders"),)),
        Ground(namespace=namespace(**OURS), programs=(program("other"),)),
        Ground(namespace=namespace(**OURS, pipelinekit_dev__team="payments")),
    ],
)
def test_what_is_nobodys_or_ours_is_taken(found: Ground) -> None:
    check_ground(place(), found)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Ground(namespace=namespace(), programs=(program("other"),)), "no application of ours: Deployment/d"),
        (Ground(namespace=namespace(pipelinekit_dev__platform="zed")), "is platform zed's"),
        (Ground(namespace=namespace(**OURS, pipelinekit_dev__team="shop")), "is team shop's"),
        (Ground(namespace=namespace(notes={"meta.helm.sh/release-name": "x"})), "is Helm's"),
        (Ground(namespace=namespace(notes={"argocd.argoproj.io/tracking-id": "x"})), "is Argo CD's"),
        (
            Ground(namespace={"kind": "Namespace", "metadata": {"name": "x", "deletionTimestamp": "now"}}),
            "being deleted",
        ),
    ],
)
def test_what_is_anothers_is_refused_with_a_next_step(found: Ground, words: str) -> None:
    with pytest.raises(Refused, match=words) as told:
        check_ground(place(), found)
    assert "kubectl" in told.value.faults[0].hint


@pytest.mark.parametrize("name", ["default", "kube-system"])
def test_kubernetes_own_namespaces_are_nobodys_to_prepare(name: str) -> None:
    dev = Environment(name="dev", cluster="nonprod", namespace=name)
    with pytest.raises(Refused, match="Kubernetes' own"):
        check_ground(place(platform(environments=(dev,))), Ground(namespace=None))


def test_every_object_that_is_anothers_is_told() -> None:
    live = [
        {"kind": "Secret", "metadata": {"name": "pull", "ownerReferences": [{"kind": "X", "name": "y"}]}},
        {"kind": "Role", "metadata": {"name": "pipelinekit-deployer"}},
        {
            "kind": "NetworkPolicy",
            "metadata": {"name": "n", "labels": {"pipelinekit.dev/platform": "acme"}},
        },
    ]
    with pytest.raises(Refused) as told:
        check_objects(place(), Look(live=live, applied=(), refused={"ResourceQuota/q": "no"}))
    assert [each.problem.partition(": ")[2] for each in told.value.faults] == [
        "Secret/pull is X y's",
        "Role/pipelinekit-deployer was made by somebody else",
        "the cluster does not take ResourceQuota/q: no",
    ]
