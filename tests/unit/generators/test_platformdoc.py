from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.errors import DocumentInvalid
from pipelinekit.generators.platformdoc import FILE, Answers, plan_platform
from pipelinekit.model.platform.document import Cluster, Platform
from pipelinekit.reading.platform.document import read_platform
from pipelinekit.render import render
from tests.hostile.values import HOSTILE


def document(**answers: Any) -> str:
    given = {"name": "acme", "registry": "r:5000", "environments": [("dev", "acme-dev")], **answers}
    return render([plan_platform(Answers(**given))], templates())[FILE].text


def platform(**answers: Any) -> Platform:
    return read_platform(document(**answers))


def test_a_few_answers_make_a_platform() -> None:
    made = platform(
        environments=[("dev", "acme-dev"), ("staging", "acme-dev"), ("production", "acme-prod")],
        registry_credentials="nexus",
        mirror="r:5001",
        jenkins="https://jenkins.acme.example",
        ledger="ssh://git@git.acme.example/ledger.git",
        gates=True,
    )
    assert made.clusters == (
        Cluster(name="acme-dev", context="acme-dev", credentials="kube-acme-dev-{team}"),
        Cluster(name="acme-prod", context="acme-prod", credentials="kube-acme-prod-{team}"),
    )
    assert [(each.name, each.cluster, each.after, each.automatic) for each in made.environments] == [
        ("dev", "acme-dev", "", True),
        ("staging", "acme-dev", "dev", False),
        ("production", "acme-prod", "staging", False),
    ]
    assert made.environments[0].namespace_of("payments", "orders") == "payments-dev"
    assert (made.images.credentials, made.charts.credentials, made.images.mirror) == (
        "nexus",
        "nexus",
        "r:5001",
    )
    assert made.charts.repository == "oci://r:5000/charts"
    assert made.jenkins
    assert (made.jenkins.url, made.jenkins.credentials) == ("https://jenkins.acme.example", "jenkins-api")
    assert made.ledger == "ssh://git@git.acme.example/ledger.git"


def test_gates_are_given_when_they_are_asked_for() -> None:
    made = platform(environments=[("dev", "a"), ("production", "a")])
    assert not any(each.gated for each in made.environments)


def test_without_jenkins_nothing_needs_a_credential() -> None:
    made = platform()
    assert made.jenkins is None
    assert made.clusters == (Cluster(name="acme-dev", context="acme-dev"),)


def test_the_current_context_needs_no_name() -> None:
    assert platform(environments=[("dev", "")]).clusters == (Cluster(name="cluster-1"),)


CONTEXTS = st.one_of(
    st.sampled_from(["a_b", "a-b", "a.b", "A B", "x" * 80, "x" * 81, "cluster-2", "***", "+++", ""]),
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=20),
)


@given(st.lists(CONTEXTS, min_size=1, max_size=6))
def test_any_contexts_become_clusters_with_names_of_their_own(contexts: list[str]) -> None:
    environments = [(f"e{number}", context) for number, context in enumerate(contexts)]
    made = platform(environments=environments, jenkins="https://j")
    assert [made.cluster_of(each).context for each in made.environments] == contexts
    assert len(made.clusters) == len(set(contexts))


ANSWERS: dict[str, tuple[str, Callable[[Platform], str]]] = {
    "name": ("metadata.name", lambda made: made.name),
    "registry": ("images.registry", lambda made: made.images.registry),
    "charts": ("charts.repository", lambda made: made.charts.repository),
    "mirror": ("images.mirror", lambda made: made.images.mirror),
    "registry_credentials": ("images.credentials", lambda made: made.images.credentials),
    "jenkins": ("jenkins.url", lambda made: made.jenkins.url if made.jenkins else ""),
    "ledger": ("ledger.repository", lambda made: made.ledger),
}
"""Each answer's field in the document, and where it arrives."""


@pytest.mark.parametrize("text", [text for text in HOSTILE.values() if text])
@pytest.mark.parametrize("answer", ANSWERS)
def test_a_hostile_answer_is_taken_as_it_is_or_refused_by_its_field(answer: str, text: str) -> None:
    field, arrived = ANSWERS[answer]
    try:
        made = platform(**{answer: text})
    except DocumentInvalid as error:
        refused = {each.path for each in error.faults}
    else:
        refused = set()
        assert arrived(made) == text
    assert not refused or field in refused
