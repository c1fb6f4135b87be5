"""A platform whose controller is a double in a pod: a real workload, which real Jobs upgrade."""

from __future__ import annotations

import ipaddress
import json
import random
import re
import shutil
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.real.platform import CHARTS, TestPlatform, made_platform, wait_until

DOUBLE = Path(__file__).resolve().parent.parent / "controller"
JOB = "jenkins-handover"


@dataclass(frozen=True)
class Jenkins:
    """`platform` has a component `jenkins`, at `address`; `image` is the agent's."""

    platform: TestPlatform
    address: str
    image: str

    @property
    def url(self) -> str:
        return f"http://{self.address}:8080"

    def version(self, version: str, **values: object) -> None:
        """Write that version of the component; another one needs no other double."""
        folder = self.platform.folder / "platform-charts" / "jenkins"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(CHARTS / "controller", folder / "chart")
        about = yaml.safe_load((folder / "chart" / "Chart.yaml").read_text())
        about |= {"name": f"{self.platform.prefix}-jenkins", "version": version, "appVersion": version}
        (folder / "chart" / "Chart.yaml").write_text(json.dumps(about))
        (folder / "chart" / "double").mkdir()
        for name in ("__init__", *reached("__main__")):
            shutil.copy2(DOUBLE / f"{name}.py", folder / "chart" / "double")
        given = {"image": self.image, "address": self.address, **values}
        (folder / "values.yaml").write_text(json.dumps(given))
        document = {
            "apiVersion": "pipelinekit/v1",
            "kind": "Component",
            "metadata": {"name": "jenkins"},
            "namespace": f"{self.platform.prefix}-jenkins",
            "chart": "chart",
            "values": "values.yaml",
            "needs": ["store"],
            "gates": [{"http": {"service": "jenkins", "port": 8080, "path": "/login"}}],
            "data": "every build",
        }
        (folder / "component.yaml").write_text(json.dumps(document, indent=1))

    def on(self, *names: str) -> None:
        """Write platform.yaml with these components and the controller's address."""
        self.platform.on(*names)
        path = self.platform.folder / "platform.yaml"
        document = json.loads(path.read_text())
        pod = {"namespace": f"{self.platform.prefix}-jenkins", "image": self.image}
        document["jenkins"] = {
            "url": self.url,
            "source": {"repository": "https://git.acme.example/platform.git"},
            "agent": {"kubernetes": pod},
        }
        path.write_text(json.dumps(document, indent=1))

    def ask(self, path: str, body: str | None = None, kind: str = "text/xml") -> Any:
        """What the double answers: a GET, or with a body a POST."""
        # A crumb counts in its session alone.
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        with opener.open(f"{self.url}/crumbIssuer/api/json", timeout=20) as answer:
            crumb = json.load(answer)
        request = urllib.request.Request(  # noqa: S310 - an address of our own
            f"{self.url}/{path}",
            data=None if body is None else body.encode(),
            headers={"Content-Type": kind, crumb["crumbRequestField"]: crumb["crumb"]},
        )
        with opener.open(request, timeout=20) as answer:
            text = answer.read().decode()
            return answer.headers if body is not None else json.loads(text)

    def pipeline(self, name: str) -> None:
        """Make one that has no folder."""
        self.ask(f"createItem?name={name}", '<flow-definition plugin="workflow-job"/>')

    def build(self, job: str, how: str = "build") -> None:
        """Start a build of a job, by its path; it runs when this returns."""
        path = job.replace("/", "/job/")
        where = self.ask(f"job/{path}/{how}", "", "application/x-www-form-urlencoded")["Location"]
        item = where.rstrip("/").rpartition("/")[2]
        wait_until(lambda: self.ask(f"queue/item/{item}/api/json").get("executable"))

    def job(self) -> Mapping[str, Any]:
        """The Job as it is."""
        text = self.platform.kubectl("get", "job", JOB, "--output", "json", component="jenkins")
        found: Mapping[str, Any] = json.loads(text)
        return found

    def runs(self) -> str:
        """The version that the pod is of."""
        path = r"jsonpath={.metadata.annotations.example\.com/release}"
        return self.platform.kubectl("get", "pod", "jenkins-0", "--output", path, component="jenkins")


def reached(name: str, known: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The double's modules that this one of them imports, itself the first, each once."""
    if name in known or not (DOUBLE / f"{name}.py").is_file():
        return known
    known = (*known, name)
    text = (DOUBLE / f"{name}.py").read_text()
    for module, names in re.findall(r"^from tests\.controller(?:\.(\w+))? import (.*)$", text, re.MULTILINE):
        for each in [module] if module else names.split(", "):
            known = reached(each, known)
    return known


@contextmanager
def made_jenkins(folder: Path, env: Mapping[str, str], image: str) -> Iterator[Jenkins]:
    """A platform of `store` and `jenkins`, which is written and not deployed."""
    with made_platform(folder, env) as platform:
        path = "jsonpath={.items[*].spec.clusterIP}"
        taken = platform.kubectl("get", "services", "--all-namespaces", "--output", path).split()
        first = min(ipaddress.ip_address(each) for each in taken if each != "None")
        # The platform names the address before its Service is there: one of the range that nobody has.
        free = [str(first + number) for number in range(20, 250) if str(first + number) not in taken]
        address = random.choice(free)  # noqa: S311
        plain = {"PIPELINEKIT_PLAIN_HTTP": f"{address}:8080"}
        platform = TestPlatform(platform.folder, platform.prefix, {**env, **plain}, platform.registry)
        jenkins = Jenkins(platform, address, image)
        platform.component("store")
        jenkins.version("1.0.0")
        jenkins.on("store", "jenkins")
        yield jenkins
