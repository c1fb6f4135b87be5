from __future__ import annotations

from pipelinekit.cli.verbs import STEPS, VERBS
from pipelinekit.model.site import Site
from pipelinekit.model.stages import STAGES, arguments_of, credentials_of
from tests import examples

BARE = Site(library="0.1.0")


def test_every_stage_is_a_verb_with_a_step_in_the_library() -> None:
    verbs = [each.verb for each in STAGES]
    assert set(verbs) <= VERBS.keys() & STEPS.keys()
    assert len(set(verbs)) == len(verbs) == len({each.name for each in STAGES})


def test_whatever_holds_a_credential_runs_on_main_alone() -> None:
    assert [each.verb for each in STAGES if each.needs and not each.main] == []


def test_a_site_without_credentials_gives_none() -> None:
    arguments = {each.verb: arguments_of(each, BARE) for each in STAGES}
    assert arguments["push"] == {}
    assert arguments["deploy"] == {"automatic": True}
    assert all(credentials_of(each, BARE) == () for each in STAGES)


def test_a_stage_gets_the_credentials_that_it_uses_and_no_others() -> None:
    held = {each.verb: credentials_of(each, examples.site()) for each in STAGES}
    assert held == {
        "generate": (),
        "test": (),
        "build": (),
        "push": ("nexus",),
        "package": ("nexus",),
        "publish": ("nexus-charts",),
        "deploy": ("nexus-charts", "kube-nonprod"),
        "verify": ("kube-nonprod",),
    }


def test_no_stage_names_an_environment() -> None:
    assert all("environment" not in arguments_of(each, examples.site()) for each in STAGES)


def test_in_a_monorepo_every_stage_has_its_folder() -> None:
    site = examples.site(path="apps/orders")
    assert {arguments_of(each, site)["path"] for each in STAGES} == {"apps/orders"}
