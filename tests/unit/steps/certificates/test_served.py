from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.errors import Refused, ToolFailed
from pipelinekit.model.certificate import Reader
from pipelinekit.steps.certificates import survey
from tests.certifying import Town


def served(serial: str = "") -> Town:
    town = Town()
    town.work()
    town.serve(serial or town.serial())
    town.secrets.readers = [Reader(name="Deployment/web", told="")]
    return town


def test_who_shows_it_is_left_alone() -> None:
    town = served()
    assert town.work() == ((), ())
    assert town.secrets.renewed == []


def test_who_shows_another_gets_new_pods_once() -> None:
    town = served("older")
    assert town.states()["web/web-tls"] == "unserved"
    _, (error,) = town.work()
    assert isinstance(error, ToolFailed)
    assert "after 10 s it is not served" in error.faults[0].problem
    assert town.secrets.renewed == [("Deployment/web", "web-tls", town.serial())]
    town.work()
    assert len(town.secrets.renewed) == 1, "its pods are on their way"
    town.serve(town.serial())
    assert town.work() == ((), ())


def test_who_reads_anew_by_itself_is_waited_for() -> None:
    town = served("older")
    town.wanted = replace(
        town.wanted, secrets=tuple(replace(each, restart=False) for each in town.wanted.secrets)
    )
    _, (error,) = town.work()
    assert town.secrets.renewed == []
    assert isinstance(error, ToolFailed)


def test_pods_that_somebody_has_to_delete_are_named() -> None:
    town = served("older")
    town.secrets.readers = [Reader(name="StatefulSet/bao", told="", by_hand=True)]
    _, (error,) = town.work()
    assert isinstance(error, Refused)
    assert "StatefulSet/bao" in error.faults[0].problem
    assert town.secrets.renewed, "so that `platform deploy` sees that they are of an older template"


def test_pods_that_read_it_anew_by_themselves_are_waited_for_and_never_replaced() -> None:
    town = served("older")
    town.secrets.readers = [
        Reader(name="StatefulSet/bao", told="", by_hand=True, reloads=True),
        Reader(name="Deployment/web", told=""),
    ]
    _, (error,) = town.work()
    assert error.faults[0].code == "certificate-unserved", "they have not yet, and nobody has to delete them"
    assert [each[0] for each in town.secrets.renewed] == ["Deployment/web"]
    assert "web/web-tls: StatefulSet/bao reads it anew by itself" in town.said
    town.serve(town.serial())
    assert town.work() == ((), ())


def test_without_a_port_to_ask_the_pods_age_decides() -> None:
    town = Town()
    town.work()
    town.secrets.readers = [Reader(name="Deployment/web", told="")]
    assert town.work() == ((), ())
    assert town.secrets.renewed == []
    town.secrets.behind = ("web-1",)
    assert town.work() == ((), ())
    assert [each[0] for each in town.secrets.renewed] == ["Deployment/web"]


def test_nobody_serves_it_yet() -> None:
    town = Town()
    town.work()
    town.serve("x")
    town.servers.pods.clear()
    assert town.states()["web/web-tls"] == "unserved"
    assert why(town) == "no pod runs behind Service web"
    assert town.work() == ((), ())


def test_a_service_that_is_still_to_come_is_told_as_one_and_fails_nothing() -> None:
    town = served()
    town.servers.absent = ("web",)
    assert town.states()["web/web-tls"] == "unserved"
    assert why(town) == "there is no Service web in web"
    assert town.work() == ((), ())


def why(town: Town) -> str:
    return survey.survey(town.world, ()).verdicts[0].why


@pytest.mark.parametrize("behind", [(), ("Pod/web-0",)])
def test_where_nothing_reads_it_that_is_told(behind: tuple[str, ...]) -> None:
    town = served("older")
    town.secrets.readers, town.secrets.behind = [], behind
    town.work()
    told = "web/web-tls: no Deployment, StatefulSet or DaemonSet reads it, so nothing is replaced"
    if behind:
        told += "; what Pod/web-0 has read is older: delete it yourself"
    assert told in town.said
