"""Alertmanager as a component, told by Prometheus: whom it tells, once, who reaches it, kills, silences."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.real.components import images, test_prometheus
from tests.real.components.callers import Caller, called
from tests.real.components.site import Site, image, made_site
from tests.real.kube import eventually

pytestmark = [pytest.mark.story, pytest.mark.matrix("components")]

NAME, TELLER, TEAM, PEOPLE = "alertmanager", "prometheus", "payments", "people"
SERVERS = [f"{NAME}-{place}" for place in range(2)]
AMTOOL = ("amtool", "--alertmanager.url=http://127.0.0.1:9093")
PORT = 8080

RECEIVER = """
import http.server, json
told = []
class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        told.append([self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))])
        self.send_response(200)
        self.end_headers()
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(told).encode())
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer(("", 8080), Receiver).serve_forever()
"""
ASK = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:8080', timeout=5).read().decode())"


def pod(
    site: Site,
    space: str,
    name: str,
    command: list[str],
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
) -> None:
    """A pod with Python in it, that runs."""
    found = image(site.env, "library/python:3.11-slim")
    container = {
        "name": "main",
        "image": f"{found['registry']}/{found['repository']}@{found['digest']}",
        "command": command,
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "runAsUser": 10001,
        },
    }
    spec = {
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 0,
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container],
    }
    metadata = {
        "name": name,
        "namespace": site.namespace(space),
        "labels": dict(labels or {}),
        "annotations": dict(annotations or {}),
    }
    site.apply({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
    site.kubectl(space, "wait", "--for=condition=Ready", f"pod/{name}", "--timeout=120s")


def dead(site: Site, name: str, labels: Mapping[str, str] | None = None) -> None:
    """A pod of the team's whose metrics nobody can read."""
    annotations = {"prometheus.io/scrape": "true", "prometheus.io/port": str(PORT)}
    pod(site, TEAM, name, ["sleep", "3600"], labels, annotations)


@dataclass(frozen=True)
class Told:
    """One call of the receiver."""

    path: str
    status: str
    pods: tuple[str, ...]
    team: str


def told(site: Site, path: str) -> list[Told]:
    """What somebody was told, in its order: the team's namespace alone, or whatever the path's is."""
    found: list[Told] = []
    for asked, body in json.loads(site.kubectl(PEOPLE, "exec", "receiver", "--", "python3", "-c", ASK)):
        labels = body["commonLabels"]
        pods = tuple(sorted(each["labels"].get("pod", "") for each in body["alerts"]))
        if asked == path:
            found.append(Told(asked, body["status"], pods, labels.get("team", "")))
    return found


def values(site: Site, found: Mapping[str, str]) -> dict[str, Any]:
    """What a small node gets, with people who do not wait for long."""
    return {
        "image": found,
        "mirror": site.env["PK_TESTBED_REGISTRY"],
        "storage": {"class": site.storage_class, "size": "1Gi"},
        "resources": {"cpu": "10m", "memory": "96Mi", "disk": "32Mi"},
        "receivers": [
            {"name": each, "webhooks": [{"secret": "chat", "key": each}]} for each in ("platform", "team")
        ],
        "receiver": "platform",
        "teams": [{"name": TEAM, "namespaces": [site.namespace(TEAM)], "receiver": "team"}],
        "watchdog": {"secret": "chat", "key": "watchdog", "every": "10s"},
        "group": {"wait": "15s", "interval": "10s", "repeat": "1h"},
    }


@pytest.fixture(scope="module")
def site(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    scratch = tmp_path_factory.mktemp("images")
    server, teller = images.alertmanager(testbed, scratch), images.prometheus(testbed, scratch)
    with made_site(tmp_path_factory.mktemp(NAME), testbed) as made:
        made.take(NAME, TELLER)
        charts = made.platform.folder / "platform-charts"
        rules = charts / TELLER / "chart/files/rules/targets.yaml"
        rules.write_text(rules.read_text().replace("for: 5m", "for: 10s"))
        made.space(TELLER, {"pipelinekit.dev/role": "monitoring"})
        for each in (NAME, TEAM, PEOPLE):
            made.space(each)
        for _ in range(4):
            made.volume()
        pod(made, PEOPLE, "receiver", ["python3", "-u", "-c", RECEIVER])
        address = made.kubectl(
            PEOPLE, "get", "pod", "receiver", "--output", "jsonpath={.status.podIP}"
        ).strip()
        where = {each: f"http://{address}:{PORT}/{each}\n" for each in ("platform", "team", "watchdog")}
        made.secret(NAME, "chat", **where)
        alerting = {"namespace": made.namespace(NAME)}
        asks = test_prometheus.values(made, image=teller, state={"enabled": False}, alerting=alerting)
        made.on(alertmanager=values(made, server), prometheus=asks)
        path = made.platform.folder / "platform.yaml"
        document = json.loads(path.read_text())
        document["components"][0]["reaches"] = [f"{address}/32:{PORT}"]
        path.write_text(json.dumps(document))
        made.deploy()
        yield made


def silenced(site: Site, server: str) -> bool:
    """Whether a server knows of the silence; False while it does not answer."""
    said = site.tried(NAME, "exec", server, "--", *AMTOOL, "silence", "query", "-q", "pod=quiet")
    return len(said.split()) == 1


def together(site: Site) -> bool:
    """Whether each server knows the other."""
    for each in SERVERS:
        said = site.tried(
            NAME, "exec", each, "--", "wget", "-q", "-O", "-", "http://127.0.0.1:9093/api/v2/status"
        )
        if said.count('"address":') != len(SERVERS) or '"status":"ready"' not in said:
            return False
    return True


def test_prometheus_tells_both_and_the_watchdog_is_called_again_and_again(site: Site) -> None:
    assert site.platform.states() == {NAME: "unchanged", TELLER: "unchanged"}
    assert eventually(lambda: together(site), 120)
    query = "prometheus_notifications_alertmanagers_discovered"
    assert eventually(lambda: [each["value"][1] for each in test_prometheus.asked(site, query)] == ["2"], 60)
    assert eventually(lambda: len(told(site, "/watchdog")) > 2, 90), told(site, "/watchdog")
    assert {each.status for each in told(site, "/watchdog")} == {"firing"}
    site.platform.must("verify")


def test_a_team_is_told_of_two_dead_targets_in_one_call(site: Site) -> None:
    labels = {"app.kubernetes.io/component": "web", "app.kubernetes.io/part-of": TEAM}
    for each in ("one", "two"):
        dead(site, each, labels)
    wanted = [Told("/team", "firing", ("one", "two"), TEAM)]
    assert eventually(lambda: told(site, "/team") == wanted, 120), told(site, "/team")
    assert not [each for each in told(site, "/platform") if {"one", "two"} & {*each.pods}]


@pytest.mark.parametrize("killed", SERVERS)
def test_while_one_is_killed_an_alert_is_told_once_and_a_silence_is_kept(site: Site, killed: str) -> None:
    if not silenced(site, killed):
        words = ("silence", "add", "--duration=1h", "--author=test", "--comment=quiet", "pod=quiet")
        site.kubectl(NAME, "exec", killed, "--", *AMTOOL, *words)
        dead(site, "quiet")
    assert eventually(lambda: all(silenced(site, each) for each in SERVERS), 30)
    before = told(site, "/team")
    site.kubectl(NAME, "delete", "pod", killed, "--grace-period=0", "--force")
    late = f"late-{killed[-1]}"
    # It has no label of a team's: its namespace says whose it is.
    dead(site, late)
    assert eventually(lambda: _of(site, late) != [], 120), told(site, "/team")
    assert eventually(lambda: together(site) and silenced(site, killed), 120)
    # Three intervals at which it would be told again.
    time.sleep(30)
    (once,) = _of(site, late)
    assert (once.status, once.team) == ("firing", "")
    assert told(site, "/team") == [*before, once]
    assert _of(site, "quiet") == []


def _of(site: Site, name: str) -> list[Told]:
    """What the team was told of one pod."""
    return [each for each in told(site, "/team") if name in each.pods]


def test_all_of_them_may_stop_and_nothing_is_told_again(site: Site) -> None:
    before = told(site, "/team")
    assert len(before) == 1 + len(SERVERS)
    site.kubectl(NAME, "delete", "pod", *SERVERS)
    assert eventually(lambda: together(site) and all(silenced(site, each) for each in SERVERS), 120)
    calls = len(told(site, "/watchdog"))
    assert eventually(lambda: len(told(site, "/watchdog")) > calls + 2, 90)
    assert told(site, "/team") == before


def test_nobody_else_reaches_it_and_it_reaches_whom_it_tells(site: Site) -> None:
    words = ("get", "pods", "--output", "jsonpath={.items[*].status.podIP}")
    one, *_ = site.kubectl(NAME, *words, "--selector", f"app.kubernetes.io/name={NAME}").split()
    receiver, *_ = site.kubectl(PEOPLE, *words).split()
    other, *_ = site.kubectl(TELLER, *words).split()
    server = f"{NAME}.{site.namespace(NAME)}"
    stranger = called(site, "strangers", {"app.kubernetes.io/component": "web"})
    neighbour = _caller(site, TELLER)
    assert eventually(lambda: neighbour.reaches(server, 9093), 60)
    assert not neighbour.reaches(one, 9094)
    for host, port in ((server, 9093), (one, 9093), (one, 9094)):
        assert not stranger.reaches(host, port), (host, port)
    # As one of its own pods: gossip, the receiver, and nothing else beyond.
    own = _caller(site, NAME)
    assert eventually(lambda: own.reaches(receiver, PORT), 60)
    assert own.reaches(one, 9094)
    assert not own.reaches(other, 9090)


def _caller(site: Site, component: str) -> Caller:
    """Somebody who has a component's name, in its namespace."""
    pod(site, component, "caller", ["sleep", "3600"], {"app.kubernetes.io/name": component})
    return Caller(site, component, "")
