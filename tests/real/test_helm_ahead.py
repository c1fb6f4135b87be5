"""A Helm that was begun ahead changes nothing until it is let in, and is gone with the one who began it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import uuid4

import pytest

from pipelinekit.adapters.cluster.charts import doors
from pipelinekit.adapters.cluster.charts.helm import Helm
from pipelinekit.cli.wiring import ahead
from pipelinekit.errors import ToolFailed
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.release import Target
from tests.real.app import eventually

CHART = {
    "Chart.yaml": "apiVersion: v2\nname: one\nversion: 1.0.0\n",
    "values.yaml": "word: none\n",
    "templates/one.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\n"
    "data: {word: {{ .Values.word | quote }}}\n",
}
BEGUN = """\
import sys, time
from pathlib import Path
from tests.real.test_helm_ahead import target
from pipelinekit.adapters.cluster.charts.helm import Helm
archive, namespace, context = sys.argv[1:]
with Helm({}).ready(target(namespace, context), Path(archive), 1, timeout=60):
    print("begun", flush=True)
    time.sleep(300)
"""


def target(namespace: str, context: str) -> Target:
    environment = Environment(name="dev", cluster="c", namespace=namespace)
    return Target(environment=environment, context=context, namespace=namespace, name="one")


class Place:
    """A namespace, the archive of a chart, and Helm."""

    def __init__(self, folder: Path, env: Mapping[str, str]) -> None:
        self.namespace = f"ahead-{uuid4().hex[:8]}"
        self.target = target(self.namespace, env["PK_TESTBED_CONTEXT"])
        self.archive = folder / "one-1.0.0.tgz"
        for name, text in CHART.items():
            (folder / "one" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "one" / name).write_text(text)
        subprocess.run(["helm", "package", "one"], cwd=folder, check=True, capture_output=True)
        self.helm = Helm({})

    def install(self, word: str) -> int:
        values = [f"word: {word}"]
        given = (self.target, self.archive, values)
        return self.helm.install(*given, timeout=60, hopeless=lambda: False).revision

    def word(self) -> str:
        """What is in the cluster; empty where there is nothing."""
        words = ("get", "configmap", "one", "--ignore-not-found", "--output", "jsonpath={.data.word}")
        return _kubectl("--namespace", self.namespace, *words)


def _kubectl(*words: str) -> str:
    return subprocess.run(["kubectl", *words], check=True, capture_output=True, text=True).stdout


@pytest.fixture
def place(testbed: Mapping[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    for name, value in testbed.items():
        monkeypatch.setenv(name, value)
    made = Place(tmp_path, testbed)
    _kubectl("create", "namespace", made.namespace)
    yield made
    _kubectl("delete", "namespace", made.namespace, "--wait=false")


def _helms(namespace: str) -> list[int]:
    """The processes of Helm that work in the namespace."""
    done = subprocess.run(
        ["pgrep", "-f", f"helm upgrade.*{namespace}"], capture_output=True, text=True, check=False
    )
    return [int(each) for each in done.stdout.split() if Path("/proc", each, "cmdline").exists()]


@pytest.mark.parametrize("before", ["", "old"])
def test_it_waits_until_it_is_let_in_and_does_then_what_was_asked(place: Place, before: str) -> None:
    if before:
        place.install(before)
    with place.helm.ready(place.target, place.archive, 1, timeout=60):
        (process,) = _helms(place.namespace)
        time.sleep(1.5)
        assert place.word() == before
        assert place.install("new") == (2 if before else 1)
        assert not Path("/proc", str(process)).exists(), "it was this one"
        assert place.word() == "new"
    assert place.install("newer") == (3 if before else 2)


def test_with_more_values_another_one_acts_and_this_one_is_gone(place: Place) -> None:
    with place.helm.ready(place.target, place.archive, 2, timeout=60):
        assert len(_helms(place.namespace)) == 1
        assert place.install("other") == 1
    assert _helms(place.namespace) == []
    assert place.word() == "other"


@pytest.mark.parametrize("before", ["", "old"])
def test_the_chart_and_its_values_may_be_made_while_it_waits(place: Place, before: str) -> None:
    if before:
        place.install(before)
    chart = place.archive.rename(place.archive.with_suffix(".made"))
    with (
        place.helm.ready(place.target, place.archive, 2, timeout=60),
        place.helm.ready_to_render(place.target, place.archive, 2),
    ):
        (process,) = _helms(place.namespace)
        time.sleep(1.0)
        chart.rename(place.archive)
        given = (place.target, place.archive, ["word: lower", "word: upper"])
        assert place.helm.is_ready(place.target, place.archive, 2, timeout=60)
        rendered = place.helm.render(place.archive, place.target, given[2])
        assert Helm({}).render(place.archive, place.target, given[2]) == rendered
        assert "upper" in rendered
        assert place.word() == before
        assert place.helm.install(*given, timeout=60, hopeless=lambda: False).status == "deployed"
        assert not Path("/proc", str(process)).exists(), "it was this one"
        assert place.word() == "upper"


def test_a_chart_that_helm_refuses_is_refused_as_without_one_that_waits(place: Place) -> None:
    place.archive.write_bytes(b"no archive")
    given = (place.archive, place.target, ["word: new"])
    with place.helm.ready_to_render(place.target, place.archive, 1), pytest.raises(ToolFailed) as ahead_of:
        place.helm.render(*given)
    with pytest.raises(ToolFailed) as alone:
        Helm({}).render(*given)
    assert str(ahead_of.value) == str(alone.value)


def test_begun_in_a_worker_it_waits_as_long_as_the_worker_is_there(place: Place) -> None:
    with ahead.opened() as early:
        given = (place.target, place.archive, 1)
        early.begin("helm", lambda: early.keep(place.helm.ready(*given, timeout=60)) or True)
        assert early.take("helm")
        time.sleep(1.0)
        assert len(_helms(place.namespace)) == 1
        assert place.install("new") == 1
    assert place.word() == "new"


def test_what_is_begun_after_the_end_is_not_left_open(place: Place) -> None:
    with ahead.opened() as early:
        pass
    with pytest.raises(RuntimeError, match="ended"):
        early.keep(place.helm.ready(place.target, place.archive, 1, timeout=60))
    assert _helms(place.namespace) == []


def test_one_that_has_waited_too_long_is_replaced(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with place.helm.ready(place.target, place.archive, 1, timeout=60):
        (first,) = _helms(place.namespace)
        monkeypatch.setattr(doors, "OLD", 0.0)
        assert not place.helm.is_ready(place.target, place.archive, 1, timeout=60)
        assert place.install("new") == 1
        assert not Path("/proc", str(first)).exists()
    assert place.word() == "new"


def test_a_release_that_is_removed_while_it_waits_is_installed_anew(place: Place) -> None:
    place.install("old")
    with place.helm.ready(place.target, place.archive, 1, timeout=60):
        time.sleep(1.5)
        words = ["helm", "uninstall", "one", "--namespace", place.namespace]
        subprocess.run(words, check=True, capture_output=True)
        assert place.install("new") == 1
    assert place.word() == "new"


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_who_is_killed_takes_it_along_and_nothing_is_done(place: Place, how: signal.Signals) -> None:
    words = [sys.executable, "-c", BEGUN, str(place.archive), place.namespace, place.target.context]
    with subprocess.Popen(words, stdout=subprocess.PIPE, env={**os.environ}) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        time.sleep(1.0)
        assert len(_helms(place.namespace)) == 1
        process.send_signal(how)
        process.wait()
    assert eventually(lambda: _helms(place.namespace) == [])
    assert place.word() == ""
    records = ("get", "secrets", "--selector", "owner=helm", "--output", "name")
    assert _kubectl("--namespace", place.namespace, *records) == ""


def test_a_helm_that_ends_before_the_door_is_replaced(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    kubeconfig = os.environ["KUBECONFIG"]
    monkeypatch.setenv("KUBECONFIG", str(place.archive))
    with place.helm.ready(place.target, place.archive, 1, timeout=60):
        assert eventually(lambda: _helms(place.namespace) == [])
        monkeypatch.setenv("KUBECONFIG", kubeconfig)
        assert place.install("new") == 1
    assert place.word() == "new"
