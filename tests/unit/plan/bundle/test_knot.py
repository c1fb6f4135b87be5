"""What has to run before Nexus cannot pull from it."""

from __future__ import annotations

from dataclasses import replace

from pipelinekit.errors import Place
from pipelinekit.model.platform.document import Charts, Images, Platform
from pipelinekit.model.platform.nexus import Nexus
from pipelinekit.plan.bundle.knot import faults, is_served
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


def test_nexus_serves_what_is_on_its_host_and_its_subdomains_whatever_the_port() -> None:
    at = {
        url: [each for each in IMAGES if is_served(each, platform(Nexus(url=url) if url else None))]
        for url in ("https://nexus.example.com:8443", "https://example.com", "")
    }
    assert at["https://nexus.example.com:8443"] == IMAGES[:3]
    assert at["https://example.com"] == IMAGES[:4]
    assert at[""] == [IMAGES[0], IMAGES[3]]


IMAGES = [
    f"{HOST}/library/x:1",
    "nexus.example.com:5003/x:1",
    "docker.nexus.example.com",
    "seed.example.com:5000/x",
    "example.org/nexus.example.com:1",
    "docker.io/library/x:1",
]


def test_each_place_that_says_so_has_its_fault() -> None:
    served = platform(Nexus(url="https://nexus.example.com"))
    pulled = [
        f"{HOST}/library/nexus:1",
        f"{HOST}/library/sh:1",
        "nexus.example.com:1/x:1",
        "quay.io/x",
    ]
    written = {
        "": Place("component.yaml", 7, 1),
        HOST: Place("values.yaml", 2, 5),
        f"{HOST}/library/sh": Place("values.yaml", 9, 5),
    }
    found = faults({"nexus": ()}, {"nexus": pulled}, served, {"nexus": written})
    assert [(str(each.place), each.problem.rpartition(": ")[2]) for each in found] == [
        ("values.yaml:2:5", f"{HOST}/library/nexus:1"),
        ("values.yaml:9:5", f"{HOST}/library/sh:1"),
        ("component.yaml:7:1", "nexus.example.com:1/x:1"),
    ]
