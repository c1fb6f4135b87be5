from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.errors import Fault, Refused, ToolFailed
from pipelinekit.model.ground.preparation import Place
from pipelinekit.model.platform.document import Environment, Registration
from pipelinekit.model.platform.quota import Quota
from pipelinekit.plan.preparation import places_of
from pipelinekit.steps import environment as steps
from tests import doubles, examples

QUOTA = Quota(hard={"pods": "4"})


def places(*teams: str, quota: Quota | None = QUOTA) -> tuple[Place, ...]:
    dev = Environment(name="dev", cluster="nonprod", namespace="{team}-dev", quota=quota)
    applications = tuple(
        Registration(name="orders", team=each, repository="https://g/x") for each in teams or ("pay",)
    )
    return places_of(examples.platform(environments=(dev,), applications=applications))


def quiet(_: str) -> None:
    """Nobody listens."""


def run(
    cluster: doubles.Namespaces, where: tuple[Place, ...], name: str = "pull", login: str = "word"
) -> Any:
    surveyed, errors = steps.survey(where, name, lambda _: login, cluster)
    done, more = steps.prepare(surveyed, cluster, quiet)
    return done, (*errors, *more)


def test_looking_changes_nothing_and_a_second_time_nothing_is_done() -> None:
    cluster = doubles.Namespaces()
    surveyed, errors = steps.survey(places(), "pull", lambda _: "word", cluster)
    assert (errors, cluster.there) == ((), {})
    steps.prepare(surveyed, cluster, quiet)
    assert set(surveyed[0].found.created) == set(cluster.there["pay-dev"])
    writes = cluster.writes
    (again,), errors = run(cluster, places())
    assert (again.acts, errors, cluster.writes) == (False, (), writes)


def test_another_login_renews_the_secret_and_no_login_leaves_it() -> None:
    cluster = doubles.Namespaces()
    run(cluster, places())
    (renewed,), _ = run(cluster, places(), login="other")
    assert [each.object for each in renewed.changes] == ["Secret/pull"]
    before = cluster.there["pay-dev"]["Secret/pull"]
    (kept,), errors = run(cluster, places(), login="")
    assert (kept.acts, errors) == (False, ())
    assert "no login to renew it with" in kept.notes[0]
    assert cluster.there["pay-dev"]["Secret/pull"] is before


def test_a_pull_secret_of_nothing_is_refused() -> None:
    cluster = doubles.Namespaces()
    _, (error,) = run(cluster, places(), login="")
    assert isinstance(error, Refused)
    assert "docker login" in error.faults[0].hint
    assert cluster.writes == 0
    (done,), errors = run(cluster, places(), name="", login="")
    assert (done.acts, errors) == (True, ())


def test_what_is_no_longer_wanted_goes_when_it_was_ours() -> None:
    cluster = doubles.Namespaces()
    run(cluster, places())
    theirs = {"kind": "LimitRange", "metadata": {"name": "theirs", "labels": {}}}
    cluster.there["pay-dev"]["LimitRange/theirs"] = theirs
    (done,), _ = run(cluster, places(quota=None))
    assert done.removed == ("ResourceQuota/pipelinekit",)
    assert "ResourceQuota/pipelinekit" not in cluster.there["pay-dev"]
    assert cluster.there["pay-dev"]["LimitRange/theirs"] is theirs


def test_one_that_is_refused_or_fails_stops_no_other() -> None:
    cluster = doubles.Namespaces(denied={"c-dev"})
    foreign = {"kind": "Namespace", "metadata": {"name": "a-dev", "labels": {"pipelinekit.dev/team": "z"}}}
    cluster.there["a-dev"] = {"Namespace/a-dev": foreign}
    done, errors = run(cluster, places("a", "b", "c"))
    assert [each.namespace for each in done] == ["b-dev"]
    assert [type(each) for each in errors] == [Refused, ToolFailed]
    places_named = [each.faults[0].problem.split(")")[0] for each in errors]
    assert places_named == ["dev (namespace a-dev", "dev (namespace c-dev"]
    assert cluster.there["a-dev"] == {"Namespace/a-dev": foreign}


@pytest.mark.parametrize(("kinds", "code"), [((Refused,), 6), ((Refused, ToolFailed), 5)])
def test_errors_are_told_together(kinds: tuple[type[Any], ...], code: int) -> None:
    one = steps.together([kind(Fault("code", kind.__name__)) for kind in kinds])
    assert one.exit_code == code
    assert [each.problem for each in one.faults] == [kind.__name__ for kind in kinds]
