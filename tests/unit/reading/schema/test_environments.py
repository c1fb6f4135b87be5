from __future__ import annotations

import pytest

from tests.schemas import accepts, field

AMOUNTS = ("environments", "*", "quota", "hard")


@pytest.mark.parametrize(
    ("path", "good", "bad"),
    [
        ((*AMOUNTS, "*"), ["500m", "16Gi", "2", "1.5Gi"], ["", "much", "1.5.5", "-1", "1GB", "3 ", "1e3"]),
        (("network", "inside", "*"), ["10.0.0.0/8", "2001:db8::/32"], ["", "a.example.com", "10.0.0.1"]),
    ],
)
def test_patterns(path: tuple[str, ...], good: list[str], bad: list[str]) -> None:
    schema = field("Platform", *path)
    assert [each for each in good if not accepts(schema, each)] == []
    assert [each for each in bad if accepts(schema, each)] == []


def test_resources_are_named_as_kubernetes_names_them() -> None:
    keys = field("Platform", *AMOUNTS)["propertyNames"]
    for good in (
        "pods",
        "requests.cpu",
        "count/jobs.batch",
        "gold.storageclass.storage.k8s.io/requests.storage",
    ):
        assert accepts(keys, good)
    for bad in ("", "Pods", "requests cpu", "-a", "a\n"):
        assert not accepts(keys, bad)


def test_levels_are_kubernetes_own() -> None:
    levels = field("Platform", "environments", "*", "podSecurity")["enum"]
    assert levels == ["restricted", "baseline", "privileged"]
