"""Prometheus as a component: whom it finds, who reaches it, an alert, kill, upgrade, backup and restore."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import pytest

from tests.real import app
from tests.real.components import images, test_openbao
from tests.real.components.site import Site, made_site
from tests.real.kube import Kube, eventually
from tests.real.test_flows import deployed

pytestmark = pytest.mark.story

NAME = "prometheus"
MAIN, METRICS, OTHER = 8080, 9100, 7000
PROGRAM = (
    "import threading, http.server as h; "
    "answer = lambda s: (s.send_response(200), s.end_headers(), s.wfile.write(b'orders_answered 7\\n')); "
    "H = type('H', (h.BaseHTTPRequestHandler,), {'do_GET': answer}); "
    f"S = [h.ThreadingHTTPServer(('', p), H) for p in ({MAIN}, {METRICS}, {OTHER})]; "
    "[threading.Thread(target=s.serve_forever).start() for s in S]"
)


def values(site: Site, **more: Any) -> dict[str, Any]:
    """What a small node gets."""
    small = {"cpu": "20m", "memory": "256Mi", "disk": "64Mi"}
    storage = {"class": site.storage_class, "size": "1Gi"}
    return {
        **site.values.get(NAME, {}),
        "mirror": site.env["PK_TESTBED_REGISTRY"],
        "interval": "5s",
        "storage": storage,
        "resources": small,
        "backup": {"suspend": True, "keep": 1, "storage": storage, "resources": small},
        **more,
    }


def nodes(site: Site) -> None:
    """Open what is taken to this node, which tells its metrics on another port than nodes do elsewhere."""
    path = "jsonpath={.items[0].status.daemonEndpoints.kubeletEndpoint.Port}"
    port = site.platform.kubectl("get", "nodes", "--output", path)
    policy = site.platform.folder / f"platform-charts/{NAME}/policies/templates/networkpolicy.yaml"
    text = policy.read_text()
    assert "port: 10250" in text
    policy.write_text(text.replace("port: 10250", f"port: {port}"))


@pytest.fixture(scope="module")
def site(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    scratch = tmp_path_factory.mktemp("images")
    server, state = images.prometheus(testbed, scratch), images.state_metrics(testbed, scratch)
    with made_site(tmp_path_factory.mktemp("prometheus"), testbed) as made:
        made.take(NAME)
        nodes(made)
        made.space(NAME, {"pipelinekit.dev/role": "monitoring"})
        made.volume()
        made.volume()
        small = {"cpu": "10m", "memory": "128Mi", "disk": "32Mi"}
        made.on(prometheus=values(made, image=server, state={"image": state, "resources": small}))
        made.deploy()
        yield made


def asked(site: Site, query: str) -> list[dict[str, Any]]:
    """What a query finds, asked through the API server; nothing while the server does not answer."""
    service = f"/api/v1/namespaces/{site.namespace(NAME)}/services/{NAME}:9090/proxy"
    path = f"{service}/api/v1/query?query={quote(query)}"
    said = site.tried(NAME, "get", "--raw", path)
    found: list[dict[str, Any]] = json.loads(said)["data"]["result"] if said.startswith("{") else []
    return found


def console(site: Site, page: str) -> str:
    """One of its pages, likewise."""
    service = f"/api/v1/namespaces/{site.namespace(NAME)}/services/{NAME}:9090/proxy"
    return site.tried(NAME, "get", "--raw", f"{service}/consoles/{page}")


def crashing(site: Site) -> None:
    """A pod that ends again and again."""
    site.space("broken")
    container = {
        "name": "broken",
        "image": f"{site.env['PK_TESTBED_REGISTRY']}/library/busybox:stable",
        "command": ["false"],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "runAsUser": 10001,
        },
    }
    security = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    metadata = {"name": "broken", "namespace": site.namespace("broken")}
    spec = {"containers": [container], "securityContext": security, "automountServiceAccountToken": False}
    site.apply({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})


@pytest.mark.matrix("components")
def test_the_cluster_s_own_targets_are_up_and_a_second_run_does_nothing(site: Site) -> None:
    crashing(site)
    assert site.platform.states() == {NAME: "unchanged"}
    wanted = {f"components/{NAME}/9090/metrics", "state", "kubelets", "containers", "api-servers"}

    def up() -> set[str]:
        return {each["metric"]["job"] for each in asked(site, "up == 1")}

    assert eventually(lambda: up() >= wanted, 60), asked(site, "up")
    assert asked(site, 'kube_node_status_condition{condition="Ready",status="true"} == 1')
    assert asked(site, f'kube_cronjob_spec_suspend{{cronjob="{NAME}-backup"}} == 1')
    assert asked(site, "node_memory_working_set_bytes > 0")
    rules = site.kubectl(
        NAME, "exec", f"{NAME}-0", "--", "promtool", "check", "config", "/etc/prometheus/prometheus.yml"
    )
    assert "is valid" in rules
    assert f"<td>{NAME}-backup</td>" in console(site, "upkeep.html")
    assert '<span class="good">ready</span>' in console(site, "nodes.html")
    site.platform.must("verify")


@pytest.mark.matrix("components")
def test_an_application_is_scraped_without_a_word_and_nobody_reaches_more(
    site: Site, testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    with app.new(testbed, tmp_path_factory.mktemp("app")) as orders:
        command = json.dumps(["python", "-u", "-c", PROGRAM])
        orders.replace(
            "app.yaml",
            "  replicas: 1\n",
            f"  replicas: 1\n  command: {command}\n  metrics: /metrics\n  ports: {{metrics: {METRICS}}}\n",
        )
        kube = deployed(orders)
        query = f'orders_answered{{namespace="{orders.namespace}",application="orders",process="web"}} == 7'
        assert eventually(lambda: bool(asked(site, query)), 60), asked(site, "up == 0")
        (team,) = asked(site, query)
        page = f"team.html?team={team['metric']['team']}"
        row = f"<td>{orders.namespace}</td><td>orders</td><td>web</td>"
        assert eventually(lambda: row in console(site, page), 60), console(site, page)
        pod, server = _address(kube, "web"), site.kubectl(NAME, "get", "pod", f"{NAME}-0", *_ADDRESS)
        assert eventually(lambda: _reached(site, pod) == {METRICS}, 30), _reached(site, pod)
        asks = f"import socket; socket.create_connection(('{server}', 9090), timeout=3)"
        said = kube.attempt(
            "kubectl", "-n", orders.namespace, "exec", "deployment/orders", "--", "python", "-c", asks
        )
        assert said.returncode
        assert "timed out" in said.stderr or "refused" in said.stderr


_ADDRESS = ("--output", "jsonpath={.status.podIP}")


def _address(kube: Kube, process: str) -> str:
    selector = f"app.kubernetes.io/component={process}"
    return kube.kubectl(
        "get", "pods", "--selector", selector, "--output", "jsonpath={.items[0].status.podIP}"
    )


def _reached(site: Site, address: str) -> set[int]:
    """Which ports of an address the server reaches."""
    script = (
        'for port in $2; do timeout 3 wget -q -O - "http://$1:$port/" > /dev/null && echo "$port"; done; true'
    )
    ports = " ".join(str(each) for each in (MAIN, METRICS, OTHER))
    words = ("exec", f"{NAME}-0", "--", "sh", "-c", script, "sh", address, ports)
    return {int(each) for each in site.kubectl(NAME, *words).split()}


@pytest.mark.matrix("components")
def test_a_pod_that_crashes_again_and_again_is_an_alert(site: Site) -> None:
    query = (
        'ALERTS{alertname="PodCrashLooping",alertstate="firing",'
        f'namespace="{site.namespace("broken")}",pod="broken"}}'
    )
    assert eventually(lambda: bool(asked(site, query)), 240), asked(site, "ALERTS")
    assert not asked(site, f"{query.replace('broken', 'other')}")


@pytest.mark.matrix("components")
def test_samples_outlive_a_kill_and_another_component_which_is_asked_as_it_declares(site: Site) -> None:
    first = _seen(site)
    site.kubectl(NAME, "delete", "pod", f"{NAME}-0", "--grace-period=0", "--force")
    assert eventually(lambda: bool(_at(site, first)), 90)
    site.take("openbao")
    site.space("openbao")
    site.secret("openbao", "openbao-seal", key=test_openbao.SEAL)
    site.volume()
    site.volume()
    site.on(prometheus=values(site), openbao=test_openbao.values(site, replicas=1))
    said = site.deploy()
    assert "backup prometheus-backup-" in said.err
    assert eventually(lambda: bool(_at(site, first)), 60)
    query = 'up{component="openbao"} == 1 and on (pod) {__name__=~"(bao|vault)_core_unsealed"} == 1'
    assert eventually(lambda: bool(asked(site, query)), 60), asked(site, "up")
    assert site.platform.states() == {NAME: "unchanged", "openbao": "unchanged"}


def _seen(site: Site) -> str:
    """A moment at which the server had asked everybody."""
    assert eventually(lambda: bool(asked(site, "sum(up) > 3")), 90), asked(site, "up")
    # Whole seconds: none that is before what was just seen.
    moment = f"{time.time() + 2:.0f}"
    assert eventually(lambda: bool(_at(site, moment)), 30)
    return moment


def _at(site: Site, moment: str) -> list[dict[str, Any]]:
    """What was up at a moment."""
    return asked(site, f"sum(up @ {moment}) > 3")


@pytest.mark.matrix("components")
def test_what_was_backed_up_is_there_again_on_an_empty_volume(site: Site) -> None:
    moment = _seen(site)
    assert " blocks, " in site.job(NAME, "prometheus-backup", "again")
    (backup,) = (site.platform.folder / "volumes").glob("*/2*Z")
    site.kubectl(NAME, "scale", "statefulset", NAME, "--replicas=0")
    site.kubectl(NAME, "wait", "--for=delete", f"pod/{NAME}-0", "--timeout=90s")
    site.empty(NAME, f"data-{NAME}-0")
    site.kubectl(NAME, "scale", "statefulset", NAME, "--replicas=1")
    assert eventually(lambda: bool(asked(site, "up")), 90)
    assert not _at(site, moment)
    block, *_ = [each for each in backup.iterdir() if each.is_dir()]
    index = (block / "index").read_bytes()
    (block / "index").write_bytes(index[:-1] + bytes([index[-1] ^ 1]))
    with pytest.raises(AssertionError, match="index: FAILED"):
        site.job(NAME, "prometheus-restore", "damaged")
    (block / "index").write_bytes(index)
    assert f"restored {block.name}" in site.job(NAME, "prometheus-restore", "back")
    assert eventually(lambda: bool(_at(site, moment)), 120)
    assert f"there: {block.name}" in site.job(NAME, "prometheus-restore", "twice")
