"""kubectl and Helm that print something else than Kubernetes has: an error with a next step."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelinekit.adapters.certificates import servers
from pipelinekit.adapters.cluster import (
    anchors,
    answers,
    definitions,
    handovers,
    kubernetes,
    objects,
    parts,
    printed,
    shapes,
)
from pipelinekit.adapters.cluster.charts import history, undo
from pipelinekit.adapters.cluster.ground import addresses, contexts, inspection, namespaces, places, volumes
from pipelinekit.adapters.cluster.pods import drafts, running, workloads
from pipelinekit.adapters.running import process
from pipelinekit.errors import PipelinekitError, ToolFailed
from pipelinekit.model.platform.document import Cluster
from pipelinekit.model.rollout.component import Condition
from tests import examples
from tests.hostile.spoiled import DEEP

TARGET = examples.target()
UP = Condition(resource="x", name="it", json={})
A_POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "it"}}

ASK: dict[str, Callable[[], object]] = {
    "certificates' servers": lambda: servers.pods_behind({}, TARGET, "s", 443),
    "the ledger's marks": lambda: anchors.ClusterAnchors({}).marks(TARGET),
    "definitions": lambda: definitions.Definitions({}).definitions(TARGET, ["a.b"]),
    "all definitions": lambda: definitions.Definitions({}).known(TARGET),
    "a Job": lambda: handovers.HandoverJobs({}).find(TARGET, "it"),
    "kinds": lambda: handovers.HandoverJobs({}).kinds(TARGET, [A_POD]),
    "a Job's words": lambda: handovers.HandoverJobs({}).said(TARGET, "it"),
    "kubectl's version": lambda: kubernetes.Kubernetes({}).version(),
    "a server's version": lambda: kubernetes.Kubernetes({}).ping("c"),
    "Deployments": lambda: kubernetes.Kubernetes({}).deployments(TARGET),
    "tasks": lambda: kubernetes.Kubernetes({}).tasks(TARGET),
    "a record's labels": lambda: kubernetes.Kubernetes({}).release_labels(TARGET, 1),
    "objects": lambda: objects.Objects({}).look(TARGET, json.dumps(A_POD)),
    "a component's pods": lambda: parts.Parts({}).pods(TARGET, {"a": "b"}),
    "a component's object": lambda: parts.Parts({}).resource(TARGET, UP),
    "addresses": lambda: addresses.of({}, TARGET),
    "a kubeconfig": lambda: contexts.Contexts({}).all(),
    "access": lambda: inspection.Inspector({})._reviews(TARGET, "X", [{}]),
    "a namespace": lambda: namespaces.Namespaces({}).ground(TARGET),
    "a developer's namespace": lambda: places.DevelopersPlaces({}).place(TARGET),
    "developers' namespaces": lambda: places.DevelopersPlaces({}).all(TARGET),
    "what people made": lambda: places.DevelopersPlaces({}).left(TARGET),
    "claims": lambda: volumes.Volumes({}).claims(TARGET, "data"),
    "a class of volumes": lambda: volumes.Volumes({}).grows(TARGET, "fast"),
    "a draft's pods": lambda: drafts.ReleasePods({}).pods(TARGET),
    "what is wrong with pods": lambda: running.Pods({}).troubles(TARGET),
    "what a cluster runs": lambda: workloads.Workloads({}).running(Cluster(name="c")),
    "revisions": lambda: history.Releases({}).revisions(TARGET, 5),
    "the last good one": lambda: undo.last_good({}, TARGET),
    "a release": lambda: printed.release(process.check(["helm"])),
}
WORDS = "Switched to context prod\n"
PRINTED = {
    "words": WORDS,
    "words first": f'{WORDS}{{"items": []}}',
    "a text": '"x"',
    "a list": "[1]",
    "a list of lists": "[[]]",
    "a number": "7",
    "null": "null",
    "an empty object": "{}",
    "items that are none": '{"kind": "List", "items": 7}',
    "items without names": '{"kind": "List", "items": [{"metadata": {}}]}',
    "items that are texts": '{"kind": "List", "items": ["x"]}',
    "no metadata": '{"kind": "List", "items": [{"metadata": 3, "kind": "Pod"}], "resources": [3]}',
    "a status of one word": '{"kind": "List", "items": [{"metadata": {"name": "a"}, "status": "x"}]}',
    "half": '{"items": [{"meta',
    "deep": DEEP[1],
    "a version of one word": '{"clientVersion": "1", "serverVersion": "2", "kind": "X"}',
    "hooks of one word": '{"version": 1, "info": {"status": "deployed"}, "hooks": ["x"]}',
    "a hook without a kind": '{"version": 1, "info": {"status": "deployed"}, "hooks": [{"name": "x"}]}',
    "a revision without words": '[{"revision": 1}]',
}


def printing(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(process, "run", lambda *_, **__: process.Completed(0, text, ""))
    monkeypatch.setattr(process, "check", lambda *_, **__: text)


@pytest.mark.parametrize("text", PRINTED)
@pytest.mark.parametrize("who", ASK)
def test_what_is_no_answer_of_a_cluster_is_told_as_such(
    who: str, text: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    printing(monkeypatch, PRINTED[text])
    try:
        ASK[who]()
    except PipelinekitError as error:
        assert error.faults[0].hint  # noqa: PT017 - many have an answer to some of it


def test_the_first_words_are_shown_and_where_to_look() -> None:
    with pytest.raises(ToolFailed, match="no answer of a cluster: 'Switched to context prod'") as caught:
        printed.mapping(WORDS)
    assert "type -a kubectl" in caught.value.faults[0].hint


def test_what_kubernetes_prints_is_taken_as_it_is() -> None:
    pod = {**A_POD, "status": {}}
    # Somebody's own kind may say its status in one word, and be called a list.
    own = {**A_POD, "apiVersion": "example.com/v1", "kind": "AllowList", "status": "ready"}
    assert answers.items("c", json.dumps({"items": [pod, own]})) == [pod, own]
    assert answers.document("c", json.dumps(own)) == own
    assert answers.objects("c", json.dumps(pod)) == [pod]
    assert answers.streamed("c", f"{json.dumps(pod)}\n{json.dumps(own)}\n") == [pod, own]
    assert answers.resources("c", '{"resources": []}') == []
    assert shapes.is_answer({"kind": "Status", "status": "Failure", "details": {"name": "it"}})
