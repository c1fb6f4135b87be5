"""Who is spoken to without TLS: this machine, and the hosts that somebody has named for it. Nobody else.

Registries, chart repositories, Nexus, Jenkins and git over http all ask here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from pipelinekit import names
from pipelinekit.errors import usage

PLAIN_HTTP = "PIPELINEKIT_PLAIN_HTTP"
"""The explicit word: hosts (with their ports), separated by commas, that are spoken to without TLS."""


def is_named(host: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether somebody said that this host and port are spoken to without TLS.

    Raises `UsageError` when one of the named is no host.
    """
    return _bare(host) in {_bare(each) for each in named(environment)}


def named(environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """The hosts that are named so; raises `UsageError` when one of them is no host."""
    hosts = [each.strip() for each in environment.get(PLAIN_HTTP, "").split(",")]
    for each in filter(None, hosts):
        if names.host_fault(each, path=False) and not names.is_loopback(each):
            raise usage(
                "address-form",
                f"{PLAIN_HTTP}: one entry {names.host_fault(each, path=False)}",
                hint="hosts with their ports, separated by commas: nexus.example.com:8081,git.example.com",
            )
    return tuple(filter(None, hosts))


def is_plain(host: str) -> bool:
    """Whether a password may go to this host and port without TLS."""
    return names.is_loopback(host) or is_named(host)


def require_secure(address: str, *, what: str = "the address", why: str = "") -> None:
    """Raise `UsageError` when `address` is http to a host that TLS cannot be left out for.

    `what` names the place of the address, for the hint; `why` is what would be shown to anybody. An address
    of another kind (https, ssh, a path) passes. No part of a password is repeated.
    """
    match = re.match(r"\s*http://", address, re.IGNORECASE)
    if match is None:
        return
    host = host_of(address)
    if is_plain(host):
        return
    raise usage(
        "plain-http",
        f"{host or 'a host'} {why or 'would be spoken to without TLS'}",
        hint=f"set {what} to its https address, or {PLAIN_HTTP}={host}",
    )


def host_of(address: str) -> str:
    """Host and port of an address, without user and password; empty when there is none."""
    try:
        return urlsplit(address.strip()).netloc.rpartition("@")[2]
    except ValueError:
        return ""


def speaks_tls(host: str, seconds: float) -> bool:
    """Whether that host and port answer TLS: all do but one that says plainly that it does not.

    Who it is nobody asks here, for nothing is sent.
    """
    import socket
    import ssl

    address = urlsplit(f"https://{host}")
    # Loading all authorities that we trust takes longer than the question.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            socket.create_connection((address.hostname, address.port or 443), seconds) as reached,
            context.wrap_socket(reached, server_hostname=address.hostname),
        ):
            return True
    except ssl.SSLError as error:
        return not re.search(r"WRONG_VERSION_NUMBER|wrong version number|record layer", str(error))
    except (OSError, ValueError):
        return True


def _bare(host: str) -> str:
    return re.sub(r":80\Z", "", host.lower())
