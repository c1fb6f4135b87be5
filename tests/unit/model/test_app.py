from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from pipelinekit.model.app import LANGUAGES, Language, Process, Reach, partner_of, reach_text
from pipelinekit.reading.flows import reach_of
from tests import examples


def test_an_environment_has_its_own_processes_and_the_others_those_of_the_document() -> None:
    four = {"web": Process(name="web", replicas=4)}
    app = examples.app(environments={"production": four})
    assert app.processes_in("production") == four
    assert app.processes_in("dev") == app.processes


def test_an_application_is_a_value() -> None:
    assert examples.app() == replace(examples.app())
    with pytest.raises(FrozenInstanceError):
        examples.app().name = "other"  # type: ignore[misc]


def test_the_languages_are_those_of_their_type() -> None:
    assert set(LANGUAGES) == set(Language.__args__)  # type: ignore[attr-defined]


def test_ways_out_are_those_of_the_environment_where_it_has_its_own() -> None:
    everywhere, there = (Reach(to="internet", port=443),), (Reach(to="10.2.0.0/16", port=5432),)
    app = examples.app(reaches=everywhere, elsewhere={"production": there, "dev": ()})
    found = [app.reaches_in(each) for each in ("production", "dev", "staging", "")]
    assert found == [there, (), everywhere, everywhere]


@pytest.mark.parametrize("text", ["internet:443", "10.2.0.0/16:5432", "[2001:db8::/32]:443"])
def test_a_way_out_is_said_as_the_document_says_it(text: str) -> None:
    assert reach_text(reach_of(text)) == text


@pytest.mark.parametrize(
    ("word", "application", "port"),
    [("shop", "shop", ""), ("sales/shop", "sales/shop", ""), ("sales/shop:admin", "sales/shop", "admin")],
)
def test_a_partner_is_an_application_and_a_port(word: str, application: str, port: str) -> None:
    assert partner_of(word) == (application, port)
