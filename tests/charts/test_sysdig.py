"""Sysdig's chart with our values: off without an account, no privileged container, one way out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.charts.helm import Helm, Object, containers_of, pod_of
from tests.charts.test_wrappers import locked_wrapper, platform, verb_of, write_platform

NODE = {
    *("DAC_READ_SEARCH", "KILL", "SETGID", "SETUID"),
    *("SYS_ADMIN", "SYS_CHROOT", "SYS_PTRACE", "SYS_RESOURCE"),
}
"""What the chart adds for programs in the kernel."""


@pytest.mark.parametrize("level", ["single-node", "production"])
def test_its_agents_have_the_node_and_nothing_is_privileged(helm: Helm, tmp_path: Path, level: str) -> None:
    locked_wrapper(helm, tmp_path, "sysdig", level)
    platform(helm, tmp_path, "render", "--env", "dev", "--to", "rendered")
    objects = {f"{each['kind']}/{each['metadata']['name']}": each for each in read(tmp_path)}
    agent, shield = (objects[each] for each in ("DaemonSet/sysdig-host", "Deployment/sysdig-cluster"))
    (container,) = containers_of(agent)
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    assert set(container["securityContext"]["capabilities"]["add"]) == NODE
    assert (pod_of(agent)["hostNetwork"], pod_of(agent)["hostPID"]) == (True, True)
    component = yaml.safe_load((tmp_path / "platform-charts" / "sysdig" / "component.yaml").read_text())
    assert component["node"] == {"privileged": True}
    assert pod_of(shield)["securityContext"] == {
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert not {"hostNetwork", "hostPID", "hostIPC"} & pod_of(shield).keys()
    for workload in (agent, shield):
        (one,) = containers_of(workload)
        assert one["resources"]["limits"].keys() == {"memory", "ephemeral-storage"}
        secrets = [each["secret"]["secretName"] for each in pod_of(workload)["volumes"] if "secret" in each]
        assert secrets == ["sysdig-access-key"]
    told = json.loads(platform(helm, tmp_path, "network", "--check", "--json"))
    assert [each for each in told["notes"] if "sysdig-host" in json.dumps(each)] != []


def test_it_is_off_in_words_and_refused_on_without_an_account(helm: Helm, tmp_path: Path) -> None:
    locked_wrapper(helm, tmp_path, "sysdig", "single-node")
    write_platform(tmp_path, [{"name": "sysdig", "enabled": False}])
    for verb in ("render", "plan"):
        said = verb_of(helm, tmp_path, verb, "--env", "dev")
        assert said.returncode == 0, said.stderr
        assert (
            "sysdig is off: it wants the Secret with the access key, the region of the account" in said.stderr
        )
    write_platform(tmp_path, [{"name": "sysdig"}])
    for verb in ("render", "plan", "deploy"):
        said = verb_of(helm, tmp_path, verb, "--env", "dev")
        assert said.returncode == 3
        for words in ("the Secret with the access key", "the region of the account", "the cluster's name"):
            assert f"'sysdig' is on, and {words}" in said.stderr
        assert "sysdig_endpoint.access_key_existing_secret` in the file that values: names" in said.stderr


@pytest.mark.parametrize(
    ("driver", "reason"), [("universal_ebpf", ""), ("kmod", "locked, and no value takes its digest")]
)
def test_another_driver_needs_two_images_by_one_tag(
    helm: Helm, tmp_path: Path, driver: str, reason: str
) -> None:
    """What no value can name by digest is not rendered by it, whatever the lock has."""
    locked_wrapper(helm, tmp_path, "sysdig", "single-node")
    file, lock = tmp_path / "sysdig.yaml", tmp_path / "platform-charts" / "sysdig" / "archive.lock.yaml"
    file.write_text(file.read_text() + f"host: {{driver: {driver}}}\n")
    told = json.loads(lock.read_text())
    if reason:
        told["images"]["quay.io/sysdig/agent-kmodule:14.7.4"] = f"sha256:{'b' * 64}"
    lock.write_text(json.dumps(told))
    platform(helm, tmp_path, "render", "--env", "dev", "--to", "rendered")
    agent = next(each for each in read(tmp_path) if each["kind"] == "DaemonSet")
    assert all("@sha256:" in each["image"] for each in containers_of(agent)) is not bool(reason)


def read(folder: Path) -> list[Object]:
    text = (folder / "rendered" / "sysdig.yaml").read_text()
    found: list[Any] = [each for each in yaml.safe_load_all(text) if each]
    return found
