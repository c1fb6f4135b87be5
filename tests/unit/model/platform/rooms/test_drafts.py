from __future__ import annotations

from dataclasses import replace

from pipelinekit.model.platform.document import Jenkins, Registration
from pipelinekit.model.platform.rooms import drafts
from tests import examples
from tests.unit.generators.jobs.test_drafts import platform


def test_what_it_needs_is_told() -> None:
    assert drafts.why_none(platform()) == ""
    assert "jenkins.source" in drafts.why_none(replace(platform(), jenkins=Jenkins(url="https://j")))
    gated = replace(platform(), environments=(examples.environment("production", after="dev"),))
    assert "has a gate" in drafts.why_none(gated)
    assert drafts.kubeconfig(gated) == ""


def test_there_is_one_where_the_document_asks_for_it() -> None:
    assert drafts.has_job(platform())
    assert not drafts.has_job(replace(platform(), drafts=None))
    assert drafts.credentials(replace(platform(), drafts=None)) == ()


def test_it_holds_the_kubeconfig_of_the_cluster_in_which_developers_are() -> None:
    assert drafts.credentials(platform()) == ("kube-draft", "platform-git")
    assert drafts.credentials(platform(kube="kube-nonprod")) == ("kube-nonprod", "platform-git")
    assert drafts.credentials(platform(kube="")) == ("platform-git",)


def test_an_id_by_team_is_the_folder_s_own_unless_a_team_is_called_so() -> None:
    given = platform()
    assert drafts.own(given) == {"kube-draft"}
    assert drafts.own(platform(kube="kube-nonprod")) == frozenset()
    assert drafts.own(replace(given, drafts=None)) == frozenset()
    gated = replace(given, environments=(examples.environment("production", after="dev"),))
    assert drafts.own(gated) == frozenset()
    team = Registration(name="a", team="draft", repository="https://g/a.git")
    assert drafts.own(replace(given, applications=(team,))) == frozenset()
