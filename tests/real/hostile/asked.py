"""Our clients, what is ever asked of a registry, and what a question comes to."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path

from pipelinekit.adapters import nexus
from pipelinekit.adapters.jenkins import controller
from pipelinekit.adapters.registry.blobs import Home
from pipelinekit.adapters.registry.helmrepository import HttpCharts
from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.adapters.web import plainhttp
from pipelinekit.errors import PipelinekitError
from pipelinekit.model.release import Credentials, ImageRef
from tests.real.strangers import Said, Seen

USER, PASSWORD, TOKEN = "pusher", "registry-password-9c1f", "bearer-token-55aa"
LOGIN = Credentials(USER, PASSWORD)
SECRETS = (PASSWORD, base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode(), TOKEN)
NETRC = "netrc-password-77de"
HOST = "registry.test:5000"
HOME = f"https://{HOST}"
REF = ImageRef(HOST, "t/x", tag="1")
OTHERS = (
    *("https://registry.test", "https://registry.test:5001", "http://registry.test:5002"),
    *("https://other.test", "http://other.test", "http://third.test:8080", "https://third.test:8443"),
)


def client(login: Credentials | None = LOGIN) -> OciRegistry:
    """Our client, with a login for one host alone."""
    return OciRegistry({HOST: login}.get, sleep=lambda _: None)


def everything(oci: OciRegistry, tmp_path: Path) -> Iterator[Callable[[], object]]:
    """What is ever asked of a registry."""
    digest = "sha256:" + "1" * 64
    home, by_digest = Home(HOST, "t/x"), ImageRef(HOST, "t/x", digest=digest)
    yield lambda: oci.ping(HOST)
    yield lambda: oci.digest_of(REF)
    yield lambda: oci.manifests.get(REF)
    yield lambda: oci.labels_of(REF)
    yield lambda: oci.images_of(REF)
    yield lambda: oci.kinds_at(by_digest)
    yield lambda: oci.manifests.tags(HOST, "t/x")
    yield lambda: oci.manifests.catalog(HOST)
    yield lambda: oci.manifests.delete(by_digest)
    yield lambda: oci.blobs.has(home, digest)
    yield lambda: oci.blobs.read(home, digest)
    yield lambda: oci.blobs.upload(home, b"x" * 100)
    yield lambda: oci.blobs.mount(home, digest, "t/y")
    yield lambda: oci.fetch_chart(REF, tmp_path / "chart.tgz")
    yield lambda: oci.copy(REF, ImageRef(HOST, "t/z", tag="1"))


def told(question: Callable[[], object]) -> str:
    """What a question came to: nothing, or the sentence of an error of ours; anything else goes through."""
    caught: PipelinekitError | None = None
    try:
        question()
    except PipelinekitError as error:
        caught = error
    if caught is None:
        return ""
    fault = caught.faults[0]
    assert caught.exit_code in {2, 5, 6}
    assert fault.problem
    assert "\n" not in fault.problem
    assert not any(secret in f"{fault.problem} {fault.hint}" for secret in SECRETS)
    return f"{fault.problem} {fault.hint}"


def refusing(challenge: str) -> Callable[[Seen], Said]:
    return lambda _: Said(401, b"", (("WWW-Authenticate", challenge),))


def granting(_: Seen) -> Said:
    return Said(200, json.dumps({"token": TOKEN}).encode())


USERS: dict[str, Callable[[str], object]] = {
    "nexus": lambda url: nexus.NexusClient(url, LOGIN, sleep=lambda _: None).get("v1/x"),
    "nexus at its start": lambda url: nexus.wait(url, 0.0, sleep=lambda _: None),
    "jenkins": lambda url: controller.Client(
        url, controller.Login(user=USER, password=PASSWORD), pauses=()
    ).json("api/json"),
    "charts": lambda url: HttpCharts(lambda _: LOGIN, sleep=lambda _: None).digest_of(
        ImageRef(f"{url}/repository/helm", "orders", tag="1")
    ),
    "git": lambda url: plainhttp.require_secure(f"{url}/x.git"),
}
