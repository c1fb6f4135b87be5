"""What node and pods say of their engine."""

from typing import Any

import pytest

from pipelinekit.plan.draft.sharing import always_pulls, containers, docker_node

ID = "0" * 64


def node(runtime: str, name: str = "one") -> dict[str, Any]:
    return {"metadata": {"name": name}, "status": {"nodeInfo": {"containerRuntimeVersion": runtime}}}


@pytest.mark.parametrize(
    ("nodes", "name"),
    [
        ({"items": [node("docker://27.3.1")]}, "one"),
        ({"items": [node("containerd://1.6.20")]}, ""),
        ({"items": [node("cri-o://1.30")]}, ""),
        ({"items": [node("docker://27.3.1"), node("docker://27.3.1", "two")]}, ""),
        ({"items": [node("docker://27.3.1")], "metadata": {"continue": "more"}}, ""),
        ({"items": [{"metadata": {"name": "one"}}]}, ""),
        ({"items": []}, ""),
        ({}, ""),
    ],
)
def test_one_node_whose_runtime_is_an_engine(nodes: dict[str, Any], name: str) -> None:
    assert docker_node(nodes) == name


def test_containers_are_told_by_whole_ids() -> None:
    said = [f"docker://{ID}", "docker://short", f"containerd://{'1' * 64}", "", None]
    pods = {"items": [{"status": {"containerStatuses": [{"containerID": each} for each in said]}}, {}]}
    assert containers(pods) == {ID}
    assert containers({}) == frozenset()


@pytest.mark.parametrize(
    ("text", "always"),
    [
        ("imagePullPolicy: Always", True),
        ('image: {"pullPolicy": "Always"}', True),
        ("imagePullPolicy: IfNotPresent", False),
        ("restartPolicy: Always", False),
    ],
)
def test_a_chart_that_always_pulls(text: str, *, always: bool) -> None:
    assert always_pulls(["", text]) is always
