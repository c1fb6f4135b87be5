"""A platform whose Nexus is the double in a pod of the chart that comes with pipelinekit, and Jenkins."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests import agentimage
from tests.real.components.callers import answered, basic
from tests.real.components.images import pushed
from tests.real.components.site import Site
from tests.real.handovers import Jenkins, made_jenkins

NAME = "nexus"
WORDS = {"push": "push's own", "pull": "pull's own", "team-payments": "payments' own"}
ADMIN = 'first:a"b$(c)'
SECTION: dict[str, Any] = {
    "url": "https://nexus.example.com",
    "acceptEula": True,
    "repositories": [
        {"name": "images", "format": "docker", "kind": "hosted"},
        {"name": "charts", "format": "helm", "kind": "hosted"},
        {"name": "files", "format": "raw", "kind": "hosted", "snapshots": True},
    ],
}
ORDERS = {"name": "orders", "team": "payments", "repository": "https://git.example.com/orders"}
DOCKERFILE = """\
FROM {registry}/library/python:3.11-slim
COPY site /site
COPY tests /double/tests
ENV PYTHONPATH=/site:/double
WORKDIR /double
USER 200
CMD ["python3", "-m", "tests.nexuspod"]
"""
_NEEDED = ("nexus_api_client", "pydantic", "pydantic_core", "annotated_types", "typing_extensions")
_MORE = ("typing_inspection", "urllib3", "dateutil", "six")
CACHES = shutil.ignore_patterns("__pycache__")
TESTS = Path(__file__).parents[2]
_DOUBLE = ("__init__", "nexuspod", "csel")


@dataclass
class Beginning:
    """A platform of `store`, `nexus` and `jenkins`."""

    site: Site
    jenkins: Jenkins
    values: dict[str, Any]

    def on(self, section: Mapping[str, Any] | None = None, **values: Any) -> None:
        """Write platform.yaml with this section of Nexus, and values over those that it has."""
        self.values |= values
        self.jenkins.on("store", NAME, "jenkins")
        path = self.site.platform.folder / "platform.yaml"
        document = json.loads(path.read_text())
        (self.site.platform.folder / "nexus.yaml").write_text(json.dumps(self.values))
        (entry,) = [each for each in document["components"] if each["name"] == NAME]
        entry["values"] = "nexus.yaml"
        document["clusters"][0]["network"] = self.site.network()
        document |= {"nexus": {**SECTION, **(section or {})}, "applications": [ORDERS]}
        path.write_text(json.dumps(document))

    def ask(
        self, path: str, login: str = "", *, method: str = "GET", body: Any = None, space: str = "ingress"
    ) -> tuple[int, str]:
        """Status and text of what Nexus answers to a pod; 0 where it does not."""
        url = f"http://{NAME}.{self.site.namespace(NAME)}:8081{path}"
        headers = {"Authorization": basic(login)} if login else {}
        if body is not None and not isinstance(body, str):
            body, headers["Content-Type"] = json.dumps(body), "application/json"
        return answered(self.site, space, url, method, headers, body)

    def rest(self, path: str, *, method: str = "GET", body: Any = None) -> Any:
        """What its administrator is told."""
        status, text = self.ask(f"/service/rest/v1/{path}", f"admin:{ADMIN}", method=method, body=body)
        assert 200 <= status < 300, (path, status, text)
        return json.loads(text) if text else None


def double(env: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The values of the double's image."""
    (folder / "site").mkdir(parents=True)
    (folder / "tests").mkdir()
    for name in (*_NEEDED, *_MORE):
        spec = find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        path = Path(spec.origin)
        if path.name == "__init__.py":
            shutil.copytree(path.parent, folder / "site" / name, ignore=CACHES)
        else:
            shutil.copy(path, folder / "site")
    for name in _DOUBLE:
        shutil.copy(TESTS / f"{name}.py", folder / "tests")
    shutil.copytree(TESTS / "nexus", folder / "tests" / "nexus", ignore=CACHES)
    text = DOCKERFILE.format(registry=env["PK_TESTBED_REGISTRY"])
    return pushed(env, folder, "sonatype/nexus3:double", text)


def tools(reference: str) -> dict[str, str]:
    """The values of an image that is named by its digest."""
    name, _, digest = reference.partition("@")
    registry, _, repository = name.partition("/")
    return {"registry": registry, "repository": repository, "digest": digest}


@contextmanager
def made_beginning(folder: Path, env: Mapping[str, str]) -> Iterator[Beginning]:
    """The platform, written and not deployed, with Nexus' Secrets and volumes; all goes after the block."""
    agent = agentimage.built(env["PK_TESTBED_REGISTRY"], folder / "agent")
    server = double(env, folder / "double")
    (folder / "platform").mkdir()
    with made_jenkins(folder / "platform", env, agent) as jenkins:
        site = Site(jenkins.platform)
        try:
            site.take(NAME)
            made = Beginning(site, jenkins, prepared(site, server, agent))
            made.on()
            yield made
        finally:
            site.platform.kubectl("delete", "--wait=false", "persistentvolume", *site.volumes)
            site.platform.kubectl("delete", "storageclass", site.storage_class)


def prepared(site: Site, server: Mapping[str, str], agent: str) -> dict[str, Any]:
    """What there has to be before a component that is taken is rolled out; its values."""
    site.space(NAME)
    site.secret(NAME, "nexus-admin", password=ADMIN)
    site.secret(NAME, "nexus-users", **WORDS)
    site.volume()
    site.volume()
    small = {"cpu": "20m", "memory": "256Mi", "disk": "64Mi"}
    storage = {"class": site.storage_class, "size": "1Gi"}
    return {
        "image": server,
        "tools": {"image": tools(agent), "suspend": True, "resources": small},
        "storage": storage,
        "resources": small,
        "memory": {"heap": "128m", "direct": "64m"},
        "backup": {"suspend": True, "storage": storage, "resources": small, "timeout": 240},
    }
