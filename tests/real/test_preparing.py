"""Many charts are linted and packed by few of Helm's processes, and each as if it had been alone."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from pipelinekit.adapters.cluster.charts import linting
from pipelinekit.adapters.cluster.charts.helm import Helm
from pipelinekit.errors import ToolFailed
from pipelinekit.ports.releases import ChartFolder
from tests.real.platform import TestPlatform

TRIAL = '{"size": 3, "deep": {"a": [1]}}'


class Counted:
    """A Helm on the PATH that notes which of its verbs it was asked for."""

    def __init__(self, folder: Path, path: str) -> None:
        folder.mkdir()
        self.said = folder / "said"
        real = shutil.which("helm", path=path)
        (folder / "helm").write_text(f'#!/bin/sh\necho "$1" >> "{self.said}"\nexec "{real}" "$@"\n')
        (folder / "helm").chmod(0o755)
        self.path = f"{folder}{os.pathsep}{path}"

    def verbs(self) -> dict[str, int]:
        """How often each since the last time."""
        found = Counter(self.said.read_text().split()) if self.said.exists() else Counter()
        self.said.unlink(missing_ok=True)
        return dict(found)


@pytest.fixture
def counted(testbed: Mapping[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counted:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    made = Counted(tmp_path / "bin", testbed["PATH"])
    monkeypatch.setenv("PATH", made.path)
    return made


def chart(folder: Path, name: str, template: str = "", trial: str = TRIAL) -> ChartFolder:
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text(f"# Ours.\napiVersion: v2\nversion: 1.0.0\nname: {name}\n")
    (folder / "values.yaml").write_text("size: 1\ndeep: {a: [2], b: true}\n")
    (folder / "templates" / "thing.yaml").write_text(
        f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n"
        f'data: {{size: "{{{{ .Values.size }}}}"}}\n{template}'
    )
    return ChartFolder(folder=folder, trial=trial, root=folder.parent)


def packaged(helm: Helm, each: ChartFolder, to: Path) -> bytes:
    made = helm.package(each.folder, {}, each.trial, to, each.folder.name, root=each.root)
    return made.read_bytes()


def test_what_was_prepared_is_packaged_without_helm_and_byte_for_byte_the_same(
    counted: Counted, tmp_path: Path
) -> None:
    charts = [chart(tmp_path / f"c{each}", f"part-{each}") for each in range(5)]
    alone = [packaged(Helm({}), each, tmp_path) for each in charts]
    assert counted.verbs() == {"lint": 10, "package": 5}
    shutil.rmtree(tmp_path / "cache")
    helm = Helm({})
    helm.prepare(charts)
    assert counted.verbs() == {"lint": 1, "package": 1}
    assert [packaged(helm, each, tmp_path) for each in charts] == alone
    assert counted.verbs() == {}
    another = Helm({})
    another.prepare(charts)
    assert counted.verbs() == {"package": 1}


@pytest.mark.parametrize(
    "template",
    [
        "{{ if }}\n",
        '{{ if eq (int .Values.size) 3 }}{{ fail "three" | nope }}{{ end }}\n',
        "{{ if eq (int .Values.size) 3 }}\ndata: [\n{{ end }}\n",
    ],
    ids=["always", "template", "deployed"],
)
def test_one_that_is_wrong_says_so_itself_and_the_others_are_right(
    counted: Counted, tmp_path: Path, template: str
) -> None:
    bad = chart(tmp_path / "bad", "bad", template)
    good = chart(tmp_path / "good", "good")
    helm = Helm({})
    helm.prepare([bad, good])
    with pytest.raises(ToolFailed) as said:
        packaged(helm, bad, tmp_path)
    with pytest.raises(ToolFailed) as alone:
        packaged(Helm({}), bad, tmp_path)
    assert said.value.faults == alone.value.faults
    assert packaged(helm, good, tmp_path) == packaged(Helm({}), good, tmp_path)


def test_of_two_charts_of_one_name_each_has_its_own_archive(counted: Counted, tmp_path: Path) -> None:
    charts = [chart(tmp_path / each, "same", f"# {each}\n") for each in ("one", "other")]
    helm = Helm({})
    helm.prepare(charts)
    made = [packaged(helm, each, tmp_path) for each in charts]
    assert made == [packaged(Helm({}), each, tmp_path) for each in charts]
    assert made[0] != made[1]


@pytest.mark.parametrize("trial", ['{"deep": {"a": null}}', "a: ["])
def test_what_cannot_be_laid_over_a_charts_own_values_is_linted_by_itself(
    counted: Counted, tmp_path: Path, trial: str
) -> None:
    linting.Linter().lint_together([(chart(tmp_path / "a", "a", trial=trial).folder, trial)])
    assert counted.verbs() == {}


def test_what_is_no_chart_is_left_to_who_asks_for_it(counted: Counted, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "leads-out").symlink_to("/etc/hostname")
    good = chart(tmp_path / "good", "good")
    helm = Helm({})
    helm.prepare([ChartFolder(folder=empty, trial="{}", root=tmp_path), good])
    assert counted.verbs() == {"lint": 1, "package": 1}
    packaged(helm, good, tmp_path)
    assert counted.verbs() == {}


def test_a_component_costs_a_process_of_helm_for_each_of_its_releases(
    testbed: Mapping[str, str], tmp_path: Path
) -> None:
    counted = Counted(tmp_path / "bin", testbed["PATH"])
    env = {
        **testbed,
        "PATH": counted.path,
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "KUBECONFIG": os.devnull,
    }
    platform = TestPlatform(tmp_path, "many", env, "r.example.com")
    names = [f"c{number}" for number in range(9)]
    for name in names:
        platform.component(name, policies=True)
    platform.on(*names)
    first = platform.must("render")
    assert counted.verbs() == {"lint": 1, "package": 1, "template": 18}
    assert platform.must("render").out == first.out
    assert counted.verbs() == {"template": 18}
