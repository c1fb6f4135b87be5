"""What Alertmanager itself makes of the configuration that its chart renders."""

from __future__ import annotations

import http.client
import json
import re
import socket
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from tests.charts.alertmanager import CHART, Made, configured, maker
from tests.charts.helm import Helm, Object
from tests.pages.charts import CHARTS
from tests.real.kube import eventually
from tests.testbed import tools
from tests.testbed.layout import Layout


@pytest.fixture(scope="module")
def made(helm: Helm, whole: Callable[[Path], Path]) -> Made:
    return maker(helm, whole(CHART))


@pytest.fixture(scope="module")
def program() -> Path:
    """The program alertmanager, with amtool beside it."""
    return tools.alertmanager(Layout.from_environment())


def asked(program: Path, *words: str) -> str:
    """What amtool says."""
    done = subprocess.run(
        [str(program.with_name("amtool")), *words], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("file", ["single-node", "production"])
def test_the_program_takes_it(made: Made, program: Path, tmp_path: Path, file: str) -> None:
    said = asked(program, "check-config", str(configured(made({}, file), tmp_path)))
    assert "1 templates" in said


ROUTES = {
    "team=payments namespace=elsewhere": "payments",
    "team=shop": "on-call",
    # As kube-state-metrics tells of its pods.
    "namespace=payments-staging alertname=PodPending": "payments",
    # The label goes before the namespace, whosever that is.
    "team=shop namespace=payments": "on-call",
    "namespace=payments-other": "platform",
    "team=unknown": "platform",
    "alertname=BackupTooOld namespace=openbao": "platform",
    "alertname=Watchdog": "platform/watchdog",
}


@pytest.mark.parametrize(("labels", "receiver"), ROUTES.items(), ids=ROUTES)
def test_each_is_told_what_is_theirs(
    made: Made, program: Path, tmp_path: Path, labels: str, receiver: str
) -> None:
    file = configured(made({}), tmp_path)
    assert asked(program, "config", "routes", "test", f"--config.file={file}", *labels.split()) == receiver


@pytest.mark.parametrize("labels", ["alertname=Watchdog", "namespace=x"])
def test_who_names_nobody_has_nobody_told(made: Made, program: Path, tmp_path: Path, labels: str) -> None:
    file = configured(made({}, "single-node"), tmp_path)
    said = asked(program, "config", "routes", "test", f"--config.file={file}", labels)
    assert said == "platform/nobody"
    (nobody,) = yaml.safe_load(file.read_text())["receivers"]
    assert nobody == {"name": "platform/nobody"}


def test_a_chat_reads_what_is_wrong_and_what_to_do(made: Made, program: Path, tmp_path: Path) -> None:
    configured(made({}), tmp_path)
    down = {"status": "firing", "annotations": {"summary": "Down", "next": "Look"}}
    said = chatted(program, tmp_path, down, {**down, "status": "resolved"})
    assert said == ["Down", "Next: Look", "Down", "It is over."]


def test_a_chat_reads_no_links_of_anybody_s_target(made: Made, program: Path, tmp_path: Path) -> None:
    chats = [{"name": "platform", "slacks": [{"secret": "chat", "key": "url"}]}]
    file = configured(made({"receivers": chats, "teams": []}), tmp_path)
    assert file.read_text().count('{{ template "platform.title" . }}') == 2
    alert = {"status": "firing", "annotations": {"summary": "<https://a.example|log in>", "next": "&lt;"}}
    assert chatted(program, tmp_path, alert) == ["&lt;https://a.example|log in&gt;", "Next: &amp;lt;"]
    assert chatted(program, tmp_path, alert, template="title") == ["FIRING: Down &lt;!here&gt;"]


def chatted(program: Path, folder: Path, *alerts: Object, template: str = "text") -> list[str]:
    """The lines that a chat gets."""
    data = {"alerts": alerts, "status": "firing", "groupLabels": {"alertname": "Down", "job": "<!here>"}}
    (folder / "data.json").write_text(json.dumps(data))
    texts, given = f"--template.glob={folder}/*.tmpl", f"--template.data={folder}/data.json"
    wanted = f'--template.text={{{{ template "platform.{template}" . }}}}'
    return asked(program, "template", "render", texts, given, wanted).splitlines()


@contextmanager
def running(program: Path, file: Path, folder: Path) -> Iterator[str]:
    """The program with a configuration; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    words = [f"--config.file={file}", f"--storage.path={folder}", f"--web.listen-address={address}"]
    command = [str(program), *words, "--cluster.listen-address="]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            assert eventually(lambda: server.poll() is None and answers(address), 30)
            yield address
        finally:
            server.terminate()


def answers(address: str) -> bool:
    """Whether it is ready."""
    try:
        with urllib.request.urlopen(f"http://{address}/-/ready", timeout=5):
            return True
    except OSError:
        return False


def quiet(address: str) -> set[str]:
    """The alerts that follow from others, with what they are of."""
    with urllib.request.urlopen(f"http://{address}/api/v2/alerts", timeout=5) as answer:
        alerts = json.load(answer)
    return {
        f"{each['labels']['alertname']} {each['labels']['n']}"
        for each in alerts
        if each["status"]["inhibitedBy"]
    }


def test_what_follows_from_another_is_not_told(made: Made, program: Path, tmp_path: Path) -> None:
    pod, claim = {"namespace": "a", "pod": "x"}, {"namespace": "a", "persistentvolumeclaim": "x"}
    alerts: list[tuple[str, dict[str, str]]] = [
        ("NodeNotReady", {"n": "1", "node": "one"}),
        ("TargetDown", {"n": "1", "node": "one"}),
        ("TargetDown", {"n": "2", "node": "two"}),
        # Of the cluster's own targets nothing says on which node they are.
        ("TargetDown", {"n": "3"}),
        ("BackupTooOld", {"n": "1", "node": "one"}),
        ("PodCannotStart", {"n": "1", **pod}),
        ("PodPending", {"n": "1", **pod}),
        ("PodCrashLooping", {"n": "1", **pod}),
        ("PodPending", {"n": "2", **pod, "namespace": "b"}),
        ("VolumeNearlyFull", {"n": "1", **claim}),
        ("VolumeFullInFourDays", {"n": "1", **claim}),
        ("VolumeFullInFourDays", {"n": "2", **claim, "persistentvolumeclaim": "y"}),
    ]
    names = {
        each["alert"]
        for file in (CHARTS / "prometheus/chart/files/rules").iterdir()
        for each in yaml.safe_load(file.read_text())["groups"][0]["rules"]
    }
    assert {name for name, _ in alerts} < names
    file = configured(made({}, "single-node"), tmp_path)
    said = yaml.safe_load(file.read_text())["inhibit_rules"]
    matchers = [one for each in said for one in (*each["source_matchers"], *each["target_matchers"])]
    assert {*re.findall(r"\w+", " ".join(matchers))} - {"alertname"} < names
    with running(program, file, tmp_path) as address:
        body = json.dumps([{"labels": {"alertname": name, **labels}} for name, labels in alerts]).encode()
        connection = http.client.HTTPConnection(address, timeout=10)
        connection.request("POST", "/api/v2/alerts", body, {"Content-Type": "application/json"})
        assert connection.getresponse().status == 200
        connection.close()
        wanted = {"TargetDown 1", "PodPending 1", "PodCrashLooping 1", "VolumeFullInFourDays 1"}
        assert eventually(lambda: quiet(address) == wanted, 15), quiet(address)
