from __future__ import annotations

from collections.abc import Callable

import pytest

from pipelinekit.adapters.certificates.secrets import CertificateSecrets
from pipelinekit.adapters.certificates.servers import pods_behind
from pipelinekit.adapters.cluster import answers, kubectl
from pipelinekit.adapters.cluster.anchors import ClusterAnchors
from pipelinekit.adapters.cluster.answers import refusal
from pipelinekit.adapters.cluster.definitions import Definitions
from pipelinekit.adapters.cluster.direct import ways
from pipelinekit.adapters.cluster.ground.namespaces import Namespaces
from pipelinekit.adapters.cluster.ground.places import DevelopersPlaces
from pipelinekit.adapters.cluster.ground.rights import read
from pipelinekit.adapters.cluster.ground.volumes import Volumes
from pipelinekit.adapters.cluster.handovers import HandoverJobs
from pipelinekit.adapters.cluster.kubernetes import Kubernetes
from pipelinekit.adapters.cluster.objects import Objects
from pipelinekit.adapters.cluster.parts import Parts
from pipelinekit.adapters.cluster.pods.drafts import ReleasePods
from pipelinekit.adapters.cluster.pods.running import Pods
from pipelinekit.adapters.probes import lacking
from pipelinekit.adapters.running import process
from pipelinekit.errors import ToolFailed
from pipelinekit.model.ground.preflight import Rule
from pipelinekit.model.rollout.component import Condition
from tests import examples

SAID = {
    "cluster-login": [
        "error: You must be logged in to the server (the server has asked to provide credentials)",
        "error: You must be logged in to the server (Unauthorized)",
        "Unauthorized",
        "Unable to connect to the server: getting credentials: exec: executable aws not found",
    ],
    "kubeconfig-missing": [
        "The connection to the server localhost:8080 was refused - did you specify the right host or port?",
        'error: error loading config file "/x/config": open /x/config: permission denied',
        "cluster unreachable: invalid configuration: context was not found for specified context: x",
        "error: invalid configuration: unable to read certificate-authority /x.crt for c due to open /x",
        "cluster unreachable: unable to load root certificates: unable to parse bytes as PEM block",
        'cluster unreachable: exec plugin: invalid apiVersion "client.authentication.k8s.io/v1alpha1"',
        'cluster unreachable: parse "http://not a url": invalid character " " in host name',
        "error: invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER",
        'error loading config file "/x/config": json: cannot unmarshal string into Go value of type struct',
    ],
    "cluster-untrusted": [
        "Unable to connect to the server: tls: failed to verify certificate: x509: signed by unknown",
    ],
    "cluster-unreachable": [
        "The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?",
        "Unable to connect to the server: dial tcp: lookup x.invalid: no such host",
        "Unable to connect to the server: net/http: request canceled (Client.Timeout exceeded: i/o timeout)",
        'Kubernetes cluster unreachable: Get "https://127.0.0.1:1/version": dial tcp 127.0.0.1:1',
        'error when patching "STDIN": Patch "https://127.0.0.1:1/x": http2: client connection lost',
        'Get "https://127.0.0.1:1/x": http2: server sent GOAWAY and closed the connection',
        'error when creating "STDIN": Post "https://127.0.0.1:1/x": unexpected EOF',
        "Error from server (ServiceUnavailable): the server is currently unable to handle the request",
        "Error from server (ServiceUnavailable): apiserver is shutting down",
        "Error from server: etcdserver: leader changed",
        "Error from server (TooManyRequests): storage is (re)initializing",
    ],
    "not-kubernetes": [
        "invalid character '<' looking for beginning of value",
        'unable to recognize "STDIN": json: cannot unmarshal array into Go value of type v1.APIVersions',
        "Object 'Kind' is missing in '{}'",
        "serializer for text/html doesn't exist",
        "unexpected end of JSON input",
        'server version error: could not parse "" as version',
        "object does not implement the Object interfaces",
        'the server doesn\'t have a resource type "secret"',
        'Error from server (InternalError): an error on the server ("<html>Unauthorized</html>") has',
        "kubernetes cluster unreachable: unable to parse the server version: unexpected end of JSON input",
    ],
    "cluster-denied": [
        'Error from server (Forbidden): pods is forbidden: User "u" cannot list resource "pods"',
    ],
}


@pytest.mark.parametrize(("code", "said"), [(code, each) for code, those in SAID.items() for each in those])
def test_a_wrong_login_a_missing_right_and_a_cluster_that_is_down_are_different_sentences(
    code: str, said: str
) -> None:
    found = refusal("dev", said)
    assert found is not None
    assert found.faults[0].code == code
    assert found.faults[0].hint


ROOM = "requested: pods=2,requests.cpu=2, used: pods=9,requests.cpu=500m, limited: pods=10,requests.cpu=1"


@pytest.mark.parametrize(
    ("said", "problem", "hint"),
    [
        (
            f'error when creating "STDIN": pods "refused" is forbidden: exceeded quota: small, {ROOM}',
            f'quota small of the namespace has no room for pods "refused": {ROOM}',
            "ask for less",
        ),
        (
            f'UPGRADE FAILED: persistentvolumeclaims "data" is forbidden: exceeded quota: small, {ROOM}',
            f'quota small of the namespace has no room for persistentvolumeclaims "data": {ROOM}',
            "ask for less",
        ),
        (
            f"context deadline exceeded: exceeded quota: small, {ROOM}",
            f"quota small of the namespace has no room for what is asked for: {ROOM}",
            "ask for less",
        ),
        (
            'pods "a" is forbidden: failed quota: small: must specify limits.cpu for: w',
            'quota small of the namespace counts what pods "a" does not say: must specify limits.cpu for: w',
            "run.resources",
        ),
    ],
)
def test_a_quota_without_room_is_told_with_its_numbers_and_is_no_matter_of_rights(
    said: str, problem: str, hint: str
) -> None:
    found = refusal("dev", said)
    assert found is not None
    (fault,) = found.faults
    assert (fault.code, fault.problem) == ("quota-exceeded", problem)
    assert hint in fault.hint
    assert "--context dev" in fault.hint


def test_what_is_about_something_else_is_no_refusal() -> None:
    assert refusal("", 'the server doesn\'t have a resource type "externalsecrets"') is None
    assert refusal("", 'Error from server (NotFound): deployments.apps "x" not found') is None
    assert refusal("", "Error from server: etcdserver: request is too large") is None


CALLED = 'failed calling webhook "x": failed to call webhook: Post "https://x.y.svc:443/z": '


@pytest.mark.parametrize(
    "said",
    [
        f"{CALLED}dial tcp 10.0.0.1:443: connect: connection refused",
        f"{CALLED}context deadline exceeded",
        f"{CALLED}tls: failed to verify certificate: x509: certificate signed by unknown authority",
        f'{CALLED}an error on the server ("<html>',
        'admission webhook "v.x" denied the request: image of an unauthorized registry',
        'admission webhook "v.x" denied the request: port 9 refused',
        'ValidatingAdmissionPolicy "a" with binding "b" denied request: latest is forbidden',
    ],
)
def test_what_a_webhook_or_a_policy_says_is_no_word_of_the_cluster_about_itself(said: str) -> None:
    assert refusal("", f"Error from server (InternalError): Internal error occurred: {said}") is None
    assert refusal("", f"helm: UPGRADE FAILED: {said}") is None


RELAYED = 'Internal error occurred: failed calling webhook "x": Post "https://x.y.svc:443/z": EOF'


@pytest.mark.parametrize(
    ("said", "unanswered"),
    [
        ('UPGRADE FAILED: Get "https://127.0.0.1:1/api": dial tcp 127.0.0.1:1: connection refused', True),
        ('error when patching "STDIN": Patch "https://127.0.0.1:1/x?force=true": EOF', True),
        ("pod orders-test failed", False),
        ("timed out waiting for the condition", False),
        (f"Error from server (InternalError): {RELAYED}", False),
        (RELAYED, False),
    ],
)
def test_what_no_server_has_answered_is_told_apart_from_what_one_passes_on(
    said: str, unanswered: bool
) -> None:
    assert answers.is_unanswered(said) is unanswered


ODD = ("", "<html>", "[]", "null", "7", '"x"', '{"a":1}', '{"items":null}', '{"items":[[]]}', "{", "[" * 9999)
QUIET = frozenset(
    {"certificate", "service", "ground", "resource", "definitions"}
    | {"handover", "class", "objects", "place"}
)
"""Who says nothing at all of what is not there."""


@pytest.mark.parametrize("text", ODD)
def test_an_answer_that_no_api_server_gives_is_told_as_one_by_each_who_reads_objects(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    def answered(*_: object, **__: object) -> process.Completed:
        return process.Completed(0, text, "")

    monkeypatch.setattr(kubectl, "run", answered)
    monkeypatch.setattr(process, "run", answered)
    monkeypatch.setattr(ways, "to", lambda *_: None)
    at = examples.target()
    readers: dict[str, Callable[[], object]] = {
        "document": lambda: answers.document("", text),
        "items": lambda: answers.items("", text),
        "certificate": lambda: CertificateSecrets({}).look(at, "Secret", "tls", "acme"),
        "readers": lambda: CertificateSecrets({}).reading(at, "tls", ""),
        "service": lambda: pods_behind({}, at, "web", 1),
        "components": lambda: Parts({}).pods(at, {}),
        "resource": lambda: Parts({}).resource(at, Condition(resource="x", name="y", json={})),
        "definitions": lambda: Definitions({}).definitions(at, ("x",)),
        "known": lambda: Definitions({}).known(at),
        "handover": lambda: HandoverJobs({}).find(at, "x"),
        "kinds": lambda: HandoverJobs({}).kinds(at, [{"apiVersion": "v1", "kind": "Pod"}]),
        "deployments": lambda: Kubernetes({}).deployments(at),
        "troubles": lambda: Pods({}).troubles(at),
        "claims": lambda: Volumes({}).claims(at, "data"),
        "class": lambda: Volumes({}).grows(at, "standard"),
        "ground": lambda: Namespaces({}).ground(at),
        "objects": lambda: Objects({})._autoscalers(at),
        "marks": lambda: ClusterAnchors({}).marks(at),
        "drafts": lambda: ReleasePods({}).pods(at),
        "place": lambda: DevelopersPlaces({}).place(at),
        "places": lambda: DevelopersPlaces({}).all(at),
    }
    for name, reader in readers.items():
        if not text and name in QUIET:
            continue
        with pytest.raises(ToolFailed) as caught:
            reader()
        fault = caught.value.faults[0]
        assert (name, fault.code) == (name, "not-kubernetes")
        assert "is a proxy or a login page before it?" in fault.hint


def test_labels_are_a_mapping_whatever_they_are_called_and_none_are_an_empty_one() -> None:
    assert answers.mapping("", '{"owner": "helm", "metadata": "x"}') == {"owner": "helm", "metadata": "x"}
    assert answers.mapping("", "") == {}
    with pytest.raises(ToolFailed, match="no API server of Kubernetes"):
        answers.mapping("", "<html>")


@pytest.mark.parametrize("text", ["", "[]", "null", '{"status": {"incomplete": true}}', '{"status": 3}'])
def test_what_tells_no_rules_is_none(text: str) -> None:
    assert read(text) is None


def test_what_an_account_lacks_is_told_in_a_few_words() -> None:
    everything = frozenset("*")
    assert lacking((Rule(everything, everything, everything),)) == ""
    assert lacking(()).endswith("; and 4 more")
    assert lacking((Rule(everything, everything, frozenset({"secrets"})),)).startswith(
        "get, list, watch pods"
    )


def test_who_may_not_look_is_told_apart_from_who_is_answered_by_a_stranger() -> None:
    answers.require_kubernetes("", 'Error from server (Forbidden): nodes is forbidden: User "u" cannot list')
    with pytest.raises(ToolFailed, match="no API server of Kubernetes"):
        answers.require_kubernetes("", "serializer for text/html doesn't exist")
