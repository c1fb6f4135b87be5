from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.plan.rollout.fixed import at_least, growths, unchangeable, without_growth


def thing(kind: str, **more: Any) -> Any:
    return {"kind": kind, "metadata": {"name": "a"}, **more}


def claims(size: str, name: str = "data", **more: Any) -> Any:
    spec = {"resources": {"requests": {"storage": size}}, **more}
    return thing("StatefulSet", spec={"volumeClaimTemplates": [{"metadata": {"name": name}, "spec": spec}]})


def service(**spec: Any) -> Any:
    return thing("Service", spec=spec)


def claim(size: str, storage: str = "x") -> Any:
    return thing(
        "PersistentVolumeClaim",
        spec={"storageClassName": storage, "resources": {"requests": {"storage": size}}},
    )


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (claims("1Gi"), claims("1024Mi"), []),
        (claims("1Gi"), claims("2Gi"), ["cannot grow from 1Gi to 2Gi in place"]),
        (claims("2Gi"), claims("1Gi"), ["cannot shrink from 2Gi to 1Gi: no volume does"]),
        (claims("1Gi"), claims("1Gi", storageClassName="y"), ["storageClassName of the volume claim data"]),
        (claims("1Gi"), claims("1Gi", name="other"), ["claim data goes", "claim other comes"]),
        (
            thing("Deployment", spec={"selector": {"a": 1}}),
            thing("Deployment", spec={"selector": {"a": 2}}),
            ["selector"],
        ),
        (
            thing("StatefulSet", spec={"serviceName": "a"}),
            thing("StatefulSet", spec={"serviceName": "b"}),
            ["serviceName"],
        ),
        (
            thing("Job", spec={"template": {"a": 1}}),
            thing("Job", spec={"template": {"a": 2}}),
            ["spec.template"],
        ),
        (service(clusterIP="None"), service(), ["headless"]),
        (service(), service(clusterIP="10.0.0.9"), ["clusterIP cannot be changed"]),
        (service(clusterIP="None"), service(clusterIP="None", x=1), []),
        (claim("1Gi"), claim("2Gi"), []),
        (claim("2Gi"), claim("1Gi"), ["cannot shrink"]),
        (claim("1Gi"), claim("1Gi", "y"), ["spec.storageClassName"]),
        (thing("StorageClass", provisioner="a"), thing("StorageClass", provisioner="b"), ["provisioner"]),
        (
            thing("ConfigMap", immutable=True, data={}),
            thing("ConfigMap", immutable=True, data={"a": "b"}),
            ["immutable"],
        ),
        (thing("ConfigMap", data={}), thing("ConfigMap", data={"a": "b"}), []),
        (
            thing("StatefulSet", spec={}),
            thing("StatefulSet", spec={"podManagementPolicy": "OrderedReady"}),
            [],
        ),
        (
            thing("StatefulSet", spec={}),
            thing("StatefulSet", spec={"podManagementPolicy": "Parallel"}),
            ["podManagementPolicy"],
        ),
        (claims("1Gi"), claims("1Gi", volumeMode="Filesystem"), []),
        (claims("1Gi"), claims("1Gi", storageClassName=""), ["storageClassName"]),
        (claims("1Gi"), claims("1Gi", volumeMode="Block"), ["volumeMode"]),
        (thing("Secret"), thing("Secret", type="Opaque"), []),
        (thing("Secret", type="Opaque"), thing("Secret", type="kubernetes.io/tls"), ["type"]),
    ],
)
def test_what_no_update_takes_is_foretold(before: Any, after: Any, words: list[str]) -> None:
    said = unchangeable([before], [after], "store")
    assert len(said) == len(words), said
    assert all(word in line for word, line in zip(words, said, strict=True))


def test_hooks_and_what_is_new_may_be_anything() -> None:
    hook = {"annotations": {"helm.sh/hook": "pre-install"}, "name": "a"}
    job = {"kind": "Job", "metadata": hook, "spec": {"template": {"a": 1}}}
    assert unchangeable([job], [{**job, "spec": {"template": {"a": 2}}}], "store") == ()
    assert unchangeable([], [claims("1Gi")], "store") == ()


def test_growing_is_told_apart_from_what_nothing_can() -> None:
    (growth,) = growths([claims("1Gi")], [claims("2Gi")])
    assert (growth.workload, growth.stem, growth.before, growth.after) == ("a", "data-a", "1Gi", "2Gi")
    assert growths([claims("2Gi")], [claims("1Gi")]) == ()
    larger = unchangeable([claims("1Gi")], [claims("2Gi")], "store")
    assert without_growth(larger) == ()
    assert larger[0].endswith("; `pipelinekit platform resize store` grows volumes")
    assert len(without_growth(unchangeable([claims("2Gi")], [claims("1Gi")], "store"))) == 1


def test_the_way_out_names_the_component_as_the_verb_wants_it() -> None:
    (said,) = unchangeable([claims("1Gi")], [claims("1Gi", volumeMode="Block")], "store")
    assert "`pipelinekit platform remove --only store`" in said


def test_quantities_are_compared_in_any_unit() -> None:
    assert at_least("1Gi", "1024Mi")
    assert at_least("2G", "1Gi")
    assert not at_least("1G", "1Gi")
    assert not at_least("nothing", "1Gi")
