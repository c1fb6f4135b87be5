"""The whole platform as `platform render` writes it, small and large: golden trees.

A file of them is what one component applies: its definitions, its policies, itself. Of what Elastic's and
Istio's own charts make there is each object's name and digest, so that a change of a value is seen.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from pipelinekit.model.tree import File
from tests.charts import everything, facts
from tests.charts.helm import Helm, Object, name_of, template_of
from tests.charts.test_platform_charts import running
from tests.charts.test_wrappers import platform
from tests.golden import trees
from tests.network import whole

GOLDEN = Path(__file__).parent / "golden"
DIGESTED = {"eck", *everything.ISTIO}
"""Whose objects are the words of a chart that is not ours."""


@pytest.fixture(scope="module", params=whole.VALUES)
def site(
    request: pytest.FixtureRequest, helm: Helm, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """Whether it is small or large, and the folder of a platform of everything, rendered."""
    folder = tmp_path_factory.mktemp(request.param)
    names = everything.write(helm, folder, request.param)
    platform(helm, folder, "render", "--to", "rendered")
    assert {each.stem for each in (folder / "rendered").iterdir()} == set(names)
    return request.param, folder


def test_the_platform_is_rendered_as_it_was(site: tuple[str, Path], pytestconfig: pytest.Config) -> None:
    values, folder = site
    tree = {each.name: File(_told(each)) for each in (folder / "rendered").iterdir()}
    golden = GOLDEN / values
    if pytestconfig.getoption("--update-golden"):
        trees.rewrite(golden, tree)
    found = trees.differences(golden, tree)
    assert not found, f"{', '.join(found)}; to see it in a diff: pytest {__file__} --update-golden"


@pytest.mark.parametrize("site", ["production"], indirect=True)
@pytest.mark.parametrize("name", sorted(facts.FACTS))
def test_what_is_known_of_a_component_stands_in_what_is_rendered(site: tuple[str, Path], name: str) -> None:
    found = [facts.wrong(each, site[1], name) for each in facts.FACTS[name]]
    assert [each for each in found if each] == []


@pytest.mark.parametrize("site", ["production"], indirect=True)
@pytest.mark.parametrize(
    "fact",
    [
        {"in": "StatefulSet jenkins", "at": "spec/replicas", "is": 2},
        {"in": "StatefulSet nobody", "at": "spec/replicas", "lacks": "2"},
        {"in": "values", "at": "no/such/word", "holds": "x"},
        {"in": "NetworkPolicy", "holds": "50001"},
    ],
    ids=lambda it: it["in"],
)
def test_what_is_not_so_is_told(site: tuple[str, Path], fact: dict[str, object]) -> None:
    assert facts.wrong({"fact": "a fact", **fact}, site[1], "jenkins").startswith("a fact: ")


def test_everything_is_closed_but_for_what_is_declared(helm: Helm, site: tuple[str, Path]) -> None:
    """All of it at once: what two components say of each other is held, and Jobs are nobody's servers."""
    proof = json.loads(platform(helm, site[1], "network", "--check", "--json"))
    assert (proof["holds"], proof["findings"]) == (True, [])
    assert (proof["components"], proof["flows"] > 200, proof["pods"] > 60) == (26, True, True)


def test_no_two_components_have_one_object(site: tuple[str, Path]) -> None:
    found = Counter(
        (each["kind"], each["metadata"].get("namespace"), name_of(each)) for _, each in _objects(site[1])
    )
    assert [each for each, times in found.items() if times > 1] == []


def test_no_pod_has_two_budgets(site: tuple[str, Path]) -> None:
    """The API server evicts no such pod: a node with one is never drained."""
    budgets = [(owner, each) for owner, each in _objects(site[1]) if each["kind"] == "PodDisruptionBudget"]
    assert len(budgets) > 10 or site[0] == "single-node"
    for owner, each in _objects(site[1]):
        for workload in running([each]):
            labels = template_of(workload).get("metadata", {}).get("labels", {}).items()
            selecting = [
                name_of(budget)
                for whose, budget in budgets
                if whose == owner and budget["spec"]["selector"]["matchLabels"].items() <= labels
            ]
            assert len(selecting) < 2, (owner, name_of(workload), selecting)


def _objects(folder: Path) -> Iterator[tuple[str, Object]]:
    """Each object with the component whose it is."""
    for file in sorted((folder / "rendered").iterdir()):
        for each in yaml.load_all(file.read_text(), Loader=yaml.CSafeLoader):
            if each:
                yield file.stem, each


def _told(file: Path) -> str:
    """What a golden file has of a rendered one."""
    text = file.read_text()
    if file.stem not in DIGESTED:
        return text
    documents = [each for each in text.split("\n---\n") if each.strip()]
    return "\n---\n".join(_named(each, file.stem) for each in documents) + "\n"


def _named(document: str, name: str) -> str:
    """A document of our policies as it is; another one's object by name and digest."""
    found = yaml.load(document, Loader=yaml.CSafeLoader)
    if not found or f"# Source: {name}-policies/" in document:
        return document.rstrip("\n")
    digest = hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()
    return f"# {found['apiVersion']} {found['kind']} {name_of(found)}: sha256:{digest}"
