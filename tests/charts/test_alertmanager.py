"""Alertmanager's chart: what the program itself makes of its configuration, and what its values may say."""

from __future__ import annotations

import http.client
import json
import re
import socket
import subprocess
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.charts.helm import Helm, Object, check_refused, containers_of, pod_of, template_of
from tests.pages.charts import CHARTS
from tests.real.kube import eventually
from tests.testbed import tools
from tests.testbed.layout import Layout

CHART = CHARTS / "alertmanager" / "chart"
Made = Callable[..., list[Object]]


@pytest.fixture(scope="module")
def made(helm: Helm, whole: Callable[[Path], Path]) -> Made:
    """`made(values, file)`: what the chart renders with values over those of `ci/`."""
    chart = whole(CHART)

    def of(values: Mapping[str, Any], file: str = "production") -> list[Object]:
        return helm.objects(
            chart, values, files=[chart / "ci" / f"{file}-values.yaml"], release="alertmanager"
        )

    return of


@pytest.fixture(scope="module")
def program() -> Path:
    """The program alertmanager, with amtool beside it."""
    return tools.alertmanager(Layout.from_environment())


def configured(objects: list[Object], folder: Path) -> Path:
    """The configuration, in a folder where the program finds what belongs to it."""
    (files,) = [each["data"] for each in objects if "alertmanager.yml" in each.get("data", {})]
    for name, text in files.items():
        (folder / name).write_text(text.replace("/etc/alertmanager/", f"{folder}/"))
    return folder / "alertmanager.yml"


def server_of(objects: list[Object]) -> Object:
    (server,) = [each for each in objects if each["kind"] == "StatefulSet"]
    return server


def asked(program: Path, *words: str) -> str:
    """What amtool says."""
    done = subprocess.run(
        [str(program.with_name("amtool")), *words], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


# --- the program ----------------------------------------------------------------------------------


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


# --- secrets --------------------------------------------------------------------------------------


def test_what_is_secret_is_named_by_its_file_and_each_file_is_there(made: Made, tmp_path: Path) -> None:
    objects = made({})
    text = configured(objects, tmp_path).read_text()
    keys = re.findall(r"\b(\w*(?:url|password|credentials)\w*):", text)
    assert keys
    assert all(each.endswith("_file") for each in keys)
    pod = pod_of(server_of(objects))
    (volume,) = [each["projected"] for each in pod["volumes"] if each["name"] == "secrets"]
    there = {
        f"/secrets/{item['path']}": (each["secret"]["name"], item["key"])
        for each in volume["sources"]
        for item in each["secret"]["items"]
    }
    assert set(re.findall(r"/secrets/[^\"]+", text)) == set(there)
    assert there["/secrets/pager/token"] == ("pager", "token")
    assert len({each["secret"]["name"] for each in volume["sources"]}) == len(volume["sources"])
    pod = pod_of(server_of(made({}, "single-node")))
    assert [each["name"] for each in pod["volumes"]] == ["configuration"]


# --- values ---------------------------------------------------------------------------------------

CHAT = {"name": "chat", "webhooks": [{"secret": "chat", "key": "url"}]}
TOLD: dict[str, dict[str, Any]] = {
    "receiver: there is no receiver caht; there are: chat": {"receivers": [CHAT], "receiver": "caht"},
    "receiver: there is no receiver chat; there are: none": {"receiver": "chat"},
    "teams: shop: there is no receiver x; there are: chat": {
        "receivers": [CHAT],
        "teams": [{"name": "shop", "receiver": "x"}],
    },
    "teams: shop is there twice": {
        "receivers": [CHAT],
        "teams": [{"name": "shop", "receiver": "chat"}] * 2,
    },
    "receivers: chat is there twice": {"receivers": [CHAT, CHAT]},
    "receivers: mail gets emails: give email.host and email.from": {
        "receivers": [{"name": "mail", "emails": [{"to": "a@b.c"}]}]
    },
}


@pytest.mark.parametrize(("why", "values"), TOLD.items(), ids=TOLD)
def test_what_would_keep_it_from_starting_is_told_before(
    helm: Helm, whole: Callable[[Path], Path], why: str, values: dict[str, Any]
) -> None:
    chart = whole(CHART)
    file = chart / "ci" / "single-node-values.yaml"
    said = helm.run("template", "x", str(chart), "--values", str(file), values=values)
    assert said.code != 0
    assert why in said.err


WRONG: list[dict[str, Any]] = [
    {"receivers": [{"name": "nobody"}]},
    {"receivers": [{"name": "platform/nobody", "emails": [{"to": "a@b.c"}]}]},
    {"receivers": [{"name": "x", "webhooks": [{"secret": "a", "key": "b", "url": "https://c.example.com"}]}]},
    {"receivers": [{"name": "x", "webhooks": [{"secret": "a"}]}]},
    {"receivers": [{"name": "x", "webhooks": [{"secret": "a", "key": "../b"}]}]},
    {"receivers": [{"name": "x", "webhooks": []}]},
    {"receivers": [{"name": "x", "slacks": [{"secret": "a", "key": "b", "channel": "{{ x }}"}]}]},
    {"receivers": [{"name": "x", "emails": [{"to": "{{ x }}@b.c"}]}]},
    {"teams": [{"name": "x", "receiver": "y", "namespaces": ["a|.*"]}]},
    {"email": {"host": "smtp.example.com"}},
    {"email": {"password": "word"}},
    {"group": {"by": []}},
    {"group": {"wait": "30"}},
    {"address": "javascript:x"},
    {"replicas": 0},
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda each: json.dumps(each)[:60])
def test_a_wrong_value_is_refused(helm: Helm, whole: Callable[[Path], Path], wrong: dict[str, Any]) -> None:
    check_refused(helm, whole(CHART), wrong)


def test_each_server_knows_all_of_them_and_no_other_cluster(made: Made) -> None:
    (container,) = containers_of(server_of(made({})))
    peers = [each for each in container["command"] if each.startswith("--cluster.peer=")]
    wanted = [f"--cluster.peer=alertmanager-{place}.alertmanager-internal:9094" for place in range(3)]
    assert peers == wanted
    assert "--cluster.label=somewhere/alertmanager" in container["command"]


@pytest.mark.parametrize("more", [{"receiver": "payments"}, {"group": {"repeat": "1h"}}])
def test_another_configuration_is_another_pod(made: Made, more: dict[str, Any]) -> None:
    before, after = (
        template_of(server_of(made(each)))["metadata"]["annotations"]["pipelinekit.dev/configuration"]
        for each in ({}, more)
    )
    assert before != after
