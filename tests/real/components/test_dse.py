"""DataStax Enterprise: the pods that its resources ask for, and all policies, shown to a real API server.

The definitions of its kinds and its images cannot be had here: what runs is not what this is about.
"""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.charts.helm import Helm
from tests.charts.test_platform_charts import made_by_operators
from tests.real.components.site import OURS
from tests.real.components.wrapped import Object, Wrapped
from tests.real.platform import made_platform

pytestmark = pytest.mark.matrix("components")


@pytest.fixture(params=["single-node", "production"])
def site(request: pytest.FixtureRequest, testbed: Mapping[str, str], tmp_path: Path) -> Iterator[Wrapped]:
    with made_platform(tmp_path / "platform", testbed) as platform:
        yield Wrapped(platform, "", request.param)


def rendered(testbed: Mapping[str, str], folder: Path, chart: str, *files: str) -> list[Object]:
    """What a chart of ours is, with its library in it."""
    helm = Helm(str(shutil.which("helm", path=testbed["PATH"])), folder / "home")
    if not (folder / "charts").exists():
        shutil.copytree(OURS, folder / "charts")
    there = folder / "charts" / chart
    assert helm.run("dependency", "build", "--skip-refresh", str(there)).code == 0
    return helm.objects(there, {}, release=chart.split("/")[0], files=[there / "ci" / each for each in files])


def test_a_namespace_of_the_restricted_level_takes_its_pods_and_the_policies_of_both(
    site: Wrapped, testbed: Mapping[str, str], tmp_path: Path
) -> None:
    objects = rendered(testbed, tmp_path, "dse/chart", f"{site.level}-values.yaml")
    policies = [
        each
        for name in ("dse", "k8ssandra-operator")
        for each in rendered(testbed, tmp_path, f"{name}/policies")
    ]
    account = next(each for each in objects if each["kind"] == "ServiceAccount")
    (pod,) = [{"apiVersion": "v1", **each} for each in made_by_operators(objects)]
    site.space("dse")
    assert site.dry([site.moved(each, "dse") for each in (account, *policies)]) == ""
    site.applied(json.dumps(site.moved(account, "dse")))
    assert site.dry([site.moved(pod, "dse")]) == ""
    loose = copy.deepcopy(pod)
    del loose["spec"]["containers"][0]["securityContext"]
    with pytest.raises(AssertionError, match="violates PodSecurity"):
        site.dry([site.moved(loose, "dse")])
