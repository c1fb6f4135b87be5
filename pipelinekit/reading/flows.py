"""What `app.yaml` says of flows: named ports, applications that call each other, ways out of the cluster."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any

from pipelinekit.model.app import INTERNET, METRICS, Reach, partner_of
from pipelinekit.names import nearest
from pipelinekit.reading.document.faults import mapping
from pipelinekit.reading.document.source import Path, Source

Data = Mapping[str, Any]


def reach_of(text: str) -> Reach:
    """A word of `reaches`; raises `ValueError` with what is wrong with it."""
    where, _, port = text.rpartition(":")
    if not 0 < int(port) < 65536:
        raise ValueError(f"there is no port {port}")
    if where == INTERNET:
        return Reach(to=where, port=int(port))
    network = _network(where.strip("[]"))
    if not network.prefixlen:
        raise ValueError(f"{where} is everything, the cluster itself included")
    if network.is_loopback or network.is_link_local:
        raise ValueError(f"{where} is on the node itself, and so are its credentials")
    return Reach(to=str(network), port=int(port))


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise ValueError(f"'{text}' is no network: Kubernetes' policies know addresses, no names") from None
    if "/" in text and ipaddress.ip_address(text.partition("/")[0]) != network.network_address:
        raise ValueError(f"{text} has bits beyond its length: the network is {network}")
    return network


def check_reaches(source: Source, data: Data, path: Path = ()) -> None:
    """Fault what is no network or no port."""
    said = data.get("reaches")
    for index, text in enumerate(said if isinstance(said, list) else ()):
        try:
            reach_of(str(text))
        except ValueError as error:
            # The schema has said the rest.
            if str(text).rpartition(":")[2].isdigit():
                hint = "write internet:443, or the network that it is in, like 10.2.0.0/16:5432"
                source.fault((*path, "reaches", index), "reach-unknown", str(error), hint)


def check_ports(source: Source, process: Data, path: Path, written: Data) -> None:
    """Fault two names of one number; `written` is what of the process is in the document at `path`."""
    main = process.get("port")
    seen = {main: "port"} if isinstance(main, int) else {}
    for name, number in mapping(process, "ports").items():
        if not isinstance(number, int):
            continue
        other = seen.setdefault(number, name)
        if other != name:
            at = ("ports", name) if name in mapping(written, "ports") else ("port",)
            source.fault((*path, *at), "port-twice", f"{number} is '{other}' already", "give each a number")


def check_partners(source: Source, bodies: Mapping[str, Data], paths: Mapping[str, Path]) -> None:
    """Fault an application that calls itself, names of ports that two processes have, ports nobody has."""
    owners: dict[str, str] = {}
    for process, body in bodies.items():
        for name in mapping(body, "ports"):
            owner = owners.setdefault(name, process)
            if owner != process and name != METRICS:
                at = (*paths[process], "ports", name)
                source.fault(at, "port-twice", f"process '{owner}' has a port '{name}' too", "rename one")
    metadata = mapping(source.data, "metadata")
    own = (metadata.get("name"), f"{metadata.get('team')}/{metadata.get('name')}")
    for key in ("calls", "accepts"):
        for index, word in _words(source.data, key):
            application, port = partner_of(word)
            problem = hint = ""
            if application in own:
                problem, hint = "an application always reaches itself", "remove it"
            elif port == METRICS:
                problem, hint = "the port 'metrics' is Prometheus' alone", "name another port"
            if problem:
                source.fault(
                    (key, index), "calls-itself" if application in own else "port-closed", problem, hint
                )
            elif key == "accepts" and port and port not in owners:
                _unknown_port(source, (key, index), port, owners)


def _unknown_port(source: Source, path: Path, port: str, known: Iterable[str]) -> None:
    hint = nearest(port, known) or "run.ports names the ports beside the main one"
    source.fault(path, "port-unknown", f"no process has a port '{port}'", hint)


def _words(data: Any, key: str) -> list[tuple[int, str]]:
    said = data.get(key) if isinstance(data, Mapping) else None
    return [
        (at, word) for at, word in enumerate(said if isinstance(said, list) else ()) if isinstance(word, str)
    ]
