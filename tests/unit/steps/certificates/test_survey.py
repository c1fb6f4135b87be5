from __future__ import annotations

from dataclasses import replace

from pipelinekit.steps.certificates import survey
from tests.certifying import WEB, Town


def test_looking_changes_nothing_and_tells_what_would_be_made() -> None:
    town = Town()
    found = survey.survey(town.world, ())
    assert [each.title for each in found.todo(renew=False)] == [each.title for each in found.all]
    assert found.spread == ("web",)
    assert (town.secrets.there, town.secrets.writes) == ({}, 0)
    town.work()
    found = survey.survey(town.world, ())
    assert (found.todo(renew=True), found.spread) == ((), ())


def test_one_is_chosen_by_name_or_by_namespace_and_name() -> None:
    town = Town()
    town.want(WEB, replace(WEB, namespace="shop"))
    assert len(survey.chosen(town.wanted, ())) == len(survey.chosen(town.wanted, ("web-tls",))) == 2
    assert [each.namespace for each in survey.chosen(town.wanted, ("shop/web-tls",))] == ["shop"]


def test_a_port_that_a_service_lacks_is_said_and_the_others_are_looked_at_all_the_same() -> None:
    town = Town()
    town.want(WEB, replace(WEB, name="second"))
    town.work()
    town.serve(town.serial())
    town.servers.ports["web"] = 8443
    found = survey.survey(town.world, ())
    assert [each.state for each in found.all] == ["fine", "unserved", "unserved"]
    assert found.verdicts[0].why == "Service web has no port 443 (it has 8443)"
    _, errors = town.work()
    assert {fault.code for each in errors for fault in each.faults} == {"service-port"}, "a renewal fails"
