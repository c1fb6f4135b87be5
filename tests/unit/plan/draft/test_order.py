from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import pytest

from pipelinekit.errors import UsageError
from pipelinekit.model.app import App
from pipelinekit.model.platform.document import local_platform
from pipelinekit.plan.draft.order import named, order_of, require_apart
from tests import examples

PLATFORM = local_platform("localhost:5000", mirror="")


def app(name: str, *calls: str, team: str = "shop") -> App:
    return examples.app(name=name, team=team, calls=calls)


def apps(*given: App) -> dict[str, App]:
    return {each.name: each for each in given}


def test_who_is_called_comes_first_and_who_is_elsewhere_is_waited_for_by_nobody() -> None:
    found = order_of(apps(app("web", "api", "mail"), app("api", "db:admin", "api"), app("db")), PLATFORM)
    assert dict(found) == {"db": (), "api": ("db",), "web": ("api",)}


def test_another_teams_application_of_the_same_name_is_another() -> None:
    found = order_of(
        {"web": app("web", "infra/api"), "api": app("api"), "infra/api": app("api", team="infra")}, PLATFORM
    )
    assert found["web"] == ("infra/api",)


@pytest.mark.parametrize("sequence", list(permutations(["a", "b", "c"])))
def test_a_circle_is_broken_where_it_is_entered(sequence: Sequence[str]) -> None:
    known = apps(app("a", "b"), app("b", "c"), app("c", "a"))
    found = order_of({name: known[name] for name in sequence}, PLATFORM)
    first = sequence[0]
    assert found[first] == ()
    assert sum(map(len, found.values())) == 2
    place = list(found)
    assert all(place.index(need) < place.index(name) for name, needs in found.items() for need in needs)


def test_names_have_a_team_where_two_teams_have_them() -> None:
    known = {"x": app("api"), "y": app("api", team="infra"), "z": app("web")}
    assert named(known) == {"shop/api": "x", "infra/api": "y", "web": "z"}


def test_an_application_in_two_folders_is_told() -> None:
    with pytest.raises(UsageError) as caught:
        named({"x": app("api"), "old/x": app("api")})
    assert caught.value.faults[0].problem == "x and old/x both have the application 'shop/api'"


def test_two_that_would_be_one_release_are_told() -> None:
    one = replace(examples.target(), name="api", namespace="shop-ada")
    other, web = replace(one, namespace="infra-ada"), replace(one, name="web")
    require_apart({"shop/api": one, "infra/api": other, "web": web})
    with pytest.raises(UsageError) as caught:
        require_apart({"shop/api": one, "infra/api": one, "web": web})
    assert [each.problem for each in caught.value.faults] == [
        "shop/api and infra/api would both be the release 'api' in shop-ada"
    ]
