"""What an archive holds, and what is none."""

from __future__ import annotations

import io
import tarfile
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from pipelinekit.adapters.cluster import kubectl
from pipelinekit.adapters.cluster.charts import complaints, helm
from pipelinekit.adapters.cluster.charts.helm import Helm
from pipelinekit.adapters.running import process
from pipelinekit.errors import CheckFailed, PipelinekitError, ToolFailed, failed
from pipelinekit.model.release import Target
from tests import examples


def archive(folder: Path, content: bytes) -> Path:
    made = folder / "shop-1.0.0.tgz"
    with tarfile.open(made, "w:gz") as into:
        about = tarfile.TarInfo("shop/Chart.yaml")
        about.size = len(content)
        into.addfile(about, io.BytesIO(content))
    return made


def test_the_texts_that_are_asked_for(tmp_path: Path) -> None:
    assert Helm({}).texts(archive(tmp_path, b"name: caf\xc3\xa9"), ["Chart.yaml", "x"]) == {
        "Chart.yaml": "name: café"
    }


def test_a_text_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match=r"shop-1.0.0.tgz has a text that is not UTF-8"):
        Helm({}).texts(archive(tmp_path, b"name: caf\xe9"), ["Chart.yaml"])


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b\x08\x00cut"])
def test_what_is_no_archive_is_told(tmp_path: Path, content: bytes) -> None:
    made = tmp_path / "shop-1.0.0.tgz"
    made.write_bytes(content)
    with pytest.raises(ToolFailed, match=r"shop-1.0.0.tgz cannot be unpacked"):
        Helm({}).texts(made, ["Chart.yaml"])


@pytest.mark.parametrize(
    ("said", "code", "step"),
    [
        ("kubernetes cluster unreachable: unable to parse the server version: invalid character '<'", 1, 0),
        ("query: failed to query with labels: serializer for text/html doesn't exist", 1, 0),
        (
            "list: failed to list: json parse error: unexpected end of JSON input",
            1,
            0,
        ),
        ("invalid character 'x' looking for beginning of value", 0, 1),
        ("illegal base64 data at input byte 4", 0, 1),
    ],
)
def test_a_damaged_record_is_what_helm_has_read_and_nothing_that_a_proxy_says(
    said: str, code: int, step: int
) -> None:
    fault = complaints.cluster_failed(examples.target(), said).faults[0]
    assert (fault.code, "damaged" in fault.hint) == (("cluster-failed", "not-kubernetes")[code], bool(step))


def test_of_helms_words_none_speaks_of_an_option_that_nobody_can_give() -> None:
    said = "Error: execution error at (web/templates/a.yaml:1:3): no digest\n\n"
    said += "Use --debug flag to render out invalid YAML\n"
    done = process.Completed(1, "", said)
    assert complaints.whole(done) == "execution error at (web/templates/a.yaml:1:3): no digest"


@pytest.mark.parametrize(
    ("version", "there"),
    [
        (process.Completed(0, "Server Version: v1.34.4\n", ""), True),
        (process.Completed(1, "", 'error: User "ada" cannot get path "/version"\n'), True),
        (process.Completed(1, "", 'server version error: could not parse "" as version\n'), False),
    ],
    ids=["an API server", "one that does not say its version", "somebody else"],
)
def test_nothing_is_installed_only_where_an_api_server_says_so(
    monkeypatch: pytest.MonkeyPatch, version: process.Completed, there: bool
) -> None:
    """Helm takes the `null` of whoever answers for a list without releases."""
    none = process.Completed(1, "", "Error: release: not found\n")
    monkeypatch.setattr(helm, "ask", lambda *_, **__: none)
    monkeypatch.setattr(kubectl, "run", lambda *_, **__: version)
    with nullcontext() if there else pytest.raises(ToolFailed, match="is no API server of Kubernetes"):
        assert Helm({}).state(examples.target()) is None


def test_who_answers_is_asked_once_for_many_releases_that_are_not_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    now = [0.0]

    def version(_: object, target: Target, __: str) -> process.Completed:
        asked.append(target.context)
        return process.Completed(0, "Server Version: v1.34.4\n", "")

    monkeypatch.setattr(helm, "ask", lambda *_, **__: process.Completed(1, "", "Error: release: not found\n"))
    monkeypatch.setattr(kubectl, "run", version)
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    one, other = (replace(examples.target(), context=context) for context in "ab")
    mine = Helm({})
    for target in (one, one, other, one):
        assert mine.state(target) is None
    assert asked == ["a", "b"]
    now[0] = 60.0
    mine.state(one)
    assert asked == ["a", "b", "a"]


def test_what_a_test_s_pod_said_last_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    out = "Phase: Failed\n\nPOD LOGS: store-test\none\nno answer: timeout\n\nPOD LOGS: store-idle\n"
    failed_test = process.Completed(1, out, "Error: 1 error occurred:\n\t* pod store-test failed\n")
    monkeypatch.setattr(process, "watch", lambda *_, **__: failed_test)
    monkeypatch.setattr(Helm, "state", lambda *_: None)
    with pytest.raises(CheckFailed) as caught:
        Helm({}).test(examples.target(), lambda _: None)
    (fault,) = caught.value.faults
    assert fault.problem.endswith("pod store-test failed"), "a log is nothing for the ledger"
    said, step = fault.hint.splitlines()
    assert said == "store-test said last: no answer: timeout"
    assert step.endswith("describe pods")


@pytest.mark.parametrize(
    ("err", "back", "kind"),
    [
        ('Error: Get "https://127.0.0.1:1/api/v1/pods": dial tcp: connection refused\n', True, ToolFailed),
        ("Error: context deadline exceeded\n", False, ToolFailed),
        ("Error: 1 error occurred:\n\t* pod orders-test failed\n", True, CheckFailed),
    ],
)
def test_a_cluster_that_does_not_answer_has_failed_no_test(
    monkeypatch: pytest.MonkeyPatch, err: str, back: bool, kind: type[PipelinekitError]
) -> None:
    def state(*_: object) -> None:
        if not back:
            raise failed("cluster-unreachable", "the cluster does not answer")

    monkeypatch.setattr(process, "watch", lambda *_, **__: process.Completed(1, "", err))
    monkeypatch.setattr(Helm, "state", state)
    with pytest.raises(kind):
        Helm({}).test(examples.target(), lambda _: None)


def test_who_is_not_to_watch_is_told_so_in_the_words_of_each_helm(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[list[str]] = []

    def old(argv: list[str], **_: object) -> process.Completed:
        asked.append(argv)
        if "--server-side" in argv:
            return process.Completed(1, "", "Error: unknown flag: --server-side")
        return process.Completed(0, '{"version": 1, "info": {"status": "deployed"}}', "")

    monkeypatch.setattr(process, "watch", old)
    given = (examples.target(), archive(tmp_path, b"name: shop"), ["{}"])
    Helm({}).install(*given, timeout=9, hopeless=bool, watched=False)
    (new, older) = asked
    # Of two words on one thing Helm takes the last; an old one must stumble before it reads that.
    assert new.index("--wait") < new.index("--server-side") < new.index("--wait=legacy")
    assert "--wait" in older
    assert "--wait=legacy" not in older
