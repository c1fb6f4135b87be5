"""What has to run before Nexus cannot pull from it."""

from __future__ import annotations

from dataclasses import replace

from pipelinekit.model.platform.document import Charts, Images, Platform
from pipelinekit.model.platform.nexus import Nexus
from pipelinekit.plan.bundle.knot import faults, hosts
from tests import examples

ORDER = {"postgresql": (), "nexus": ("postgresql",), "jenkins": ("nexus",)}
HOST = "nexus.example.com:5000"


def platform(nexus: Nexus | None = None) -> Platform:
    images = Images(registry=HOST, mirror="seed.example.com:5000")
    charts = Charts(repository=f"oci://{HOST}/charts")
    return replace(examples.platform(), images=images, charts=charts, nexus=nexus, environments=())


def test_each_one_at_or_below_nexus_is_told_with_its_images() -> None:
    images = {name: [f"{HOST}/library/{name}:1"] for name in ORDER}
    problems = [each.problem for each in faults(ORDER, images, platform())]
    assert problems == [
        f"nexus is Nexus, and pulls from it: {HOST}/library/nexus:1",
        f"postgresql has to run before Nexus, and pulls from it: {HOST}/library/postgresql:1",
    ]


def test_another_registry_is_fine_and_so_is_all_where_nexus_is_off() -> None:
    served = platform(Nexus(url="https://nexus.example.com"))
    seed = {name: [f"seed.example.com:5000/library/{name}:1"] for name in ORDER}
    assert faults(ORDER, seed, served) == ()
    own = {"postgresql": [f"{HOST}/library/postgresql:1"]}
    assert faults({"postgresql": ()}, own, served) == ()


def test_nexus_serves_the_registries_of_its_host_and_of_its_subdomains() -> None:
    assert hosts(platform(Nexus(url="https://nexus.example.com:8443"))) == {HOST}
    assert hosts(platform(Nexus(url="https://example.com"))) == {HOST, "seed.example.com:5000"}
    assert hosts(platform()) == {HOST, "seed.example.com:5000"}
