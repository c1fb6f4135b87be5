"""What is filled into one chart of a form is what Helm renders of each application's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.model.app import App, Process
from pipelinekit.model.network.ends import Grounds
from pipelinekit.model.platform.document import Vault
from pipelinekit.model.platform.site import Site
from pipelinekit.model.release import Target
from pipelinekit.model.tree import Tree
from pipelinekit.plan.network.rendered.assembly import Rendered, cluster_of
from pipelinekit.steps.network.alike import Filled
from pipelinekit.steps.network.releases import of_applications
from tests import examples
from tests.charts.helm import Helm
from tests.golden import trees as golden
from tests.network import fleet
from tests.network.fleet import DEV

VAULT = Vault(address="https://vault.example.com:8200")
DESCRIBED = [
    case
    for case in sorted(path.parent.parent.name for path in golden.HERE.glob("*/given/app.yaml"))
    if not golden.app_of(case).chart
]
"""Of the golden applications those that have our chart."""


class _Releases:
    """`of_applications` with real Helm, which counts how often that was asked."""

    def __init__(self, helm: Helm, folder: Path, *, mesh: bool) -> None:
        self.helm, self.folder, self.mesh, self.begun = helm, folder, mesh, 0

    def __call__(self, apps: Sequence[App]) -> list[Rendered]:
        platform = replace(fleet.platform_of(apps), vault=VAULT)
        return of_applications(apps, platform, DEV, _site(self.mesh), templates(), self.template)

    def template(self, tree: Tree, folder: str, target: Target, values: Sequence[str]) -> str:
        self.begun += 1
        place = self.folder / str(self.begun)
        golden.rewrite(place, tree)
        words: list[str] = []
        for number, text in enumerate(values):
            (place / f"{number}.yaml").write_text(text)
            words += ["--values", str(place / f"{number}.yaml")]
        chart = str(place / folder)
        said = self.helm.run("template", target.name, chart, "--namespace", target.namespace, *words)
        assert said.code == 0, said.err
        return said.out


def _others(apps: Sequence[App], suffix: str) -> list[App]:
    """The same fleet under other names, so that no form is one application's alone."""

    def word(text: str) -> str:
        name, colon, port = text.partition(":")
        return f"{name}{suffix}{colon}{port}"

    return [
        replace(
            each,
            name=f"{each.name}{suffix}",
            calls=tuple(map(word, each.calls)),
            accepts=tuple(map(word, each.accepts)),
        )
        for each in apps
    ]


@pytest.mark.parametrize("mesh", [False, True], ids=["without a mesh", "in a mesh"])
def test_what_is_filled_in_is_what_helm_renders(helm: Helm, tmp_path: Path, *, mesh: bool) -> None:
    apps = fleet.apps(2)
    both = [*apps, *_others(apps, "-and-a-longer-name")]
    together = _Releases(helm, tmp_path / "together", mesh=mesh)
    found = together(both)
    assert together.begun <= len(apps)
    assert all(isinstance(each.objects, Filled) for each in found)
    alone = _Releases(helm, tmp_path / "alone", mesh=mesh)
    whole = replace(fleet.platform_of(both), vault=VAULT)
    # Each by itself, on a platform that has them all: who is alone is rendered as a deployment would.
    for app, each in zip(both, found, strict=True):
        (own,) = of_applications([app], whole, DEV, _site(mesh), templates(), alone.template)
        assert not isinstance(own.objects, Filled)
        assert (each.owner, each.release, each.namespace) == (own.owner, own.release, own.namespace)
        assert list(each.objects) == [tuple(one) for one in own.objects], each.owner


def _site(mesh: bool) -> Site:
    return replace(examples.site(), mesh=mesh)


@pytest.mark.parametrize("case", DESCRIBED)
def test_what_is_left_out_says_nothing_of_the_network(helm: Helm, tmp_path: Path, case: str) -> None:
    app = golden.app_of(case)
    other = replace(app, name="twin", processes={name: _noisy(each) for name, each in app.processes.items()})
    releases = _Releases(helm, tmp_path, mesh=False)
    both = releases([app, other])
    alone = [one for each in (app, other) for one in releases([each])]
    assert releases.begun == 3, "one of the form, and each by itself"
    clusters = [cluster_of(each, {}, Grounds()) for each in (both, alone)]
    # A pod is equal to itself alone.
    assert list(map(repr, clusters[0].pods)) == list(map(repr, clusters[1].pods))
    assert clusters[0].policies == clusters[1].policies


def _noisy(process: Process) -> Process:
    return replace(process, env={**process.env, "NOISE": "{{ no }} 'template'"}, command=("sh", "-c", "x"))
