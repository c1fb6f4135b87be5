"""A job's text and what it says are the same, made from a form or by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.generators.configxml import config_xml, described
from pipelinekit.model.jenkins.jobconfig import digest_of
from pipelinekit.model.jenkins.jobplan import Wanted
from pipelinekit.model.jenkins.jobs import Git, GitHub, Job, Multibranch
from pipelinekit.model.jenkins.marker import Marker, with_marker
from pipelinekit.plan.jenkins.jobs import provenance
from pipelinekit.reading.configxml import read_config
from pipelinekit.steps.jobtexts import prepare
from tests.hostile.values import ALL

JOB = Multibranch(
    path="apps/payments/orders",
    title="orders",
    text="Application orders, from https://github.com/acme/orders (branch main).",
    source=GitHub(owner="acme", repository="orders", credentials="github-app"),
    script="Jenkinsfile",
    scan=86_400,
    platform="acme",
)
ELSEWHERE = replace(JOB, source=Git(address="ssh://git@git.acme.example/orders.git", credentials="git"))
NO_XML = {*map(chr, range(32)), "\ufffe", "\uffff"} - {*"\t\r\n"}
XML = {name: text for name, text in ALL.items() if not set(text) & NO_XML}


def alone(job: Multibranch, via: str = "") -> Wanted:
    """Written and read by itself."""
    text = f"{job.text}\n{provenance('acme')}"
    plain = config_xml(job, text)
    config = read_config(plain)
    marker = Marker(platform="acme", digest=digest_of(config), via=via)
    return Wanted(
        job=job,
        xml=described(plain, text, with_marker(text, marker)),
        config=config,
        digest=marker.digest,
    )


def other(job: Multibranch, number: int) -> Multibranch:
    """Another project of the same form."""
    source = (
        replace(job.source, repository=f"r{number}")
        if isinstance(job.source, GitHub)
        else replace(job.source, address=f"https://git.acme.example/r{number}")
    )
    return replace(job, path=f"apps/t/a{number}", title=f"a{number}", text=f"it's {number}", source=source)


@pytest.mark.parametrize("job", [JOB, ELSEWHERE], ids=["github", "git"])
@pytest.mark.parametrize("via", ["", "job-dsl"])
def test_projects_of_one_form_are_what_each_would_be_alone(job: Multibranch, via: str) -> None:
    jobs = [
        job,
        *(other(job, number) for number in range(3)),
        replace(job, scan=60),
        replace(job, script="a/J"),
    ]
    assert prepare(jobs, "acme", via=via) == tuple(alone(each, via) for each in jobs)


def test_one_form_is_made_for_all_that_are_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def counted(job: Job, description: str) -> str:
        made.append(job.path)
        return config_xml(job, description)

    monkeypatch.setattr("pipelinekit.steps.jobtexts.config_xml", counted)
    prepare([other(JOB, number) for number in range(50)], "acme")
    assert len(made) == 1


@pytest.mark.parametrize("field", ["title", "path", "script", "text"])
@pytest.mark.parametrize(
    "value", [*XML.values(), "false", "⟦text⟧", "[pipelinekit platform=a digest=0000000000000000]"]
)
def test_a_hostile_word_is_no_word_of_a_form(field: str, value: str) -> None:
    changed: dict[str, Any] = {field: value}
    jobs = [JOB, replace(JOB, **changed), other(JOB, 1)]
    assert prepare(jobs, "acme") == tuple(map(alone, jobs))


@pytest.mark.parametrize("job", [JOB, ELSEWHERE], ids=["github", "git"])
def test_credentials_are_what_forms_differ_in_and_no_blank_of_one(job: Multibranch) -> None:
    jobs = [job, *(replace(job, source=replace(job.source, credentials=each)) for each in ("⟦title⟧", "b"))]
    assert prepare(jobs, "acme") == tuple(map(alone, jobs))


WORDS = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=12)


@given(WORDS, WORDS, WORDS, WORDS)
def test_whatever_is_printable_is_the_same_either_way(title: str, owner: str, text: str, name: str) -> None:
    source = GitHub(owner=owner, repository=name, credentials="app")
    job = replace(JOB, title=title, text=text, source=source)
    assert prepare([JOB, job], "acme") == (alone(JOB), alone(job))
