"""Credentials for tools that read Docker's configuration: in a file of their own, for as long as they run."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from pipelinekit.adapters.files import write_atomic
from pipelinekit.model.release import Credentials

Login = Callable[[str], Credentials | None]
FILE = "config.json"


@contextlib.contextmanager
def written(hosts: Iterable[str], login: Login) -> Iterator[Path]:
    """A folder for `DOCKER_CONFIG` that only we can read, with what we know for those hosts."""
    logins = {host: login(host) for host in sorted({each for each in hosts if each})}
    auths = {host: {"auth": _basic(each)} for host, each in logins.items() if each}
    with tempfile.TemporaryDirectory(prefix="pipelinekit-") as scratch:
        write_atomic(Path(scratch, FILE), json.dumps({"auths": auths}), mode=0o600)
        yield Path(scratch)


def trust(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What makes programs in Go trust the CA that we were told to trust."""
    bundle = environment.get("REQUESTS_CA_BUNDLE", "")
    return {"SSL_CERT_FILE": bundle} if bundle else {}


def _basic(login: Credentials) -> str:
    return base64.b64encode(f"{login.user}:{login.password}".encode()).decode()
