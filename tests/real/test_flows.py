"""Who reaches which port on a real cluster, by asking from pods."""

from __future__ import annotations

import http.server
import json
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.real import app
from tests.real.app import Application, eventually
from tests.real.kube import Kube, namespace

SERVER = (
    "import threading, http.server as h; "
    "answer = lambda s: (s.send_response(200), s.end_headers()); "
    "H = type('H', (h.BaseHTTPRequestHandler,), {'do_GET': answer}); "
    "S = [h.ThreadingHTTPServer(('', p), H) for p in PORTS]; "
    "[threading.Thread(target=s.serve_forever).start() for s in S]"
)
MAIN, ADMIN, METRICS, DEBUG, OTHER = 8080, 9000, 9100, 7000, 8081
ASK = """
import json, sys, socket
def open_(address):
    try:
        socket.create_connection(tuple(address), timeout=1.5).close()
        return True
    except OSError:
        return False
print(json.dumps([open_(each) for each in json.loads(sys.argv[1])]))
"""


def opened(kube: Kube, pod: str, *addresses: tuple[str, int]) -> list[bool]:
    """Which of the addresses a pod with Python can connect to."""
    words = ("exec", pod, "--", "python", "-c", ASK, json.dumps(addresses))
    answer: list[bool] = json.loads(kube.kubectl(*words))
    return answer


def reached(kube: Kube, pod: str, web: str, other: str) -> set[int]:
    """Which ports of the callee's two pods a pod reaches."""
    ports = {port: (web, port) for port in (MAIN, ADMIN, METRICS, DEBUG)} | {OTHER: (other, OTHER)}
    return {port for port, is_open in zip(ports, opened(kube, pod, *ports.values()), strict=True) if is_open}


def python_pod(kube: Kube, image: str, name: str, labels: Mapping[str, str]) -> None:
    """A pod that can ask, in whatever namespace."""
    container = {
        "name": "python",
        "image": image,
        "command": ["sleep", "3600"],
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    security = {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}}
    spec = {"containers": [container], "securityContext": security, "terminationGracePeriodSeconds": 0}
    metadata = {"name": name, "labels": dict(labels)}
    kube.apply({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
    kube.ready(name)


def deployed(application: Application, *more: str) -> Kube:
    """The application with those lines in its document, deployed."""
    text = (application.folder / "app.yaml").read_text()
    application.write("app.yaml", "\n".join([text.rstrip("\n"), *more, ""]))
    application.must("generate")
    application.commit()
    application.until("deploy")
    return Kube(application.env, application.namespace)


def test_callers_reach_the_ports_that_are_declared_for_them_and_prometheus_the_metrics(
    testbed: Mapping[str, str], tmp_path: Path
) -> None:
    team = f"t{time.time_ns() % 10**8}"
    image = f"{testbed['PK_TESTBED_REGISTRY']}/library/python:3.11-slim"
    with ExitStack() as stack:
        orders, shop, desk = (
            stack.enter_context(app.new(testbed, tmp_path, name=each, team=team))
            for each in ("orders", "shop", "desk")
        )
        monitoring = stack.enter_context(namespace(testbed, {"pipelinekit.dev/role": "monitoring"}))
        programs = {
            name: json.dumps(["python", "-u", "-c", SERVER.replace("PORTS", str(ports))])
            for name, ports in (("web", [MAIN, ADMIN, METRICS, DEBUG]), ("other", [OTHER]))
        }
        orders.replace(
            "app.yaml",
            "  replicas: 1\n",
            f"  replicas: 1\n  command: {programs['web']}\n  metrics: /metrics\n"
            f"  ports: {{admin: {ADMIN}, metrics: {METRICS}}}\n",
        )
        kube = deployed(
            orders,
            f"processes: {{other: {{command: {programs['other']}, port: {OTHER}}}}}",
            'accepts: [shop, "desk:admin"]',
        )
        deployed(shop, "calls: [orders]")
        deployed(desk, 'calls: ["orders:admin"]')
        python_pod(kube, image, "forged", {"app.kubernetes.io/name": "shop"})
        python_pod(kube, image, "stranger", {"app": "stranger"})
        python_pod(monitoring, image, "prometheus", {})
        pods = {
            each["metadata"]["labels"].get("app.kubernetes.io/component"): each["status"]["podIP"]
            for each in orders.objects("pods")
            if each["metadata"]["labels"].get("app.kubernetes.io/name") == "orders"
        }
        web, other = pods["web"], pods["other"]
        wanted = [
            (kube, "deployment/shop", {MAIN}),
            (kube, "deployment/desk", {ADMIN}),
            # What the label is worth: whoever may make pods beside the caller is taken for it.
            (kube, "forged", {MAIN}),
            (kube, "stranger", set()),
            (monitoring, "prometheus", {METRICS}),
            (kube, "deployment/orders", {MAIN, ADMIN, METRICS, DEBUG, OTHER}),
        ]
        for where, pod, ports in wanted:
            assert eventually(
                lambda where=where, pod=pod, ports=ports: reached(where, pod, web, other) == ports
            ), (
                pod,
                reached(where, pod, web, other),
            )
        assert opened(kube, "deployment/shop", ("orders", 80), ("orders", ADMIN)) == [True, False]
        assert opened(kube, "deployment/desk", ("orders", 80), ("orders", ADMIN)) == [False, True]


@contextmanager
def outside(*addresses: str) -> Iterator[list[int]]:
    """Two ports on addresses that this machine has during the block, outside of the pods' network."""
    for each in addresses:
        subprocess.run(["ip", "address", "add", f"{each}/32", "dev", "lo"], check=True)
    ports = [0, 0]
    servers: list[http.server.ThreadingHTTPServer] = []
    for at in range(2):
        for each in addresses:
            server = http.server.ThreadingHTTPServer((each, ports[at]), http.server.SimpleHTTPRequestHandler)
            ports[at] = server.server_port
            servers.append(server)
    for server in servers:
        threading.Thread(target=server.serve_forever).start()
    try:
        yield ports
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()
        for each in addresses:
            subprocess.run(["ip", "address", "del", f"{each}/32", "dev", "lo"], check=True)


def test_the_ways_out_of_the_cluster_are_those_that_it_names(
    testbed: Mapping[str, str], tmp_path: Path
) -> None:
    public, private, near = "203.0.113.77", "10.254.77.1", "10.254.78.1"
    with (
        outside(public, private, near) as (one, two),
        app.new(testbed, tmp_path) as application,
    ):
        places = [(address, port) for address in (public, private, near) for port in (one, two)]
        kube = deployed(application)
        assert eventually(lambda: not any(opened(kube, "deployment/orders", *places)))
        kube = deployed(application, f'reaches: ["internet:{one}", "10.254.77.0/24:{two}"]')
        wanted = [True, False, False, True, False, False]
        assert eventually(lambda: opened(kube, "deployment/orders", *places) == wanted), opened(
            kube, "deployment/orders", *places
        )
        kube = deployed(application, f'environments: {{dev: {{reaches: ["internet:{two}"]}}}}')
        there = [False, True, False, False, False, False]
        assert eventually(lambda: opened(kube, "deployment/orders", *places) == there)
