"""The objects of releases: what is given to Helm, and what its text is taken for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.model.app import Service
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.platform.network import Network
from pipelinekit.model.release import Target
from pipelinekit.model.tree import Tree
from pipelinekit.steps.network.releases import kinds_of, of_applications, of_components
from tests import examples, parts
from tests.rollouts import Bench

DEV = Environment(name="dev", cluster="nonprod", namespace="{team}-dev")


def test_a_components_policies_are_a_release_of_their_own(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    part = bench.part(policies="policies")
    found = of_components([part], bench.shelf, parts.Components(bench.releases))
    assert [(each.owner, each.release) for each in found] == [("store", "store-policies"), ("store", "store")]


def test_an_application_is_rendered_as_a_deployment_would() -> None:
    given: list[tuple[str, str, dict[str, object]]] = []

    def template(tree: Tree, folder: str, target: Target, values: Sequence[str]) -> str:
        assert f"{folder}/Chart.yaml" in tree
        laid: dict[str, object] = {}
        for text in values[-2:]:
            laid |= json.loads(text)
        given.append((folder, target.namespace, laid))
        return "# Source: shop/templates/a.yaml\nkind: Service\nmetadata: {name: shop}\n"

    platform = replace(examples.platform(environments=(DEV,)), network=Network(services={"sql": (6432,)}))
    app = examples.app("shop", "pay", calls=("ship/stock",))
    (found,) = of_applications([app], platform, DEV, examples.site(), templates(), template)
    assert (found.owner, found.release, found.namespace) == ("pay/shop", "shop", "pay-dev")
    assert [source for _, source in found.objects] == ["shop/templates/a.yaml"]
    (told,) = given
    assert told[:2] == ("charts/shop", "pay-dev")
    assert told[2]["peers"] == {"ship/stock": {"name": "stock", "namespace": "ship-dev"}}
    assert told[2]["network"] == {"services": {"sql": [6432]}}


def test_kinds_of_services_are_named_once() -> None:
    apps = [examples.app(each, "pay", services=(Service(type="sql", name="db"),)) for each in ("a", "b")]
    assert kinds_of(apps) == ("sql",)


def test_of_applications_that_are_alike_one_is_rendered() -> None:
    begun: list[str] = []

    def template(tree: Tree, folder: str, target: Target, values: Sequence[str]) -> str:
        begun.append(target.name)
        (given,) = [found for text in values if (found := json.loads(text)).get("peers")] or [{"peers": {}}]
        about = {"name": target.name, "namespace": target.namespace, "peers": given["peers"]}
        assert f"{folder}/values.yaml" in tree
        return f"# Source: {target.name}/templates/a.yaml\n" + json.dumps({"kind": "X", "about": about})

    apps = [examples.app(each, "pay", calls=(f"ship/{each}s",)) for each in ("desk", "shop")]
    odd = examples.app("odd", "pay")
    platform = examples.platform(environments=(DEV,))
    these = [apps[0], odd, apps[1]]
    found = of_applications(these, platform, DEV, examples.site(), templates(), template)
    assert [each.owner for each in found] == ["pay/desk", "pay/odd", "pay/shop"]
    assert len(begun) == 2
    for each, name in ((found[0], "desk"), (found[2], "shop")):
        ((made, source),) = each.objects
        assert (each.release, source) == (name, f"{name}/templates/a.yaml")
        peer = {"name": f"{name}s", "namespace": "ship-dev"}
        assert made["about"] == {"name": name, "namespace": "pay-dev", "peers": {f"ship/{name}s": peer}}
