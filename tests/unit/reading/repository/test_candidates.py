"""Which of a file's services is the program."""

from __future__ import annotations

import pytest

from pipelinekit.model.repository.words import Whom
from pipelinekit.reading.repository.candidates import Candidate, chosen, is_called


def made(*said: str) -> list[Candidate]:
    """Of `name context dockerfile`, with `!` behind the name of one that has a port."""
    rows = [each.split() for each in said]
    return [
        Candidate(name=name.rstrip("!"), context=context, dockerfile=file, serves=name.endswith("!"))
        for name, context, file in rows
    ]


API, ADMIN = "api! . cmd/api/Dockerfile", "admin! . cmd/admin/Dockerfile"
JOBS, ONE = "jobs . Dockerfile", "one! . Dockerfile"


@pytest.mark.parametrize(
    ("services", "whom", "own", "name"),
    [
        ((API, ADMIN), Whom(folder="cmd/admin", alone=False), True, "admin"),
        ((API, ADMIN), Whom(names=("admin",), folder="cmd/admin", alone=False), False, "admin"),
        ((API, ADMIN), Whom(folder="cmd/other", alone=False), True, ""),
        ((API, ADMIN), Whom(), False, ""),
        ((API, ADMIN), Whom(names=("admin",)), False, "admin"),
        ((API, JOBS), Whom(), False, "api"),
        ((API, JOBS), Whom(), True, "jobs"),
        ((JOBS, ONE), Whom(), True, "one"),
        ((JOBS, ONE), Whom(names=("jobs",)), True, "jobs"),
        ((ONE, "web! . Dockerfile"), Whom(), True, "web"),
        (("a . Dockerfile", "b . Dockerfile"), Whom(), True, ""),
        (("a ./x x/Dockerfile",), Whom(), True, ""),
        (("Shop_API! . Dockerfile", ONE), Whom(names=("shop-api",)), True, "Shop_API"),
    ],
)
def test_a_dockerfile_of_its_own_then_its_name_then_the_only_one_that_serves(
    services: tuple[str, ...], whom: Whom, *, own: bool, name: str
) -> None:
    _, found = chosen(made(*services), whom, own=own)
    assert (found.name if found else "") == name


def test_what_a_clock_starts_is_no_application() -> None:
    nightly = Candidate(name="nightly", context=".", dockerfile="", lasts=False)
    bot = Candidate(name="bot", context=".", dockerfile="")
    assert chosen([nightly, bot], Whom(), own=False)[1] == bot


def test_a_name_is_compared_as_an_application_would_be_called() -> None:
    assert is_called("Shop_API", Whom(names=("shop-api",)))
    assert not is_called("shop", Whom(names=("shop-api",)))
    assert not is_called("", Whom())
