"""A platform whose controller is the double in a pod of pipelinekit's own chart, behind an ingress."""

from __future__ import annotations

import json
import shutil
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests import agentimage
from tests.real.components.callers import basic, called
from tests.real.components.images import pushed
from tests.real.components.nexus import CACHES, TESTS, tools
from tests.real.components.site import Site, made_site
from tests.real.platform import TestPlatform, wait_until

NAME, AGENTS = "jenkins", "agents"
ADMIN, WORD = "ada", "a:b\\c'd\"e$(f)${g} `h`"
WRITTEN = WORD.replace("${", "^${")
"""The word as its Secret has it: configuration-as-code fills references in secrets too."""
LOGINS = {"username": "robot", "password": "p'$(id)\"^${x}^^${y}"}
CONTROLLER = """\
FROM {registry}/library/python:3.11-slim
COPY site /site
COPY tests /double/tests
ENV PYTHONPATH=/site:/double PYTHONDONTWRITEBYTECODE=1
WORKDIR /double
USER 1000
CMD ["python3", "-m", "tests.controller.pod"]
"""
AGENT = CONTROLLER.replace('CMD ["python3", "-m", "tests.controller.pod"]', "").rstrip() + (
    '\nENTRYPOINT ["python3", "-m", "tests.controller.pod.agent"]\n'
)
FORWARD = """
import socket, sys, threading
def pump(one, other):
    while data := one.recv(65536):
        other.sendall(data)
    other.shutdown(socket.SHUT_WR)
def serve(client):
    try:
        with client, socket.create_connection((sys.argv[1], 8080), 10) as server:
            back = threading.Thread(target=pump, args=(server, client), daemon=True)
            back.start()
            pump(client, server)
            back.join()
    except OSError:
        pass
listening = socket.create_server(("", 8080), backlog=64)
while True:
    threading.Thread(target=serve, args=(listening.accept()[0],), daemon=True).start()
"""
"""An ingress controller as far as one is needed here: whoever calls it reaches Jenkins."""


@dataclass
class Controlled:
    """`platform.yaml` names `jenkins` alone, at `address`; `site` has its Secrets and volumes."""

    site: Site
    address: str
    agent: str
    values: dict[str, Any]

    def on(self, **values: Any) -> None:
        """Write platform.yaml; values are laid over what they were before."""
        self.values |= values
        self.site.on(jenkins=self.values)
        self.declare()

    def declare(self) -> None:
        """Have platform.yaml say where it is, and the logins that it has."""
        path = self.site.platform.folder / "platform.yaml"
        document = json.loads(path.read_text())
        document["images"]["credentials"] = "nexus"
        document["clusters"][0]["credentials"] = "kube-testbed"
        document["jenkins"] = {
            "url": f"http://{self.address}:8080",
            "source": {"repository": "https://git.example.com/platform.git"},
            "library": {"repository": "https://git.example.com/kit.git", "version": "v2"},
            "agent": {"kubernetes": {"namespace": self.site.namespace(AGENTS), "image": self.agent}},
        }
        path.write_text(json.dumps(document))

    def ask(self, path: str, body: str | None = None, login: str = f"{ADMIN}:{WORD}") -> tuple[int, str]:
        """Status and text of what it answers by way of the ingress: to a GET, or with a body to a POST."""
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        opener.addheaders = [("Authorization", basic(login))]
        here, headers = f"http://{self.address}:8080", {"Content-Type": "text/xml"}
        try:
            if body is not None:
                with opener.open(f"{here}/crumbIssuer/api/json", timeout=20) as answer:
                    crumb = json.load(answer)
                headers[crumb["crumbRequestField"]] = crumb["crumb"]
            data = None if body is None else body.encode()
            request = urllib.request.Request(f"{here}/{path}", data, headers)  # noqa: S310 - our own
            with opener.open(request, timeout=20) as answer:
                return answer.status, answer.headers.get("Location") or answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, ""
        except OSError as error:
            return 0, str(error)

    def build(self, job: str) -> None:
        """Start a build of a job; it runs when this returns."""
        status, where = self.ask(f"job/{job}/build", "")
        assert status == 201, where
        item = urllib.parse.urlsplit(where).path.rstrip("/").rpartition("/")[2]
        wait_until(lambda: json.loads(self.ask(f"queue/item/{item}/api/json")[1]).get("executable"))

    def said(self, job: str, number: int) -> str:
        """The result of a build, and its console; no result while it runs."""
        bean = json.loads(self.ask(f"job/{job}/{number}/api/json")[1])
        return f"{bean['result']}\n{self.ask(f'job/{job}/{number}/consoleText')[1]}"

    def inside(self, *words: str) -> str:
        """What a program in the controller's pod says."""
        return self.site.kubectl(NAME, "exec", f"{NAME}-0", "--", *words)

    def pod(self) -> dict[str, Any]:
        """The controller's pod."""
        found: dict[str, Any] = json.loads(self.site.kubectl(NAME, "get", "pod", f"{NAME}-0", "-o", "json"))
        return found

    def rights(self, account: str, space: str) -> dict[str, set[str]]:
        """What an account, `component/name`, may do in a namespace besides asking who it is."""
        who, name = account.split("/")
        as_ = f"--as=system:serviceaccount:{self.site.namespace(who)}:{name}"
        words = ("auth", "can-i", "--list", "--namespace", space, "--no-headers", as_)
        found = {}
        for line in self.site.platform.kubectl(*words).splitlines():
            kind, *_, verbs = line.split(maxsplit=3)
            # What everybody may: of itself, and addresses that are no objects.
            if not kind.startswith(("selfsubject", "[")):
                found[kind] = set(verbs.strip("[]").split())
        return found


def double(env: Mapping[str, str], folder: Path) -> tuple[dict[str, str], dict[str, str]]:
    """The values of the images of the double and of what connects its agents."""
    spec = find_spec("yaml")
    assert spec is not None
    assert spec.origin is not None
    values = []
    for name, text in (("platform/jenkins:double", CONTROLLER), ("jenkins/inbound-agent:double", AGENT)):
        shutil.copytree(Path(spec.origin).parent, folder / "site" / "yaml", ignore=CACHES)
        (folder / "tests").mkdir()
        shutil.copy(TESTS / "__init__.py", folder / "tests")
        left = shutil.ignore_patterns("__pycache__", "test_*", "conftest.py", "jobs", "recordings")
        shutil.copytree(TESTS / "controller", folder / "tests" / "controller", ignore=left)
        values.append(pushed(env, folder, name, text.format(registry=env["PK_TESTBED_REGISTRY"])))
    return values[0], values[1]


def _ingress(site: Site) -> str:
    """The address of a Service before Jenkins, whose namespace says what it is."""
    called(site, "ingress", {"app": "ingress"})
    site.space("ingress", {"pipelinekit.dev/role": "ingress"})
    here = site.namespace("ingress")
    found = json.loads(site.kubectl("ingress", "get", "pod", "caller", "-o", "json"))
    (container,) = found["spec"]["containers"]
    target = f"{NAME}.{site.namespace(NAME)}.svc"
    container = {
        **{key: container[key] for key in ("image", "securityContext")},
        "name": "forward",
        "command": ["python3", "-c", FORWARD, target],
        "ports": [{"containerPort": 8080}],
    }
    spec: dict[str, Any] = {"automountServiceAccountToken": False, "terminationGracePeriodSeconds": 0}
    spec |= {"securityContext": found["spec"]["securityContext"], "containers": [container]}
    pod = {"metadata": {"name": "forward", "namespace": here, "labels": {"app": "forward"}}, "spec": spec}
    ports = {"selector": {"app": "forward"}, "ports": [{"port": 8080}]}
    site.apply(
        {"apiVersion": "v1", "kind": "Pod", **pod},
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "forward", "namespace": here},
            "spec": ports,
        },
    )
    words = ("get", "service", "forward", "--output", "jsonpath={.spec.clusterIP}")
    return site.kubectl("ingress", *words)


@contextmanager
def made_controlled(folder: Path, env: Mapping[str, str]) -> Iterator[Controlled]:
    """The platform, written and not deployed; all goes after the block."""
    agent = agentimage.built(env["PK_TESTBED_REGISTRY"], folder / "agent")
    controller, inbound = double(env, folder / "double")
    (folder / "platform").mkdir()
    with made_site(folder / "platform", env) as site:
        site.take(NAME)
        made = prepared(site, agent, controller, inbound)
        made.on()
        yield made


def prepared(site: Site, agent: str, controller: Mapping[str, str], inbound: Mapping[str, str]) -> Controlled:
    """What there has to be before a component that is taken is rolled out; platform.yaml is not written."""
    site.space(NAME)
    site.secret(NAME, "jenkins-admin", **{"jenkins-admin-user": ADMIN, "jenkins-admin-password": WRITTEN})
    site.secret(NAME, "jenkins-login", username=ADMIN, password=WORD)
    site.secret(NAME, "nexus-login", **LOGINS)
    site.secret(NAME, "kube-testbed", base64="a3ViZQ==")
    site.volume()
    site.volume()
    address = _ingress(site)
    plain = {"PIPELINEKIT_PLAIN_HTTP": f"{address}:8080"}
    login = {"PK_JENKINS_USER": ADMIN, "PK_JENKINS_PASSWORD": WORD}
    old = site.platform
    site.platform = TestPlatform(old.folder, old.prefix, {**old.env, **plain, **login}, old.registry)
    small = {"cpu": "20m", "memory": "256Mi", "disk": "64Mi"}
    storage = {"class": site.storage_class, "size": "1Gi"}
    secrets = [
        {"name": "NEXUS_USER", "secret": "nexus-login", "key": "username"},
        {"name": "NEXUS_PASSWORD", "secret": "nexus-login", "key": "password"},
        {"name": "KUBE_TESTBED_BASE64", "secret": "kube-testbed", "key": "base64"},
    ]
    values = {
        "image": controller,
        "tools": {"image": tools(agent)},
        "agents": {"image": inbound, "resources": {"cpu": "20m", "memory": "64Mi"}},
        "secrets": secrets,
        "memory": {"heap": "128m"},
        "storage": storage,
        "resources": small,
        "startTime": 120,
        "gracePeriod": 10,
        "backup": {"suspend": True, "storage": storage, "resources": small, "timeout": 240},
    }
    return Controlled(site, address, agent, values)
