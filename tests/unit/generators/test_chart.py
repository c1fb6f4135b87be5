from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.generators.chart import difference, plan, values_of
from pipelinekit.model.app import Autoscale, Process, Resources, SecretRef
from tests import examples


def test_a_chart_is_metadata_values_and_templates() -> None:
    paths = [each.path for each in plan(examples.app(), examples.site())]
    assert {"charts/orders/Chart.yaml", "charts/orders/values.yaml"} <= set(paths)
    assert all(each.startswith("charts/orders/") for each in paths)


def test_every_template_of_the_chart_is_in_it() -> None:
    there = {name.removesuffix(".j2") for name in templates() if name.startswith("chart/")}
    planned = {each.template.removesuffix(".j2") for each in plan(_with_environment({}), examples.site())}
    assert there - planned == {"chart/inputs.yaml"}


def _with_environment(there: dict[str, Process]) -> Any:
    return examples.app(environments={"production": there})


def test_an_environment_has_what_differs_in_it_and_no_more() -> None:
    app = examples.app()
    web = Process(name="web", port=8080, health="/healthz", replicas=4)
    app = examples.app(environments={"production": {"web": web}, "dev": app.processes})
    plans = {each.path: each.inputs for each in plan(app, examples.site())}
    values = plans["charts/orders/values-production.yaml"]["values"]
    assert values == {"processes": {"web": {"replicas": 4}}}
    assert plans["charts/orders/values-dev.yaml"]["values"] == {}


@pytest.mark.parametrize(
    ("process", "values"),
    [
        (Process(name="w"), {"replicas": 1}),
        (Process(name="w", replicas=0), {"replicas": 0}),
        (Process(name="w", schedule="@daily"), {"schedule": "@daily"}),
        (Process(name="w", command=("a", "")), {"replicas": 1, "command": ["a", ""]}),
        (Process(name="w", env={"A": ""}), {"replicas": 1, "env": {"A": ""}}),
        (
            Process(name="w", port=80, health="/h", metrics="/m", host="a.b"),
            {"replicas": 1, "port": 80, "health": "/h", "metrics": "/m", "host": "a.b"},
        ),
        (Process(name="w", autoscale=Autoscale(max=3)), {"replicas": 1, "autoscale": {"max": 3, "cpu": 80}}),
        (
            Process(
                name="w",
                secrets={
                    "A": SecretRef(kind="secret", path="s", key="k"),
                    "B": SecretRef(kind="vault", path="p", key="k"),
                },
            ),
            {
                "replicas": 1,
                "secrets": {"A": {"name": "s", "key": "k"}},
                "vault": {"B": {"path": "p", "key": "k"}},
            },
        ),
    ],
)
def test_values_have_what_is_set(process: Process, values: dict[str, Any]) -> None:
    assert values_of(process) == {"resources": {"cpu": "100m", "memory": "128Mi"}, **values}


def test_resources_are_always_there() -> None:
    sized = Process(name="w", resources=Resources(cpu="1", memory="1Gi"))
    assert values_of(sized)["resources"] == {"cpu": "1", "memory": "1Gi"}


@pytest.mark.parametrize(
    ("below", "above", "changed"),
    [
        ({"a": 1}, {"a": 1}, {}),
        ({"a": 1}, {"a": 2}, {"a": 2}),
        ({"a": 1}, {}, {"a": None}),
        ({}, {"a": 1}, {"a": 1}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}}, {"a": {"c": 3}}),
        ({"a": {"b": 1}}, {"a": {}}, {"a": {"b": None}}),
        ({"a": {"b": 1}}, {"a": [1]}, {"a": [1]}),
        ({"a": [1, 2]}, {"a": [1]}, {"a": [1]}),
        ({"a": {}}, {"a": {}}, {}),
    ],
)
def test_differences(below: dict[str, Any], above: dict[str, Any], changed: dict[str, Any]) -> None:
    assert difference(below, above) == changed


VALUES: Any = st.recursive(
    st.booleans() | st.integers(0, 3) | st.sampled_from(["x", ""]) | st.lists(st.integers(0, 2), max_size=2),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=10,
)
MAPPING = st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3)


def laid_over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """What Helm makes of a chart's values and a file over them: null takes a key away."""
    merged = dict(below)
    for key, value in above.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = laid_over(merged[key], value)
        else:
            merged[key] = value
    return merged


@given(MAPPING, MAPPING)
def test_a_difference_laid_over_gives_what_there_should_be(below: Any, above: Any) -> None:
    assert laid_over(below, difference(below, above)) == above
    assert (difference(below, above) == {}) == (below == above)
