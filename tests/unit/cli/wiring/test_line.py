from __future__ import annotations

import os

import pytest

from pipelinekit.cli.application.newapp import check_name
from pipelinekit.cli.wiring.kubeconfigs import kubeconfig
from pipelinekit.errors import UsageError


@pytest.mark.parametrize(
    ("environment", "files"),
    [
        ({}, []),
        ({"KUBECONFIG": "/mine"}, []),
        ({"PK_KUBECONFIG_0": "/a"}, ["/a"]),
        ({"PK_KUBECONFIG_1": "/b", "PK_KUBECONFIG_0": "/a", "KUBECONFIG": "/mine"}, ["/a", "/b"]),
        ({f"PK_KUBECONFIG_{n}": f"/{n}" for n in range(12)}, [f"/{n}" for n in range(12)]),
    ],
)
def test_bound_kubeconfig_files_keep_their_order(environment: dict[str, str], files: list[str]) -> None:
    assert kubeconfig(environment) == ({"KUBECONFIG": os.pathsep.join(files)} if files else {})


def test_a_good_name_passes() -> None:
    check_name("orders-2")


@pytest.mark.parametrize(
    ("name", "near"),
    [("Orders", "orders"), ("a" * 40, "a" * 30), ("My App", "my-app"), ("***", "")],
)
def test_a_bad_name_comes_with_a_near_one(name: str, near: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_name(name)
    hint = caught.value.faults[0].hint
    assert hint.endswith(f"; perhaps {near}") if near else "perhaps" not in hint
