from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.errors import DocumentInvalid, Fault
from pipelinekit.model.jenkins.agent import Agent, AgentPod, Notify
from pipelinekit.model.platform.document import (
    Charts,
    Cluster,
    ComponentEntry,
    Environment,
    Images,
    Jenkins,
    Library,
    Origin,
    Platform,
    Registration,
    id_of,
)
from pipelinekit.model.platform.gates import Approvals, Freeze
from pipelinekit.model.platform.packages import Proxy
from pipelinekit.model.platform.people import Group, Person
from pipelinekit.model.platform.quota import Quota
from pipelinekit.model.platform.registries import MirrorLogin
from pipelinekit.reading.platform.document import read_platform
from tests.documents import dump, unmarked
from tests.unit.reading.source.texts import YAML_ISH, inside

HEAD = """\
apiVersion: pipelinekit/v1
kind: Platform
metadata: {name: acme}
images: {registry: "r:5000"}
charts: {repository: "oci://r:5000/charts"}
"""
CLUSTERS = "clusters: [{name: nonprod}, {name: prod}]\n"
DEV = "{name: dev, cluster: nonprod, namespace: '{team}-dev'}"


GROUP = "groups: [{name: g, people: []}]\n"


def platform(*environments: str, more: str = "") -> str:
    """A document with these environments."""
    return HEAD + CLUSTERS + "environments:\n" + "".join(f"  - {each}\n" for each in environments) + more


def faults(marked: str) -> list[str]:
    """The codes of the faults, which must be where the marks in the text are."""
    text, places = unmarked(marked)
    with pytest.raises(DocumentInvalid) as caught:
        read_platform(text)
    assert [str(each.place) for each in caught.value.faults] == [f"platform.yaml:{each}" for each in places]
    return [each.code for each in caught.value.faults]


def hints(text: str) -> list[str]:
    with pytest.raises(DocumentInvalid) as caught:
        read_platform(text)
    return [each.hint for each in caught.value.faults]


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


def faults_at_random(text: str | bytes) -> tuple[Fault, ...]:
    """The faults of any text; none when it is a platform."""
    try:
        read_platform(text)
    except DocumentInvalid as error:
        return error.faults or (Fault("none", "an error without a fault"),)
    return ()


FULL = platform(
    "{name: dev, cluster: nonprod, namespace: x, automatic: true}",
    "{name: b, cluster: prod, namespace: x, after: dev, soak: 1h, approvals: {count: 1, from: [g]}}",
    "{name: c, cluster: prod, namespace: x, freeze: [{from: '2026-01-01', to: '2026-01-02'}]}",
    more="applications: [{name: a, team: t, repository: /x}]\n"
    + GROUP
    + "jenkins: {url: 'http://j', agent: {label: x}}\n",
)


@given(st.one_of(st.text(), st.binary(), YAML_ISH.map(lambda text: HEAD + CLUSTERS + text)))
def test_any_text_is_a_platform_or_faults_inside_the_text(text: str | bytes) -> None:
    shown = text.decode(errors="replace") if isinstance(text, bytes) else text
    assert all(inside(each.place, shown) for each in faults_at_random(text))


@given(st.data())
def test_any_damage_to_a_document_gives_faults_inside_the_text(data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(FULL)))
    end = data.draw(st.integers(begin, min(len(FULL), begin + 30)))
    word = st.sampled_from(["null", "[]", "{}", "0", "- a", "no", "[[]]", "{name: {}}", "true"])
    text = FULL[:begin] + data.draw(word | YAML_ISH) + FULL[end:]
    assert all(inside(each.place, text) for each in faults_at_random(text))


LABEL = st.from_regex(r"[a-z]([-a-z0-9]{0,8}[a-z0-9])?", fullmatch=True)
CREDENTIAL = st.just("") | st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,8}", fullmatch=True)
AMOUNT = st.sampled_from(["500m", "16Gi", "3"])
PROXY = st.builds(Proxy, url=st.just("https://n/x"), credentials=CREDENTIAL)
MIRROR_READER = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,8}", fullmatch=True)
BRANCH = st.from_regex(r"[A-Za-z0-9$;'é]{1,12}(/[-a-z]{1,5})?", fullmatch=True)
LINE = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=20)
REGISTRY = st.sampled_from(["r", "nexus.example.com", "10.0.0.1:5000"])
TEMPLATE = st.sampled_from(["{team}", "{team}-{name}", "apps", "x{name}"])
MOMENT = st.dates().map(str)


@st.composite
def platforms(draw: st.DrawFn) -> Platform:
    """A valid platform."""
    clusters = draw(
        st.lists(
            st.builds(Cluster, name=LABEL, context=st.just("") | LINE, credentials=CREDENTIAL),
            min_size=1,
            max_size=3,
            unique_by=lambda each: each.name,
        )
    )
    environments: list[Environment] = []
    for name in draw(st.lists(LABEL, min_size=1, max_size=3, unique=True)):
        after = draw(st.sampled_from(["", *(each.name for each in environments)]))
        windows = draw(st.lists(st.tuples(MOMENT, MOMENT).filter(lambda pair: pair[0] < pair[1]), max_size=2))
        environment = Environment(
            name=name,
            cluster=draw(st.sampled_from(clusters)).name,
            namespace=draw(TEMPLATE),
            after=after,
            soak=draw(st.integers(0, 10**6)) if after else 0,
            approvals=draw(
                st.none()
                | st.builds(
                    Approvals,
                    count=st.integers(1, 20),
                    groups=st.lists(LINE, min_size=1, max_size=2).map(tuple),
                )
            ),
            freeze=tuple(
                Freeze(start=start, end=end, zone=draw(LINE), reason=draw(st.just("") | LINE))
                for start, end in windows
            ),
            registry=draw(st.just("") | REGISTRY),
            pod_security=draw(st.sampled_from(["restricted", "baseline", "privileged"])),
            quota=draw(st.none() | st.builds(Quota, hard=st.dictionaries(LABEL, AMOUNT, max_size=2))),
        )
        automatic = not environment.gated and draw(st.booleans())
        environments.append(Environment(**{**_fields(environment), "automatic": automatic}))
    agent = draw(
        st.one_of(
            st.just(Agent()),
            st.builds(Agent, label=LINE),
            st.builds(Agent, pod=st.builds(AgentPod, namespace=LABEL, image=LINE)),
        )
    )
    return Platform(
        name=draw(LABEL),
        images=Images(
            registry=draw(REGISTRY),
            path=draw(TEMPLATE),
            credentials=draw(CREDENTIAL),
            mirror=draw(REGISTRY),
            pull_secret=draw(st.just("") | LABEL),
            mirror_login=draw(
                st.none() | st.builds(MirrorLogin, credentials=MIRROR_READER, pull_requests=st.booleans())
            ),
        ),
        charts=Charts(
            repository=draw(st.sampled_from(["oci://r/c", "https://n/x/"])), credentials=draw(CREDENTIAL)
        ),
        packages=draw(st.dictionaries(st.sampled_from(["pypi", "npm"]), PROXY, max_size=2)),
        jenkins=draw(st.none() | st.just(Jenkins(url="https://j", credentials="api", agent=agent))),
        ledger=draw(st.sampled_from(["", "ssh://git@g/l.git", "git@g:l.git"])),
        groups=tuple(
            Group(name=name, people=())
            for name in sorted(
                {name for each in environments if each.approvals for name in each.approvals.groups}
            )
        ),
        clusters=tuple(clusters),
        environments=tuple(environments),
        components=tuple(
            draw(
                st.lists(st.builds(ComponentEntry, name=LABEL), max_size=2, unique_by=lambda each: each.name)
            )
        ),
        applications=tuple(
            draw(
                st.lists(
                    st.builds(
                        Registration,
                        name=LABEL,
                        team=LABEL,
                        repository=st.just("/srv/git/a"),
                        credentials=CREDENTIAL,
                        path=st.sampled_from([".", "apps/a"]),
                        branch=BRANCH,
                    ),
                    max_size=2,
                    unique_by=lambda each: (each.team, each.name),
                )
            )
        ),
    )


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def _filled(value: Any) -> dict[str, Any]:
    return {name: each for name, each in _fields(value).items() if each not in ("", None, (), 0, False)}


def _environment_of(each: Environment) -> dict[str, Any]:
    body = _filled(each)
    if each.after:
        body["soak"] = f"{each.soak}s"
    if each.approvals:
        body["approvals"] = {"count": each.approvals.count, "from": list(each.approvals.groups)}
    if each.freeze:
        body["freeze"] = [
            {"from": window.start, "to": window.end, "zone": window.zone}
            | ({"reason": window.reason} if window.reason else {})
            for window in each.freeze
        ]
    if each.registry:
        body["images"] = {"registry": body.pop("registry")}
    body["podSecurity"] = body.pop("pod_security")
    if each.quota:
        body["quota"] = {"hard": dict(each.quota.hard)}
    return body


def document_of(platform: Platform) -> dict[str, Any]:
    """The document that describes a platform."""
    images = _filled(platform.images)
    mirror = images.pop("mirror_login", None)
    if mirror:
        named = {"id": mirror.credentials, "pullRequests": True}
        images["mirrorCredentials"] = named if mirror.pull_requests else mirror.credentials
    if "pull_secret" in images:
        images["pullSecret"] = images.pop("pull_secret")
    document: dict[str, Any] = {
        "apiVersion": "pipelinekit/v1",
        "kind": "Platform",
        "metadata": {"name": platform.name},
        "images": images,
        "charts": _filled(platform.charts),
        "packages": {
            name: _filled(each) if each.credentials else each.url for name, each in platform.packages.items()
        },
        "clusters": [_filled(each) for each in platform.clusters],
        "environments": [_environment_of(each) for each in platform.environments],
        "components": [_filled(each) for each in platform.components],
        "applications": [_filled(each) for each in platform.applications],
    }
    if platform.groups:
        document["groups"] = [{"name": each.name, "people": list(each.people)} for each in platform.groups]
    if platform.ledger:
        document["ledger"] = {"repository": platform.ledger}
    if platform.jenkins:
        agent: dict[str, Any] = {}
        if platform.jenkins.agent.label:
            agent = {"label": platform.jenkins.agent.label}
        if platform.jenkins.agent.pod:
            agent = {"kubernetes": _fields(platform.jenkins.agent.pod)}
        document["jenkins"] = {"url": platform.jenkins.url, "credentials": "api", "agent": agent}
    return document


@given(platforms(), st.booleans())
def test_what_a_document_says_is_what_is_read(platform: Platform, flow: bool) -> None:
    assert read_platform(dump(document_of(platform), flow=flow)) == platform


# --- the controller -------------------------------------------------------------------------------

JENKINS = """\
jenkins:
  url: https://jenkins
  source: {repository: "https://git/p.git", branch: trunk, path: acme, credentials: p-git}
  library: {repository: "https://github.com/acme/kit"}
  scan: 12h
  notify: {step: acmeNotify, library: acme@v3}
  webhook: {tokenFile: /etc/token}
"""


def test_what_is_said_of_the_controller() -> None:
    read = read_platform(platform(DEV, more=JENKINS)).jenkins
    assert read == Jenkins(
        url="https://jenkins",
        source=Origin(repository="https://git/p.git", branch="trunk", path="acme", credentials="p-git"),
        library=Library(repository="https://github.com/acme/kit"),
        scan=43_200,
        notify=Notify(step="acmeNotify", library="acme@v3"),
        token_file="/etc/token",
    )


def test_what_is_not_said_of_it() -> None:
    read = read_platform(platform(DEV, more="jenkins: {url: 'https://jenkins'}\n")).jenkins
    assert read == Jenkins(url="https://jenkins", scan=86_400)


@pytest.mark.parametrize(
    "more",
    [
        "jenkins: {url: 'https://j', notify: {«step: pkDeploy}}\n",
        "jenkins: {url: 'https://j', notify: {«step: a-b}}\n",
        "jenkins: {url: 'https://j', «scan: often}\n",
        "jenkins: {url: 'https://j', webhook: {«tokenFile: relative}}\n",
    ],
)
def test_what_cannot_be_said_of_it(more: str) -> None:
    assert faults(platform(DEV, more=more)) == ["bad-pattern"]


def test_a_password_in_an_address_is_a_fault_at_its_place() -> None:
    more = (
        "jenkins: {url: 'https://j', source: {«repository: 'https://a:b@git/p'}}\n"
        "applications: [{name: a, team: t, «repository: 'https://robot:secret@git/x'}]\n"
    )
    assert faults(platform(DEV, more=more)) == ["secret-in-address", "secret-in-address"]


def test_an_address_on_github_names_a_repository() -> None:
    more = "applications: [{name: a, team: t, «repository: 'https://github.com/acme'}]\n"
    assert faults(platform(DEV, more=more)) == ["github-address"]


@pytest.mark.parametrize(
    ("more", "codes"),
    [
        ("packages: {«pypi: nexus}\n", ["bad-pattern"]),
        ("packages: {«pypi: 7}\n", ["bad-type"]),
        ("packages: {«pypi: [https://n/x]}\n", ["bad-type"]),
        ("packages: {«pypi: {}}\n", ["missing-key"]),
        ("packages: {«pypi: {credentials: reader}}\n", ["missing-key"]),
        ("packages: {pypi: {«url: nexus}}\n", ["bad-pattern"]),
        ("packages: {pypi: {url: 'https://n/x', «credentials: 'a b'}}\n", ["bad-pattern"]),
        ("packages: {pypi: {url: 'https://n/x', «credential: reader}}\n", ["unknown-key"]),
        ("packages: {«pypi: 'https://u:p@n/x'}\n", ["secret-in-address"]),
        ("packages: {«pypi: 'https://token@n/x'}\n", ["secret-in-address"]),
        ("packages: {npm: {«url: 'https://u:p@n/x', credentials: reader}}\n", ["secret-in-address"]),
        ("packages: {npm: {«url: 'https://[x/y', credentials: reader}}\n", ["login-address"]),
        ("packages: {npm: {«url: 'https:///y', credentials: reader}}\n", ["login-address"]),
        ("packages: {npm: {«url: 'http://n/x', credentials: reader}}\n", ["login-over-http"]),
        ("packages: {go: {«url: 'http://127.0.0.1:1/x', credentials: reader}}\n", ["login-over-http"]),
    ],
)
def test_faults_of_package_proxies(more: str, codes: list[str]) -> None:
    assert faults(platform(DEV, more=more)) == codes


@pytest.mark.parametrize(
    "proxy", ["'http://n/x'", "{url: 'http://n/x'}", "{url: 'http://127.0.0.1:1/x', credentials: reader}"]
)
def test_a_login_goes_over_http_on_this_machine_only(proxy: str) -> None:
    assert read_platform(platform(DEV, more=f"packages: {{pypi: {proxy}}}\n")).packages["pypi"].url


def test_what_a_package_proxy_may_be_is_told() -> None:
    with pytest.raises(DocumentInvalid, match="expected text or a mapping, found a list"):
        read_platform(platform(DEV, more="packages: {pypi: [x]}\n"))


MIRRORED = "applications: [{name: a, team: t, repository: 'https://g/x', mirrors: [%s]}]\n"


def test_mirrors_are_addresses_like_the_first() -> None:
    (found,) = read_platform(platform(DEV, more=MIRRORED % "'ssh://git@m/x', '/srv/x'")).applications
    assert found.mirrors == ("ssh://git@m/x", "/srv/x")
    bad = MIRRORED % "«'https://a:b@m/x', «'https://github.com/acme'"
    assert faults(platform(DEV, more=bad)) == ["secret-in-address", "github-address"]
    assert faults(platform(DEV, more=MIRRORED % "«nonsense")) == ["bad-pattern"]


def test_what_tells_a_registration_from_another_are_not_its_mirrors() -> None:
    (found,) = read_platform(platform(DEV, more=MIRRORED % "'ssh://git@m/x'")).applications
    assert found == Registration(name="a", team="t", repository="https://g/x")


@pytest.mark.parametrize(
    ("key", "good"),
    [
        ("-----BEGIN PUBLIC KEY-----\nMFkw+/==\n-----END PUBLIC KEY-----\n", True),
        ("-----BEGIN PUBLIC KEY-----\r\nMFkw\r\nAbc=\r\n-----END PUBLIC KEY-----", True),
        ("-----BEGIN PRIVATE KEY-----\nMFkw\n-----END PRIVATE KEY-----", False),
        ("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----", False),
        ("cosign.pub", False),
        ("", False),
    ],
)
def test_a_public_key_is_the_text_itself(key: str, good: bool) -> None:
    document = dump({"credentials": "cosign", "publicKey": key}, flow=True).strip()
    text = platform(DEV).replace('registry: "r:5000"}', f'registry: "r:5000", signing: {document}}}', 1)
    if not good:
        assert hints(text) == ["expected: a public key as PEM text: what `cosign public-key` prints"]
        return
    signing = read_platform(text).images.signing
    assert signing
    assert signing.public_key == key


@pytest.mark.parametrize("credential", ["nexus-{team}", "{team}", "{team}.nexus_{team}", "nexus"])
def test_credentials_of_registry_charts_and_clusters_may_name_the_team(credential: str) -> None:
    text = platform(DEV).replace('"r:5000"', f'"r:5000", credentials: "{credential}"')
    text = text.replace('r:5000/charts"', f'r:5000/charts", credentials: "{credential}"')
    text = text.replace("{name: nonprod}", f'{{name: nonprod, credentials: "{credential}"}}')
    read = read_platform(text)
    assert read.images.credentials == read.charts.credentials == read.clusters[0].credentials == credential
    assert id_of(credential, "pay") == credential.replace("{team}", "pay")


@pytest.mark.parametrize("credential", ["nexus-{name}", "nexus-{team", "{}", "-{team}", "a b", "{team}}"])
def test_they_may_name_nothing_else(credential: str) -> None:
    text = platform(DEV).replace('"r:5000"', f'"r:5000", credentials: "{credential}"')
    (hint,) = hints(text)
    assert "{team} is filled in" in hint
    other = platform(DEV, more='jenkins: {url: "https://j", credentials: "jenkins-{team}"}\n')
    with pytest.raises(DocumentInvalid):
        read_platform(other)


def test_the_library_s_tag_is_one_of_a_version() -> None:
    more = 'jenkins: {{url: "https://j", library: {{repository: "https://g/k.git", version: "{}"}}}}\n'
    jenkins = read_platform(platform(DEV, more=more.format("v1.2.3"))).jenkins
    assert jenkins is not None
    assert jenkins.library == Library(repository="https://g/k.git", version="v1.2.3")
    for bad in ("main", "1.2.3", "v", "v1@x", "v1 2"):
        with pytest.raises(DocumentInvalid):
            read_platform(platform(DEV, more=more.format(bad)))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("pullRequests: {commands: true}", True),
        ("pullRequests: {commands: false}", False),
        ("pullRequests: {}", False),
        ("scan: 1d", False),
    ],
)
def test_commands_of_pull_requests_are_for_the_platform_to_allow(said: str, *, expected: bool) -> None:
    read = read_platform(platform(DEV, more=f"jenkins: {{url: 'https://jenkins', {said}}}\n")).jenkins
    assert read is not None
    assert read.commands is expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("reader", MirrorLogin(credentials="reader")),
        ("{id: reader}", MirrorLogin(credentials="reader")),
        ("{id: reader, pullRequests: true}", MirrorLogin(credentials="reader", pull_requests=True)),
    ],
)
def test_the_mirrors_login_has_a_short_and_a_long_form(said: str, expected: MirrorLogin) -> None:
    text = platform(DEV).replace('"r:5000"', f'"r:5000", mirrorCredentials: {said}', 1)
    assert read_platform(text).images.mirror_login == expected


NO_BRANCHES = (
    *(
        "*",
        "feature/*",
        "release-?",
        "[a]",
        "-x",
        "--upload-pack=x",
        "a b",
        "a..b",
        "a~1",
        "a^",
        "a:b",
        "@{1}",
    ),
    *("a\\b", "/a", "a/", "a//b", ".a", "a/.b", "a.lock", "a.lock/b", "a.", "@", ":a"),
)


@pytest.mark.parametrize("name", NO_BRANCHES)
def test_a_branch_is_a_name_that_git_takes(name: str) -> None:
    source = f"{{repository: /p, branch: {name!r}}}"
    text = platform(DEV, more=f"jenkins: {{url: 'https://j', source: {source}}}\n")
    with pytest.raises(DocumentInvalid) as caught:
        read_platform(text)
    (fault,) = caught.value.faults
    assert fault.path == "jenkins.source.branch"
    assert "as git takes it" in fault.hint


@pytest.mark.parametrize(
    ("more", "idle"), [("", None), ("draft: {}", 43200), ("draft: {idle: 90m}", 5400)], ids=repr
)
def test_developers_namespaces_are_looked_after_where_the_document_says_so(
    more: str, idle: int | None
) -> None:
    found = read_platform(platform(DEV, more=more)).drafts
    assert (found.idle if found else None) == idle
