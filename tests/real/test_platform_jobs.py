"""`platform/all` and `draft/reap` under the CPS engine with the real command line, on a real cluster."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.model.jenkins.jobs import COMPONENTS, REAP, component_job
from pipelinekit.plan.draft.place import END, MARK, OWNER, USED
from tests.jenkins.harness import Trace
from tests.real.jobruns import held, run, scripts
from tests.real.platform import TestPlatform, made_platform
from tests.real.remotes import git

pytestmark = pytest.mark.matrix("platform")


@dataclass
class Jenkins:
    """A controller's folder `platform`: its store alone holds the kubeconfig, no agent does."""

    platform: TestPlatform
    work: Path
    count: int = field(default=0)

    def on(self, *names: str) -> None:
        """Push the platform with these components on; the last one is off."""
        self.platform.on(*names)
        held(self.platform)
        path = self.platform.folder / "platform.yaml"
        document = json.loads(path.read_text())
        document["jenkins"] = {
            "url": "http://127.0.0.1:1",
            "source": {"repository": f"file://{self.platform.folder}"},
        }
        document["components"].append({"name": "resting", "enabled": False})
        path.write_text(json.dumps(document))
        folder = self.platform.folder
        if not (folder / ".git").exists():
            git("init", "--quiet", "--initial-branch=main", cwd=folder)
        git("add", "--all", cwd=folder)
        git("commit", "--quiet", "--allow-empty", "--message=Next", cwd=folder)

    @property
    def scripts(self) -> dict[str, str]:
        return scripts(self.platform)

    def run(self, job: str = COMPONENTS, **parameters: Any) -> Trace:
        self.count += 1
        return run(self.platform, self.work, job, self.count, **parameters)


@pytest.fixture(scope="module")
def jenkins(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jenkins]:
    with made_platform(tmp_path_factory.mktemp("platform"), testbed) as platform:
        platform.component("base", policies=True)
        platform.component("web", needs=("base",))
        platform.component("resting")
        made = Jenkins(platform, tmp_path_factory.mktemp("jobs"))
        made.on("base", "web")
        yield made


def test_all_are_rolled_out_and_again_nothing(jenkins: Jenkins) -> None:
    assert set(jenkins.scripts) == {COMPONENTS, component_job("base"), component_job("web")}, "one is off"
    looked = jenkins.run(PLAN_ONLY=True)
    assert looked.result == "SUCCESS", looked.console
    assert looked.description == "plan in dev: would be deployed base, web"
    assert jenkins.platform.prefix not in jenkins.platform.kubectl("get", "namespaces", "--output", "name")
    trace = jenkins.run()
    assert trace.result == "SUCCESS", trace.console
    assert (trace.problems, trace.leaked) == ((), ())
    assert (trace.description or "").splitlines()[1:] == [
        "deploy in dev: deployed base, web",
        "plan in dev: would be deployed base, web",
    ]
    assert "2 components are ready in dev" in trace.console
    pods = jenkins.platform.pods("base"), jenkins.platform.pods("web")
    again = jenkins.run()
    assert again.result == "SUCCESS", again.console
    assert (again.description or "").splitlines()[1:] == [
        "deploy in dev: unchanged base, web",
        "plan in dev: unchanged base, web",
    ]
    assert "2 components: nothing was done" in again.console
    assert (jenkins.platform.pods("base"), jenkins.platform.pods("web")) == pods


def test_one_that_fails_is_named_first_and_keeps_no_other(jenkins: Jenkins) -> None:
    platform = jenkins.platform
    platform.component("bad", values={"broken": True}, chart={"version": "1.0.0"})
    platform.component("after", needs=("bad",))
    platform.component("more")
    jenkins.on("base", "web", "bad", "after", "more")
    trace = jenkins.run()
    assert trace.result == "FAILURE"
    assert (trace.description or "").splitlines()[0] == (
        "deploy in dev: failed bad; waiting after; deployed more; unchanged base, web"
    )
    assert trace.statuses()["Rollout/Verify"] == "skipped"
    assert trace.console.index("bad: failed") < trace.console.index("not ready: bad")


def test_a_component_s_own_job_is_about_it_alone(jenkins: Jenkins) -> None:
    platform = jenkins.platform
    platform.component("web", needs=("base",), chart={"version": "1.1.0", "appVersion": "1.1.0"})
    jenkins.on("base", "web")
    trace = jenkins.run(component_job("web"))
    assert trace.result == "SUCCESS", trace.console
    assert "deploy in dev: deployed web" in (trace.description or "")


def test_developers_namespaces_are_looked_after_by_the_clock(jenkins: Jenkins) -> None:
    platform, name = jenkins.platform, f"{jenkins.platform.prefix}-draft-ada"
    ended, theirs = f"{platform.prefix}-draft-ben", f"{platform.prefix}-nobodys"
    labels = {MARK: "true", OWNER: "ada"}
    places = {name: labels, ended: {**labels, OWNER: "ben", END: "2001-01-01"}, theirs: {END: "2001-01-01"}}
    for each, marks in places.items():
        # Other developers of this cluster are other tests: none of them has been idle since the year 2000.
        metadata = {"name": each, "labels": marks, "annotations": {USED: "2000-01-01T00:00:00Z"}}
        made = jenkins.work / "namespace.json"
        made.write_text(json.dumps({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}))
        platform.kubectl("apply", "--filename", str(made))
    image = f"--image={platform.image}"
    platform.kubectl("create", "deployment", "orders", image, "--namespace", name, "--", "sleep", "9999")
    path = platform.folder / "platform.yaml"
    document = json.loads(path.read_text())
    document["draft"] = {"idle": "9000d"}
    document["clusters"][0]["context"] = platform.env["PK_TESTBED_CONTEXT"]
    path.write_text(json.dumps(document))
    git("commit", "--quiet", "--all", "--message=Draft", cwd=platform.folder)
    looked = jenkins.run(REAP, PLAN_ONLY=True)
    assert looked.result == "SUCCESS", looked.console
    assert f"{name} of ada would be asleep" in looked.console
    assert f"{ended} of ben would be removed: it ended on 2001-01-01" in looked.console
    replicas = ("get", "deployment", "orders", "--namespace", name, "-o", "jsonpath={.spec.replicas}")
    assert platform.kubectl(*replicas) == "1"
    trace = jenkins.run(REAP)
    assert trace.result == "SUCCESS", trace.console
    assert f"{name} of ada is asleep" in trace.console
    assert f"{ended} of ben is removed" in trace.console
    platform.kubectl("wait", "--for=delete", f"namespace/{ended}", "--timeout=60s")
    assert platform.kubectl("get", "namespace", theirs, "--output", "jsonpath={.status.phase}") == "Active"
    assert platform.kubectl(*replicas) == "0"
    again = jenkins.run(REAP)
    assert again.result == "SUCCESS", again.console
    assert name not in again.console
    assert ended not in again.console
