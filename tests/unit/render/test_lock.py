from __future__ import annotations

import yaml

from pipelinekit.model.jenkins.agent import Agent, AgentPod
from pipelinekit.model.lock import Lock
from pipelinekit.render.lock import lock_text
from tests import examples


def test_a_lock_says_what_made_the_files_and_what_they_were() -> None:
    lock = Lock(
        tool="0.1.0",
        site=examples.site(
            agent=Agent(pod=AgentPod(namespace="agents", image="a:1")),
            package_credentials={"pypi": "reader", "go": "reader"},
        ),
        files={"b": "sha256:2", "a": "sha256:1"},
        yours=("z", "charts/orders/"),
    )
    assert yaml.safe_load(lock_text(lock)) == {
        "tool": "0.1.0",
        "templates": 1,
        "site": {
            "library": "0.1.0",
            "pod": {"namespace": "agents", "image": "a:1"},
            "branch": "main",
            "path": ".",
            "registryCredentials": "nexus",
            "chartsCredentials": "nexus-charts",
            "kubeCredentials": ["kube-nonprod"],
            "packageCredentials": {"go": "reader", "pypi": "reader"},
        },
        "yours": ["charts/orders/", "z"],
        "files": {"a": "sha256:1", "b": "sha256:2"},
    }


def test_it_tells_a_reader_what_it_is() -> None:
    assert lock_text(Lock(tool="1", site=examples.site(), files={})).startswith(
        "# Written by `pipelinekit generate`"
    )


def test_the_same_lock_gives_the_same_text_whatever_the_order() -> None:
    one = Lock(tool="1", site=examples.site(), files={"a": "1", "b": "2"}, was={"c": "3", "d": "4"})
    other = Lock(tool="1", site=examples.site(), files={"b": "2", "a": "1"}, was={"d": "4", "c": "3"})
    assert lock_text(one) == lock_text(other)


def test_a_file_a_line_so_that_git_can_merge_two_generations() -> None:
    lines = lock_text(Lock(tool="1", site=examples.site(), files={"a": "1", "b": "2"})).splitlines()
    assert lines[-2:] == ['  a: "1"', '  b: "2"']
