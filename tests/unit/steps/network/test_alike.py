"""Forms: who shares one, who has none, and the words that are filled in."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from pipelinekit.model.app import App, OwnChart, Process, Reach, Resources, Service
from pipelinekit.model.platform.document import Environment
from pipelinekit.plan.release import peers_of
from pipelinekit.steps.network.alike import BLANK, LONGEST, Filled, Form, form_of
from tests import examples

DEV = Environment(name="dev", cluster="nonprod", namespace="{team}-dev")
WEB = Process(name="web", port=8080, ports={"admin": 9000}, host="shop.example.com")
SHOP = examples.app(
    "shop", "pay", processes={"web": WEB}, calls=("ship/stock", "pay/desk:admin"), accepts=("ship/stock",)
)


def form(app: App, environment: Environment = DEV) -> Form | None:
    platform = examples.platform(environments=(environment,))
    peers = peers_of(app, platform, environment)
    return form_of(app, environment, environment.namespace_of(app.team, app.name), peers)


def key(app: App, environment: Environment = DEV) -> str:
    found = form(app, environment)
    assert found is not None
    return found.key


def web(**more: Any) -> App:
    return replace(SHOP, processes={"web": replace(WEB, **more)})


@pytest.mark.parametrize(
    "other",
    [
        replace(SHOP, name="till"),
        replace(SHOP, team="sell", calls=("ship/stock", "sell/desk:admin")),
        replace(SHOP, calls=("sea/boat", "pay/office:admin"), accepts=("sea/boat",)),
        web(host="till.example.org"),
        web(env={"A": "b"}, command=("x",), resources=Resources(cpu="2")),
        replace(SHOP, build=replace(SHOP.build, language="go")),
    ],
    ids=["name", "team", "whom", "host", "what it runs", "how it is built"],
)
def test_who_differs_in_words_is_of_one_form(other: App) -> None:
    assert key(other) == key(SHOP)


@pytest.mark.parametrize(
    "other",
    [
        replace(SHOP, calls=("ship/stock",)),
        replace(SHOP, calls=("ship/stock", "ship/desk:admin")),
        replace(SHOP, calls=("sea/boat", "pay/desk:admin")),
        replace(SHOP, calls=("ship/stock", "pay/desk")),
        replace(SHOP, accepts=()),
        web(host=""),
        web(port=8081),
        web(ports={}),
        replace(SHOP, services=(Service(type="sql", name="db"),)),
        replace(SHOP, reaches=(Reach(to="internet", port=443),)),
        replace(SHOP, before={"migrate": ("x",)}),
        replace(SHOP, environments={"dev": {"web": replace(WEB, port=1)}}),
        replace(SHOP, build=replace(SHOP.build, user=7)),
    ],
)
def test_who_differs_in_more_is_of_another(other: App) -> None:
    assert key(other) != key(SHOP)


def test_another_environment_says_nothing() -> None:
    assert key(replace(SHOP, environments={"prod": {"web": replace(WEB, port=1)}})) == key(SHOP)


def test_a_namespace_that_two_share_is_no_form_of_two() -> None:
    assert key(SHOP, replace(DEV, namespace="all")) != key(SHOP)


def test_every_blank_stands_for_its_word() -> None:
    found = form(SHOP)
    assert found is not None
    assert BLANK in found.app.name
    assert sorted(found.words.values()) == sorted(
        ["shop", "pay", "pay-dev", "ship", "stock", "ship-dev", "desk", "shop.example.com"]
    )
    text = json.dumps([[{"kind": "Service", "metadata": {"name": found.app.name}, "of": repr(found)}, "x"]])
    ((made, source),) = Filled(text, found.words)
    assert source == "x"
    assert made["metadata"] == {"name": "shop"}
    assert BLANK not in json.dumps(made)


def test_the_first_blank_is_not_the_beginning_of_the_tenth() -> None:
    calls = tuple(f"t{number}/a{number}" for number in range(9))
    found = form(replace(SHOP, calls=calls, accepts=()))
    assert found is not None
    text = json.dumps([[{"kind": "X", "words": list(found.words)}, ""]])
    ((made, _),) = Filled(text, found.words)
    assert made["words"] == list(found.words.values())


@pytest.mark.parametrize(
    "app",
    [
        replace(SHOP, chart=OwnChart(path="chart")),
        replace(SHOP, name="a" * LONGEST),
        replace(SHOP, services=(Service(type=f"{BLANK}name0x", name="db"),)),
        replace(SHOP, calls=(f"ship/{BLANK}name0x",), accepts=()),
    ],
    ids=["its own chart", "a name that may be cut", "a blank in it", "a blank it calls"],
)
def test_who_is_like_nobody_has_no_form(app: App) -> None:
    assert form(app) is None


def test_a_namespace_that_looks_like_a_blank_is_filled_into_no_form() -> None:
    assert form(SHOP, replace(DEV, namespace=f"{BLANK}name0x")) is None
    assert form_of(SHOP, DEV, "pay-dev", {"a": {"name": "a", "namespace": f"{BLANK}name0x"}}) is None


def test_objects_are_a_sequence() -> None:
    filled = Filled(json.dumps([[{"kind": "A"}, "a"], [{"kind": "B"}, "b"]]), {})
    assert len(filled) == 2
    assert filled[1] == ({"kind": "B"}, "b")
    assert list(filled) == list(filled)
