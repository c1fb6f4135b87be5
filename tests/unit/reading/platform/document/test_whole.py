"""What a document may say, and what makes no sense in it."""

from __future__ import annotations

import pytest

from pipelinekit.errors import DocumentInvalid
from pipelinekit.model.jenkins.agent import Agent, AgentPod
from pipelinekit.model.platform.document import (
    Charts,
    Cluster,
    ComponentEntry,
    Environment,
    Images,
    Jenkins,
    Platform,
    Registration,
)
from pipelinekit.model.platform.gates import Approvals, Freeze
from pipelinekit.model.platform.packages import Proxy
from pipelinekit.model.platform.people import Group, Person
from pipelinekit.reading.platform.document import read_platform
from tests.unit.reading.platform.document.bench import DEV, GROUP, HEAD, faults, hints, platform


def test_the_shortest_document() -> None:
    assert read_platform(platform(DEV)) == Platform(
        name="acme",
        images=Images(registry="r:5000", path="{team}/{name}", mirror="docker.io"),
        charts=Charts(repository="oci://r:5000/charts"),
        clusters=(Cluster(name="nonprod"), Cluster(name="prod")),
        environments=(Environment(name="dev", cluster="nonprod", namespace="{team}-dev"),),
    )


def test_everything_that_a_document_may_say() -> None:
    text = """\
apiVersion: pipelinekit/v1
kind: Platform
metadata: {name: acme}
images: {registry: "nexus:5000", path: "{team}/{name}", credentials: nexus, mirror: "nexus:5001",
  pullSecret: pull}
charts: {repository: "https://nexus/repository/helm-hosted/", credentials: nexus}
packages: {pypi: "https://nexus/pypi", npm: {url: "https://nexus/npm"}, maven: "https://n/m",
  go: {url: "https://n/go", credentials: reader}}
jenkins: {url: "https://jenkins", credentials: jenkins-api,
  agent: {kubernetes: {namespace: agents, image: a:1}}}
ledger: {repository: "ssh://git@git/ledger.git"}
clusters: [{name: nonprod, context: acme-dev, credentials: kube-nonprod}, {name: prod, context: acme-prod}]
environments:
  - {name: dev, cluster: nonprod, namespace: "{team}-dev", automatic: true}
  - {name: staging, cluster: nonprod, namespace: "{team}-staging", after: dev, soak: 90m}
  - name: production
    cluster: prod
    namespace: "{team}"
    after: staging
    approvals: {count: 2, from: [release-managers, "Ops & Co"]}
    images: {registry: "nexus-prod:5000"}
    freeze:
      - {from: "2026-12-18T18:00", to: "2027-01-04T06:00", zone: Europe/Paris, reason: year end}
      - {from: "2027-05-01", to: "2027-05-02"}
people: [{name: ada, jenkins: ada-l}]
groups: [{name: release-managers, people: [ada]}, {name: "Ops & Co", people: []}]
components: [{name: vault, values: vault.yaml}, {name: keycloak}]
applications:
  - {name: orders, team: payments, repository: "https://github.com/acme/orders", credentials: github-app}
  - {name: orders, team: stock, repository: "git@git:acme/mono.git", path: apps/orders, branch: trunk}
"""
    assert read_platform(text.encode()) == Platform(
        name="acme",
        images=Images(registry="nexus:5000", credentials="nexus", mirror="nexus:5001", pull_secret="pull"),
        charts=Charts(repository="https://nexus/repository/helm-hosted/", credentials="nexus"),
        packages={
            "pypi": Proxy(url="https://nexus/pypi"),
            "npm": Proxy(url="https://nexus/npm"),
            "maven": Proxy(url="https://n/m"),
            "go": Proxy(url="https://n/go", credentials="reader"),
        },
        jenkins=Jenkins(
            url="https://jenkins",
            credentials="jenkins-api",
            agent=Agent(pod=AgentPod(namespace="agents", image="a:1")),
        ),
        ledger="ssh://git@git/ledger.git",
        people=(Person(name="ada", jenkins="ada-l"),),
        groups=(Group(name="release-managers", people=("ada",)), Group(name="Ops & Co", people=())),
        clusters=(
            Cluster(name="nonprod", context="acme-dev", credentials="kube-nonprod"),
            Cluster(name="prod", context="acme-prod"),
        ),
        environments=(
            Environment(name="dev", cluster="nonprod", namespace="{team}-dev", automatic=True),
            Environment(
                name="staging", cluster="nonprod", namespace="{team}-staging", after="dev", soak=5400
            ),
            Environment(
                name="production",
                cluster="prod",
                namespace="{team}",
                after="staging",
                approvals=Approvals(count=2, groups=("release-managers", "Ops & Co")),
                registry="nexus-prod:5000",
                freeze=(
                    Freeze(
                        start="2026-12-18T18:00",
                        end="2027-01-04T06:00",
                        zone="Europe/Paris",
                        reason="year end",
                    ),
                    Freeze(start="2027-05-01", end="2027-05-02", zone="UTC"),
                ),
            ),
        ),
        components=(ComponentEntry(name="vault", values="vault.yaml"), ComponentEntry(name="keycloak")),
        applications=(
            Registration(
                name="orders",
                team="payments",
                repository="https://github.com/acme/orders",
                credentials="github-app",
            ),
            Registration(
                name="orders",
                team="stock",
                repository="git@git:acme/mono.git",
                path="apps/orders",
                branch="trunk",
            ),
        ),
    )


@pytest.mark.parametrize(
    ("agent", "expected"),
    [("{label: linux && arm}", Agent(label="linux && arm")), ("{}", Agent())],
)
def test_agents(agent: str, expected: Agent) -> None:
    read = read_platform(platform(DEV, more=f"jenkins: {{url: 'http://j', agent: {agent}}}"))
    assert read.jenkins == Jenkins(url="http://j", agent=expected)


@pytest.mark.parametrize(
    ("soak", "seconds"), [("0s", 0), ("45s", 45), ("90m", 5400), ("1h", 3600), ("2d", 172800)]
)
def test_durations_are_in_seconds(soak: str, seconds: int) -> None:
    second = f"{{name: b, cluster: prod, namespace: x, after: dev, soak: {soak}}}"
    assert read_platform(platform(DEV, second)).environments[1].soak == seconds


@pytest.mark.parametrize(
    ("marked", "codes"),
    [
        (platform("{name: dev, «cluster: nonprd, namespace: x}"), ["unknown-reference"]),
        (platform(DEV, "{name: b, cluster: prod, namespace: x, «after: dve}"), ["unknown-reference"]),
        (platform(DEV, "{name: b, cluster: prod, namespace: x, «soak: 1h}"), ["soak-alone"]),
        (platform(DEV, "{name: b, cluster: prod, namespace: x, «advance: true}"), ["advance-alone"]),
        (
            platform(DEV, "{name: b, cluster: prod, namespace: x, after: dev, «automatic: true}"),
            ["automatic-gated"],
        ),
        (
            platform(
                "{name: a, cluster: prod, namespace: x, «automatic: true, approvals: {count: 1, from: [g]}}",
                more=GROUP,
            ),
            ["automatic-gated"],
        ),
        (platform(DEV, "{«name: dev, cluster: prod, namespace: x}"), ["name-twice"]),
        (HEAD + f"clusters: [{{name: nonprod}}, {{«name: nonprod}}]\nenvironments: [{DEV}]", ["name-twice"]),
        (platform(DEV, more="components: [{name: v}, {«name: v}]"), ["name-twice"]),
        (platform(DEV, more="components: [{name: v}, {«name: all}]"), ["component-name"]),
        (
            platform(
                DEV,
                more="applications:\n  - {name: a, team: t, repository: /x}\n"
                "  - {«name: a, team: t, repository: /y}",
            ),
            ["name-twice"],
        ),
        (platform("{name: dev, cluster: prod, «namespace: '{taem}-dev'}"), ["unknown-placeholder"]),
        (platform("{name: dev, cluster: prod, «namespace: '{team'}"), ["unknown-placeholder"]),
        (platform("{name: dev, cluster: prod, ««namespace: '{{team}}'}"), ["unknown-placeholder"] * 2),
        (platform("{name: dev, cluster: prod, «namespace: 'x{}'}"), ["unknown-placeholder"]),
        (
            platform(DEV).replace('{registry: "r:5000"}', "{registry: r, «path: '{env}/{name}'}"),
            ["unknown-placeholder"],
        ),
        (
            platform(
                "{name: a, cluster: prod, namespace: x, freeze: [{from: '2026-02-01', «to: '2026-01-01'}]}"
            ),
            ["freeze-ends"],
        ),
        (
            platform(
                "{name: a, cluster: prod, namespace: x, freeze: [{from: '2026-02-01', «to: '2026-02-01'}]}"
            ),
            ["freeze-ends"],
        ),
        (
            platform(
                "{name: a, cluster: prod, namespace: x, freeze: "
                "[{from: '2026-02-01T00:00:30', «to: '2026-02-01'}]}"
            ),
            ["freeze-ends"],
        ),
        (platform("{name: a, cluster: prod, namespace: x, «after: a}"), ["after-cycle"]),
        (
            platform(
                "{name: b, cluster: prod, namespace: x, after: c}",
                "{name: a, cluster: prod, namespace: x, «after: b}",
                "{name: c, cluster: prod, namespace: x, after: a}",
            ),
            ["after-cycle"],
        ),
        (
            platform(
                DEV,
                more="jenkins: {url: 'http://j', «agent: {label: x, kubernetes: {namespace: a, image: b}}}",
            ),
            ["bad-maxproperties"],
        ),
    ],
)
def test_what_makes_no_sense_is_a_fault_at_its_place(marked: str, codes: list[str]) -> None:
    assert faults(marked) == codes


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("no such month", "2026-13-01"),
        ("no such day", "2026-02-30"),
        ("no such hour", "2026-02-01T25:00"),
        ("no such minute", "2026-02-01T12:60"),
    ],
)
def test_a_moment_that_never_comes_is_a_fault(name: str, moment: str) -> None:
    del name
    for window in (f"«from: '{moment}', to: '2027-01-01'", f"from: '2026-01-01', «to: '{moment}'"):
        environment = f"{{name: a, cluster: prod, namespace: x, freeze: [{{{window}}}]}}"
        assert faults(platform(environment)) == ["bad-pattern"]


def test_a_circle_is_told_once_and_in_words() -> None:
    text = platform(
        "{name: b, cluster: prod, namespace: x, after: a}", "{name: a, cluster: prod, namespace: x, after: b}"
    )
    with pytest.raises(DocumentInvalid, match="a after b after a"):
        read_platform(text)


def test_two_circles_are_two_faults_and_what_leads_into_one_is_none() -> None:
    text = platform(
        "{name: a, cluster: prod, namespace: x, «after: b}",
        "{name: b, cluster: prod, namespace: x, after: a}",
        "{name: c, cluster: prod, namespace: x, «after: d}",
        "{name: d, cluster: prod, namespace: x, after: c}",
        "{name: e, cluster: prod, namespace: x, after: a}",
    )
    assert faults(text) == ["after-cycle", "after-cycle"]


def test_references_come_with_what_was_perhaps_meant() -> None:
    environment = "{name: staging, cluster: nonprdo, namespace: x, after: dv}"
    assert hints(platform(DEV, environment)) == ["did you mean 'nonprod'?", "did you mean 'dev'?"]


def test_faults_of_shape_and_of_sense_come_together_in_the_order_of_the_document() -> None:
    assert faults(
        platform(
            "{name: dev, «cluster: gone, «nmespace: x}", "{name: b, cluster: prod, namespace: x, «soak: 1h}"
        )
        .replace("{name: gone", "{name: gone")
        .replace("- {name: dev", "- «{name: dev")
        .replace("metadata: {name: acme}", "metadata: {«name: Acme}")
    ) == ["bad-pattern", "missing-key", "unknown-reference", "unknown-key", "soak-alone"]
