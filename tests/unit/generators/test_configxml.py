from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.generators.configxml import MULTIBRANCH, config_xml, escaped
from pipelinekit.model.jenkins.jobs import Folder, Git, GitHub, Job, Multibranch, Pipeline
from pipelinekit.reading.configxml import read_config
from tests.hostile.values import ALL

XML_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], include_characters="\t\n\r"))


def multibranch(source: GitHub | Git) -> Multibranch:
    return Multibranch(
        path="apps/payments/orders",
        title="orders",
        text="",
        source=source,
        script="services/orders/Jenkinsfile",
        scan=86_400,
        platform="acme",
    )


GITHUB = multibranch(GitHub(owner="acme", repository="orders", credentials="github-app"))
GIT = multibranch(Git(address="ssh://git@git.acme.example/orders.git", credentials="git-ssh"))
SEED = Pipeline(path="pipelinekit/seed", title="Seed", text="", script="node { echo '<&>' }\n")
FOLDER = Folder(path="apps", title="Applications", text="")
SOURCE = "sources/data/jenkins.branch.BranchSource/source"


@pytest.mark.parametrize("job", [FOLDER, SEED, GITHUB, GIT], ids=lambda job: job.path)
def test_a_description_and_a_title_are_themselves_again(job: Job) -> None:
    for text in ALL.values():
        try:
            xml = config_xml(job, text)
        except ValueError:
            assert any(ord(each) < 32 or each in "\uffff\ufffe" for each in text)
            continue
        root = ET.fromstring(xml.split("\n", 1)[1])
        assert (root.findtext("description") or "") == text


@given(XML_TEXT)
def test_any_text_is_itself_to_a_reader_of_xml(text: str) -> None:
    element = ET.fromstring(f'<a b="{escaped(text)}">{escaped(text)}</a>')
    assert (element.text or "") == text
    # A parser takes every line break and tab of an attribute for a space, so none of ours has any.
    assert element.get("b") == re.sub("[\t\n]", " ", text)


@pytest.mark.parametrize("text", ["\x00", "a\x01b", "\x1b[31m", "\ufffe", "\ud800"])
def test_what_xml_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="XML cannot hold"):
        escaped(text)


def test_a_fork_s_pull_request_is_built_with_the_target_s_jenkinsfile_unless_its_author_may_push() -> None:
    fields = read_config(config_xml(GITHUB, "")).fields
    forks = f"{SOURCE}/traits/org.jenkinsci.plugins.github__branch__source.ForkPullRequestDiscoveryTrait"
    assert fields[f"{forks}/trust/@class"].endswith("ForkPullRequestDiscoveryTrait$TrustPermission")
    assert fields[f"{SOURCE}/repoOwner"] == "acme"
    assert fields[f"{SOURCE}/credentialsId"] == "github-app"
    assert fields[f"{SOURCE}/@class"].endswith("GitHubSCMSource")


def test_no_tag_is_discovered() -> None:
    for job in (GITHUB, GIT):
        assert "TagDiscovery" not in config_xml(job, "")


def test_a_private_repository_is_plain_git() -> None:
    config = read_config(config_xml(GIT, ""))
    assert config.root == MULTIBRANCH
    assert config.fields[f"{SOURCE}/@class"] == "jenkins.plugins.git.GitSCMSource"
    assert config.fields[f"{SOURCE}/remote"] == "ssh://git@git.acme.example/orders.git"
    assert config.fields[f"{SOURCE}/id"] == "pipelinekit/acme/apps/payments/orders"
    assert config.fields["factory/scriptPath"] == "services/orders/Jenkinsfile"
    assert config.fields["orphanedItemStrategy/daysToKeep"] == "7"


def test_a_pipeline_runs_in_the_sandbox() -> None:
    fields = read_config(config_xml(SEED, "")).fields
    assert fields["definition/sandbox"] == "true"
    assert fields["definition/script"] == "node { echo '<&>' }\n"
