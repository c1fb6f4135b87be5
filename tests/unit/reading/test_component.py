from __future__ import annotations

import pytest

from pipelinekit.errors import DocumentInvalid
from pipelinekit.model.rollout.component import Archive, Backup, Condition, Offer, Question
from pipelinekit.reading.component import read_component
from tests.documents import unmarked

HEAD = "apiVersion: pipelinekit/v1\nkind: Component\nmetadata: {name: vault}\n"
CHART = HEAD + "namespace: secrets\nchart: chart\n"


def test_what_is_said_is_what_is_known() -> None:
    component = read_component(
        CHART
        + """
needs: [storage]
optional: [istio]
offers: [{name: api, service: vault, port: 8200}, {name: ui, service: ui, port: 80, target: http}]
calls: [storage, "identity:api"]
gates:
  - http: {service: vault, port: 8200, path: /health, status: [200, 429], json: {/sealed: false}}
  - object: {resource: things.example.com, name: one, json: {/status/phase: Ready}}
version: {service: vault, port: 8200, path: /health, pointer: /version}
backup: {cronjob: nightly, timeout: 5m}
""",
        "component.yaml",
        "vault",
    )
    assert component.offers == (
        Offer(name="api", service="vault", port=8200, target=8200),
        Offer(name="ui", service="ui", port=80, target="http"),
    )
    assert [str(each) for each in component.flows.calls] == ["storage", "identity:api"]
    health = Question(service="vault", port=8200, path="/health", status=(200, 429), json={"/sealed": False})
    ready = Condition(resource="things.example.com", name="one", json={"/status/phase": "Ready"})
    assert component.gates == (health, ready)
    assert component.version is not None
    assert str(component.version.ask) == "http://vault:8200/health"
    assert component.backup == Backup(cronjob="nightly", timeout=300)
    assert component.steps == "major"


def test_a_wrapper_names_an_archive_by_version_and_what_it_is_by_digest_or_not_at_all() -> None:
    text = "namespace: a\narchive: {name: up, repository: oci://r/c, version: 1.2.3}\n"
    assert read_component(HEAD + text).archive == Archive(name="up", repository="oci://r/c", version="1.2.3")
    digest = "sha256:" + "0" * 64
    text = f"namespace: a\narchive: {{name: up, repository: oci://r/c, version: 1.2.3, digest: '{digest}'}}\n"
    archive = Archive(name="up", repository="oci://r/c", version="1.2.3", digest=digest)
    assert read_component(HEAD + text).archive == archive


def test_an_extension_point_needs_nothing_more() -> None:
    assert read_component(HEAD + "extension: what counts use\n").extension == "what counts use"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (CHART + "needs: [a, «a]\n", ["need-twice"]),
        (CHART + "needs: [«vault]\n", ["need-twice"]),
        (CHART + "needs: [a]\noptional: [«a]\n", ["need-twice"]),
        (
            CHART + "«archive: {name: a, repository: 'oci://r'}\n",
            ["missing-key", "chart-twice"],
        ),
        (HEAD.replace("api", "«api", 1) + "namespace: a\n", ["chart-missing"]),
        (HEAD.replace("api", "«api", 1) + "chart: a\n", ["missing-key"]),
        (
            CHART + "offers: [{name: a, service: s, port: 1}, {«name: a, service: s, «port: 1}]\n",
            ["name-twice", "port-twice"],
        ),
        (CHART + "accepts: [«jenkins:api]\n", ["offer-unknown"]),
        (CHART + "reaches: [«example.com:443]\n", ["reach-unknown"]),
        (CHART + "«gate: []\n", ["unknown-key"]),
        (CHART + "gates: [«{}]\n", ["bad-minproperties"]),
    ],
)
def test_faults_and_their_places(text: str, codes: list[str]) -> None:
    clean, places = unmarked(text)
    with pytest.raises(DocumentInvalid) as caught:
        read_component(clean, "component.yaml", "vault")
    assert [each.code for each in caught.value.faults] == codes
    found = {str(each.place).removeprefix("component.yaml:") for each in caught.value.faults}
    assert set(places) == found


@pytest.mark.parametrize("scheme", ["oci", "https", "http"])
def test_an_archives_address_holds_no_login(scheme: str) -> None:
    archive = (
        f"{{name: a, repository: '{scheme}://me:word@r/c', version: 1.2.3, digest: 'sha256:{'1' * 64}'}}"
    )
    with pytest.raises(DocumentInvalid) as caught:
        read_component(HEAD + f"namespace: a\narchive: {archive}\n")
    assert [each.code for each in caught.value.faults] == ["secret-in-address"]
    assert "word" not in str(caught.value)


def test_a_component_has_its_folders_name() -> None:
    with pytest.raises(DocumentInvalid, match="the folder is 'bao'"):
        read_component(CHART, "component.yaml", "bao")


def test_who_reads_everybodys_metrics_says_so() -> None:
    assert not read_component(CHART).flows.monitoring
    assert read_component(CHART + "monitoring: true\n").flows.monitoring


def test_the_server_that_the_platform_describes_says_so() -> None:
    assert not read_component(CHART).repositories
    assert read_component(CHART + "repositories: true\n").repositories


def test_a_controller_s_chart_says_that_it_is_told_of_pipelines() -> None:
    found = [read_component(CHART + more).controller for more in ("", "controller: {pipelines: true}\n")]
    assert [each and each.pipelines for each in found] == [None, True]


@pytest.mark.parametrize(
    ("name", "more", "login"),
    [
        ("jenkins", "", ""),
        ("ci", "controller: {}\n", ""),
        ("ci", "controller: {login: door}\n", "door"),
        ("store", "", None),
    ],
)
def test_a_controller_says_so_or_is_called_jenkins(name: str, more: str, login: str | None) -> None:
    text = (
        "apiVersion: pipelinekit/v1\nkind: Component\n"
        f"metadata: {{name: {name}}}\nnamespace: {name}\nchart: chart\n{more}"
    )
    found = read_component(text).controller
    assert (found.login if found else None) == login


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("{leader: role=leader}", ("role=leader",)),
        ("{leader: [a=true, b=true]}", ("a=true", "b=true")),
        ("{afterwards: unseal it}", ()),
    ],
)
def test_the_pod_that_goes_last_has_the_labels_of_one_of_them(said: str, known: tuple[str, ...]) -> None:
    assert read_component(f"{CHART}replace: {said}\n", "component.yaml").replacing.leader == known


def test_each_of_several_labels_is_checked() -> None:
    with pytest.raises(DocumentInvalid, match=r"leader\[1\]: 'b' is not valid here"):
        read_component(f"{CHART}replace: {{leader: [a=true, b]}}\n", "component.yaml")
