"""`platform deploy` killed with all that it has started while it changes a component, and run again."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests import matrix
from tests.real.killing import KINDS, WHEN, differences, killed, plain, shims
from tests.real.platform import TestPlatform, made_platform
from tests.real.test_components import store, web

STEPS: Mapping[str, tuple[str, str]] = {
    "definitions": ("kubectl", '*" apply --server-side "*'),
    "policies": ("helm", '*" upgrade --install store-policies "*'),
    "backup": ("kubectl", '*" create job store-backup-"*'),
    "awaited backup": ("kubectl", '*" wait --for=condition=Complete job/store-backup-"*'),
    "release": ("helm", '*" upgrade --install store "*'),
    "a pod's deletion": ("kubectl", '*" delete pod "*'),
}
"""What of an upgrade is killed, by the program and the words that it is called with."""
MOST = 770000
"""What the definition says is another number in each upgrade, from here on."""
CASES = [(step, when) for step in STEPS for when in WHEN]


@dataclass
class Bench:
    """A platform on which one upgrade comes after the other; `wanted` is what an undisturbed one leaves."""

    platform: TestPlatform
    folder: Path
    minor: int = 0
    wanted: Any = None

    def upgrade(self) -> None:
        """Have everything of the components changed: definition, policies, pods."""
        self.minor += 1
        platform, version = self.platform, f"1.{self.minor}.0"
        # Of three pods the one in the middle leads: it is the last to go.
        if self.minor > 1:
            platform.kubectl("label", "pod", "store-1", "role=leader", "--overwrite", component="store")
        store(platform, version, most=MOST + self.minor)
        web(platform, version)
        chart = platform.folder / "platform-charts/store/policies/Chart.yaml"
        chart.write_text(chart.read_text().replace("version: 1.0.0", f"version: {version}"))
        platform.on("store", "web")

    def left(self) -> Any:
        """All that is there of the components, but for what differs from one upgrade to the next."""
        found: dict[str, Any] = {}
        crd = f"widgets.{self.platform.prefix}.example.com"
        found["definition"] = plain(
            json.loads(self.platform.kubectl("get", "crd", crd, "--output", "json", "--show-managed-fields"))
        )
        # Backups have names of their own, and a killed rollout makes a second one.
        kinds = ",".join(each for each in f"statefulsets,{KINDS}".split(",") if each != "jobs")
        for name in ("store", "web"):
            words = ("get", kinds, "--output", "json", "--show-managed-fields")
            items = json.loads(self.platform.kubectl(*words, component=name))["items"]
            for each in items:
                # It counts the upgrades of this platform.
                each["metadata"].get("annotations", {}).pop("deployment.kubernetes.io/revision", None)
            found[name] = {
                f"{each['kind']}/{each['metadata']['name']}": plain(each)
                for each in items
                if each.get("type") != "helm.sh/release.v1"
            }
            found[f"{name}'s releases"] = self.releases(name)
        text = json.dumps(found, sort_keys=True).replace(self.platform.prefix, "PREFIX")
        return json.loads(
            text.replace(f"1.{self.minor}.0", "VERSION").replace(f"{MOST + self.minor}", f"{MOST}")
        )

    def servers(self) -> set[str]:
        """The uid of each server's pod; those of backups are others."""
        pods = self.platform.pods("store")
        return {uid for name, uid in pods.items() if name in ("store-0", "store-1", "store-2")}

    def releases(self, name: str) -> list[str]:
        """Each release of a component's namespace that is deployed or on its way there."""
        words = ("get", "secrets", "--selector", "owner=helm", "--output", "json")
        items = json.loads(self.platform.kubectl(*words, component=name))["items"]
        labels = [each["metadata"]["labels"] for each in items]
        return sorted(
            f"{each['name']} {each['status']}"
            for each in labels
            if each["status"] not in ("superseded", "failed")
        )


@pytest.fixture(scope="module")
def bench(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("killed")
    with made_platform(folder, testbed) as platform:
        made = Bench(platform, folder)
        for _ in range(2):
            made.upgrade()
            platform.must("deploy", "--timeout", "240")
        made.wanted = made.left()
        yield made


@pytest.mark.parametrize(("step", "when"), matrix.sampled("rollout", CASES, 2))
def test_killed_while_a_component_is_changed_and_run_again_leaves_what_an_undisturbed_one_leaves(
    bench: Bench, tmp_path: Path, step: str, when: str, matrix_row: Callable[..., None]
) -> None:
    platform = bench.platform
    program, pattern = STEPS[step]
    bench.upgrade()
    before = bench.servers()
    folder = shims(platform, tmp_path / "bin", {program: pattern})
    (tmp_path / "count").mkdir()
    env = {
        "PATH": f"{folder}{os.pathsep}{platform.env.get('PATH', os.environ['PATH'])}",
        "KILL_COUNT": str(tmp_path / "count"),
        "KILL_AT": "1",
        "KILL_WHEN": when,
        "KILL_AMID": "0.1",
    }
    words = ("platform", "deploy", "--timeout", "240", "--platform", str(platform.folder))
    assert killed(platform, words, env) == -signal.SIGKILL, "nobody was killed: how is that program called?"
    said = platform.must("deploy", "--timeout", "240")
    assert list(differences(bench.wanted, bench.left())) == [], said.err
    assert (len(before), len(bench.servers() - before)) == (3, 3)
    assert backups(platform) == {"Complete"}
    assert platform.states() == {"store": "unchanged", "web": "unchanged"}
    matrix_row("rollout", f"kill: {step}, {when}", "the same")


def backups(platform: TestPlatform) -> set[str]:
    """How backups have ended, each of them."""
    template = '{range .items[*]}{.status.conditions[?(@.status=="True")].type}{"\\n"}{end}'
    said = platform.kubectl("get", "jobs", "--output", f"jsonpath={template}", component="store")
    return {line.split()[-1] if line.split() else "runs" for line in said.splitlines()}
