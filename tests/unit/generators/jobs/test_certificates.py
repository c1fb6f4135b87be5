from __future__ import annotations

import re
from dataclasses import replace

import pytest

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.cli.verbs import CONTRACT
from pipelinekit.generators.jobs import certificates
from pipelinekit.model.jenkins.agent import Agent
from pipelinekit.model.jenkins.jobs import CERTIFICATES
from pipelinekit.model.platform.certificates import Certificate, Certificates
from pipelinekit.model.platform.document import Cluster, Jenkins, Platform
from pipelinekit.render import render
from tests import examples
from tests.groovy import literals
from tests.hostile.values import ALL
from tests.unit.generators.jobs import test_components as components


def platform(agent: Agent = components.LINUX, *, kube: str = "kube-{team}") -> Platform:
    """One that names a certificate, with a second cluster behind a gate."""
    given = components.platform(agent, kube=kube)
    one = Certificate(name="web-tls", namespace="web", names=("web.web.svc",))
    return replace(
        given,
        certificates=Certificates(secrets=(one,)),
        clusters=(*given.clusters, Cluster(name="live", credentials="kube-live")),
        environments=(*given.environments, examples.environment("live", cluster="live", after="dev")),
    )


def texts(given: Platform) -> dict[str, str]:
    return {path: file.text for path, file in render(certificates.plan(given), templates()).items()}


def test_a_platform_that_names_none_or_cannot_has_no_job() -> None:
    given = platform()
    assert set(texts(given)) == {CERTIFICATES}
    for lacking in (
        replace(given, certificates=None),
        replace(given, jenkins=Jenkins(url="https://j")),
        replace(given, jenkins=None),
    ):
        assert texts(lacking) == {}


def test_it_loads_no_library_and_goes_to_each_cluster_once() -> None:
    text = texts(platform())[CERTIFICATES]
    assert "@Library" not in text
    assert text.count(f"'PK_CONTRACT={CONTRACT}'") == 1
    assert [line.strip() for line in text.splitlines() if "stage('" in line][1:] == [
        f"stage('{each}') {{" for each in dict.fromkeys(one.cluster for one in platform().environments)
    ]
    assert text.count("credentialsId: 'kube-platform'") == text.count("credentialsId: 'kube-live'") == 1
    assert "usernamePassword" not in text
    assert "disableConcurrentBuilds()" in text


def test_a_plan_that_is_refused_keeps_no_certificate_from_its_renewal() -> None:
    text = texts(platform())[CERTIFICATES]
    blocks = text.split("catchError(")[1:]
    deeds = [re.findall(r"\[deed: '(\w+)'\]", each) for each in blocks]
    clusters = len(dict.fromkeys(one.cluster for one in platform().environments))
    assert deeds == [["plan"], ["renew"], ["status"]] * clusters


@pytest.mark.parametrize("text", [each for each in ALL.values() if "\uffff" not in each])
def test_every_text_is_itself_to_groovy(text: str) -> None:
    source = replace(components.SOURCE, branch=text, path=text, repository=text)
    given = platform(agent=Agent(label=text or "linux"))
    given = replace(given, jenkins=replace(given.jenkins, source=source))  # type: ignore[type-var]
    assert list(literals(texts(given)[CERTIFICATES])).count(text) >= 3
