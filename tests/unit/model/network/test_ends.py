"""A pod's ports by name."""

from __future__ import annotations

from pipelinekit.model.network.ends import ContainerPort, Pod


def test_one_name_may_stand_for_two_protocols() -> None:
    ports = tuple(ContainerPort(name="dns", number=53, protocol=each) for each in ("TCP", "UDP"))
    pod = Pod(name="n/p", namespace="n", ports=(*ports, ContainerPort(name="http", number=80)))
    assert pod.named("dns") == ports
    assert pod.named("other") == ()
