"""What servers show: each pod behind a Service is asked through a forwarded port, past every policy."""

from __future__ import annotations

import socket
import ssl
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from cryptography import x509

from pipelinekit.adapters.certificates.x509 import ODD
from pipelinekit.adapters.cluster import answers, kubectl
from pipelinekit.adapters.cluster.pods.streams import Tunnel
from pipelinekit.errors import failed
from pipelinekit.model.certificate import Shown
from pipelinekit.model.platform.certificates import Served
from pipelinekit.model.release import Target

OPENING = 30.0
"""Seconds for a port to be forwarded, and for an answer."""
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)
"""PostgreSQL's own question whether TLS may begin."""

Object = Mapping[str, Any]


class CertificateServers:
    """Servers in the clusters that a set of kubeconfig files reaches."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env

    def shown(self, target: Target, served: Served) -> tuple[Shown, ...]:
        """The serial of what each pod behind the Service shows."""
        found = []
        for pod, port in pods_behind(self.env, target, served.service, served.port):
            try:
                with forwarded(self.env, target, pod, port) as local:
                    found.append(Shown(pod=pod, serial=_serial(local, served.protocol)))
            except (OSError, *ODD) as error:
                found.append(Shown(pod=pod, why=_words(error)))
        return tuple(found)


def pods_behind(env: Mapping[str, str], target: Target, service: str, port: int) -> list[tuple[str, int]]:
    """The running pods that a Service selects, each with its own port; the ready ones first.

    Raises `ToolFailed` where there is no such Service, or it has no such port.
    """
    there = kubectl.found(env, target, "service", service)
    if there is None:
        raise failed(
            "service-missing",
            f"there is no Service {service} in {target.namespace}",
            hint=f"platform.yaml names it; `{target.kubectl} get services` lists those that there are",
        )
    spec = there.get("spec") or {}
    if not spec.get("selector"):
        raise failed(
            "service-port",
            f"Service {service} selects no pods",
            hint="name one that does; platform.yaml says which is asked",
        )
    wanted = next((each for each in spec.get("ports") or () if each["port"] == port), None)
    if wanted is None:
        known = ", ".join(str(each["port"]) for each in spec.get("ports") or ()) or "none"
        raise failed(
            "service-port",
            f"Service {service} has no port {port}",
            hint=f"ports that it has: {known}; which one is asked, platform.yaml says",
        )
    labels = ",".join(f"{key}={value}" for key, value in spec["selector"].items())
    listed = kubectl.run(env, target, "get", "pods", "--selector", labels, "--output", "json")
    if listed.code:
        raise answers.cluster_failed(target.context, listed.reason())
    pods = [
        each
        for each in answers.items(target.context, listed.out)
        if each["status"].get("phase") == "Running" and "deletionTimestamp" not in each["metadata"]
    ]
    aim = wanted.get("targetPort", port)
    numbers = [(each["metadata"]["name"], _number(each, aim)) for each in sorted(pods, key=_rank)]
    found = [(name, number) for name, number in numbers if number]
    if pods and not found:
        raise failed(
            "service-port",
            f"no pod behind Service {service} has a port that is called {aim}",
            hint="the Service's targetPort, or the port's name in the pods, is wrong",
        )
    return found


@contextmanager
def forwarded(env: Mapping[str, str], target: Target, pod: str, port: int) -> Iterator[int]:
    """A port of a pod on this machine, for as long as the block lasts; `OSError` where it does not open."""
    tunnel = Tunnel(env, target, pod, [port], lambda: None)
    try:
        if not tunnel.open(OPENING):
            raise OSError(f"port {port} cannot be forwarded")
        yield tunnel.ports[port]
    finally:
        tunnel.stream.stop()


def _serial(local: int, protocol: str) -> str:
    """The serial of what a port shows; whom it is signed by is not asked here."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", local), OPENING) as reached:
        if protocol == "postgresql":
            reached.sendall(_SSL_REQUEST)
            if reached.recv(1) != b"S":
                raise OSError("it does without TLS")
        with context.wrap_socket(reached) as tls:
            shown = tls.getpeercert(binary_form=True)
    if not shown:
        raise OSError("it shows no certificate")
    return f"{x509.load_der_x509_certificate(shown).serial_number:x}"


def _rank(pod: Object) -> tuple[bool, str]:
    conditions = pod["status"].get("conditions") or ()
    ready = any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)
    return not ready, pod["metadata"]["name"]


def _number(pod: Object, aim: int | str) -> int:
    """The pod's port of that number or name; 0 where it has none of that name."""
    if isinstance(aim, int):
        return aim
    ports = (port for each in pod["spec"]["containers"] for port in each.get("ports") or ())
    return next((int(each["containerPort"]) for each in ports if each.get("name") == aim), 0)


def _words(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return f"it speaks no TLS that we understand ({error.reason or 'unknown'})"
    return str(error)[:200] or type(error).__name__
