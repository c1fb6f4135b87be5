"""Any text, any damage, and any platform."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.errors import DocumentInvalid, Fault
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
from pipelinekit.model.platform.people import Group
from pipelinekit.model.platform.quota import Quota
from pipelinekit.model.platform.registries import MirrorLogin
from pipelinekit.reading.platform.document import read_platform
from tests.documents import dump
from tests.unit.reading.document.source.texts import YAML_ISH, inside
from tests.unit.reading.platform.document.bench import CLUSTERS, GROUP, HEAD, platform


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
ENTRY = st.builds(
    ComponentEntry, name=LABEL, images=st.sets(st.sampled_from(["r/a:1", "h:5/a/b"]), max_size=2).map(tuple)
)
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
        components=tuple(draw(st.lists(ENTRY, max_size=2, unique_by=lambda each: each.name))),
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
