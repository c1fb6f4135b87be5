"""Images that are rendered, in every place where one can stand, and the list that they are held against."""

from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.errors import Place
from pipelinekit.model.platform.document import Images
from pipelinekit.model.rollout.component import Component
from pipelinekit.plan.bundle.images import as_rendered, named, proven, pulled, source_of, told
from pipelinekit.plan.inputs import image_reference
from pipelinekit.reading.document.source import dotted

IMAGES = Images(registry="nexus.example.com:5000", mirror="mirror.example.com/hub")
D, E = "sha256:" + "d" * 64, "sha256:" + "e" * 64


def pod(*containers: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return {"kind": "Pod", "spec": {"containers": list(containers), **spec}}


def container(image: str, **more: Any) -> dict[str, Any]:
    return {"name": "one", "image": image, **more}


def codes(objects: list[dict[str, Any]], *listed: str) -> list[str]:
    component = Component(name="store", namespace="s", chart="chart", images=listed)
    found = proven(component, objects, IMAGES, lambda path: Place(dotted(path)))
    places = {"images", *(f"images[{at}]" for at in range(len(listed)))}
    assert {str(each.place) for each in found} <= places
    return [each.code for each in found]


def test_images_of_containers_of_every_kind_hooks_tests_volumes_and_resources() -> None:
    hook = {"metadata": {"annotations": {"helm.sh/hook": "test"}}, **pod(container("e/hook:1"))}
    cron = {"kind": "CronJob", "spec": {"jobTemplate": {"spec": {"template": pod(container("e/cron:1"))}}}}
    objects = [
        pod(
            container("e/a:1"), initContainers=[container("e/init:1")], ephemeralContainers=[container("odd")]
        ),
        {"kind": "Pod", "spec": {"volumes": [{"name": "v", "image": {"reference": "e/volume:1"}}]}},
        {"kind": "Elasticsearch", "spec": {"image": "e/search:9"}},
        {"kind": "Widget", "spec": {"image": "round"}},
        hook,
        cron,
    ]
    assert named(objects) == ("e/a:1", "e/init:1", "odd", "e/volume:1", "e/search:9", "e/hook:1", "e/cron:1")


@pytest.mark.parametrize(
    ("rendered", "listed"),
    [
        ("quay.io/a/b:1", "quay.io/a/b:1"),
        (f"quay.io/a/b:1@{D}", f"quay.io/a/b:1@{D}"),
        (f"quay.io/a/b@{D}", f"quay.io/a/b:1@{D}"),
        (f"quay.io/a/b@{D}", "quay.io/a/b:1"),
        (f"mirror.example.com/hub/a/b@{D}", "quay.io/a/b:1"),
        ("quay.io/a/b:1", f"quay.io/a/b:1@{D}"),
        ("busybox:1", "library/busybox:1"),
        ("mirror.example.com/hub/library/busybox:1", "library/busybox:1"),
        ("mirror.example.com/hub/a/b:1", "quay.io/a/b:1"),
        ("nexus.example.com:5000/a/b:1", "quay.io/a/b:1"),
    ],
)
def test_what_is_one_image_under_two_names(rendered: str, listed: str) -> None:
    assert codes([pod(container(rendered))], listed) == []


@pytest.mark.parametrize(
    ("rendered", "listed"),
    [
        ("quay.io/a/b:2", "quay.io/a/b:1"),
        ("quay.io/a/c:1", "quay.io/a/b:1"),
        ("ghcr.io/a/b:1", "quay.io/a/b:1"),
        (f"quay.io/a/b@{E}", f"quay.io/a/b@{D}"),
        (f"ghcr.io/a/b@{D}", "quay.io/a/b:1"),
        ("quay.io/a/b", f"quay.io/a/b@{D}"),
        ("mirror.example.com/other/a/b:1", "quay.io/a/b:1"),
    ],
)
def test_what_is_another_image_is_a_fault_on_both_sides(rendered: str, listed: str) -> None:
    assert codes([pod(container(rendered))], listed) == ["image-unlisted", "image-unused"]


@pytest.mark.parametrize(
    "more",
    [
        {"env": [{"name": "AGENT", "value": "quay.io/a/agent:3"}]},
        {"args": ["--agent=mirror.example.com/hub/a/agent:3"]},
        {"command": ["run", '{"image": "a/agent:3", "x": 1}']},
    ],
)
def test_what_an_operator_starts_counts_as_named_where_a_setting_names_it(more: dict[str, Any]) -> None:
    assert codes([pod(container("e/a:1", **more))], "e/a:1", "quay.io/a/agent:3") == []


@pytest.mark.parametrize("value", ["quay.io/a/agent:30", "quay.io/a/agent:3.1", "xa/agent:3x", "agent"])
def test_a_longer_tag_or_another_path_is_not_that_image(value: str) -> None:
    more = {"args": [value]}
    assert codes([pod(container("e/a:1", **more))], "e/a:1", "quay.io/a/agent:3") == ["image-unused"]


@pytest.mark.parametrize(
    ("rendered", "text", "names"),
    [
        ("quay.io/a/b:1", "", ["quay.io/a/b:1", "quay.io/a/agent:3"]),
        ("mirror.example.com/hub/a/b:1", "", ["mirror.example.com/hub/a/b:1", "quay.io/a/agent:3"]),
        # At a registry that the platform does not name.
        ("other.example.com/a/b:1", "a/agent:3", ["other.example.com/a/b:1", "quay.io/a/agent:3"]),
        (
            "nexus.example.com:5000/a/b:1",
            "--agent=nexus.example.com:5000/a/agent:3",
            ["nexus.example.com:5000/a/b:1", "nexus.example.com:5000/a/agent:3"],
        ),
    ],
)
def test_nodes_pull_what_the_values_name(rendered: str, text: str, names: list[str]) -> None:
    listed = ("quay.io/a/b:1", "quay.io/a/agent:3")
    component = Component(name="store", namespace="s", chart="chart", images=listed)
    assert list(pulled(component, [pod(container(rendered, args=[text]))], IMAGES)) == names


OFF = {"metrics": {"enabled": False, "image": {"registry": "quay.io", "repository": "a/agent", "tag": 3}}}


@pytest.mark.parametrize(
    ("values", "tried"),
    [
        (OFF, False),
        (
            {
                "metrics": {
                    "enabled": False,
                    "image": {"registry": "site.example.com", "repository": "a/agent"},
                }
            },
            False,
        ),
        ({"metrics": {"enabled": False, "sidecars": [{"image": "quay.io/a/agent:3"}]}}, False),
        ({"metrics": {"enabled": False, "deep": {"enabled": True, **OFF["metrics"]}}}, False),
        # Who starts it may be an operator, by its own program.
        ({}, True),
        ({"metrics": {**OFF["metrics"], "enabled": True}}, True),
        ({"metrics": {"image": OFF["metrics"]["image"]}}, True),
        ({"metrics": {"enabled": False}, "image": OFF["metrics"]["image"]}, True),
        ({"metrics": {"enabled": False, "image": {"repository": "a/agent", "tag": 4}}}, True),
        ({"metrics": {"enabled": False, "image": {"repository": "other/agent"}}}, True),
        ({"metrics": {"enabled": False, "image": None, "repository": ["a/agent"]}}, True),
    ],
)
def test_what_values_name_in_a_part_that_they_switch_off_is_pulled_by_nobody(
    values: dict[str, Any], tried: bool
) -> None:
    component = Component(
        name="store", namespace="s", chart="chart", images=("quay.io/a/b:1", "quay.io/a/agent:3")
    )
    found = pulled(component, [pod(container("quay.io/a/b:1"))], IMAGES, values)
    assert ("quay.io/a/agent:3" in found) is tried
    # A setting names it all the same.
    named_by = [pod(container("quay.io/a/b:1", args=["--agent=quay.io/a/agent:3"]))]
    assert "quay.io/a/agent:3" in pulled(component, named_by, IMAGES, values)
    # So may its list: nobody takes out what is off for now.
    told_of = proven(component, [pod(container("quay.io/a/b:1"))], IMAGES, lambda _: Place("f"), values)
    assert [each.code for each in told_of] == (["image-unused"] if tried else [])


def test_a_digest_behind_the_tag_is_part_of_what_a_setting_names() -> None:
    component = Component(name="store", namespace="s", chart="chart", images=("quay.io/a/agent:3",))
    text = f"mirror.example.com/hub/a/agent:3@{D}"
    assert pulled(component, [pod(container("e/a:1", args=[text]))], IMAGES) == ("e/a:1", text)


@pytest.mark.parametrize(
    ("listed", "text", "found"),
    [
        ("quay.io/a/agent:3", "quay.io/a/agent:3", ["quay.io/a/agent:3"]),
        ("quay.io/a/agent:3", "other.example.com:5000/x/a/agent:3", ["other.example.com:5000/x/a/agent:3"]),
        (
            "quay.io/a/agent:3",
            f'{{"image": "quay.io/a/agent:3@{D}", "init": "quay.io/a/agent:3"}}',
            [f"quay.io/a/agent:3@{D}", "quay.io/a/agent:3"],
        ),
        # Whoever puts these together has a registry of its own for them.
        ("quay.io/a/agent:3", "a/agent:3", []),
        ("quay.io/a/agent:3", "a/agent:30", []),
        ("docker.io/library/busybox:1", "busybox:1", ["busybox:1"]),
    ],
)
def test_what_settings_tell_an_operator_to_start(listed: str, text: str, found: list[str]) -> None:
    component = Component(name="store", namespace="s", chart="chart", images=(listed, "quay.io/a/b:1"))
    config = {"kind": "ConfigMap", "data": {"values": text, "again": text}}
    assert list(told(component, [pod(container("quay.io/a/b:1")), config], IMAGES)) == found


def test_what_istios_injector_replaces_is_no_image() -> None:
    proxy = {"name": "istio-proxy", "image": "auto"}
    assert named([pod(proxy), pod({**proxy, "name": "other"}), pod({**proxy, "image": "e/a:1"})]) == (
        "auto",
        "e/a:1",
    )
    assert named([pod(proxy)]) == ()


def test_docker_hubs_images_come_from_the_mirror_and_others_from_where_they_are() -> None:
    assert str(source_of(image_reference("busybox:1"), IMAGES)) == "mirror.example.com/hub/library/busybox:1"
    assert str(source_of(image_reference("quay.io/a/b:1"), IMAGES)) == "quay.io/a/b:1"
    assert source_of(image_reference("busybox:1"), Images(registry="")).registry == "registry-1.docker.io"


def test_a_digest_alone_is_of_no_tag_where_the_list_has_two() -> None:
    listed = ("quay.io/a/b:1", "quay.io/a/b:2")
    assert codes([pod(container(f"quay.io/a/b@{D}"))], *listed) == [
        "image-unlisted",
        "image-unused",
        "image-unused",
    ]


@pytest.mark.parametrize("tag", ["", ":1"])
def test_a_second_digest_of_a_listed_image_is_another_image(tag: str) -> None:
    objects = [pod(container(f"quay.io/a/b{tag}@{each}")) for each in (D, E)]
    assert codes(objects, "quay.io/a/b:1") == ["image-unlisted"]
    assert codes(objects, "quay.io/a/b:1", f"quay.io/a/b:1@{E}") == []


def test_nodes_pull_a_digest_and_not_the_listed_tag_of_it() -> None:
    component = Component(name="store", namespace="s", chart="chart", images=("quay.io/a/b:1",))
    for host in ("quay.io", "mirror.example.com/hub", "other.example.com"):
        assert list(pulled(component, [pod(container(f"{host}/a/b@{D}"))], IMAGES)) == [f"{host}/a/b@{D}"]


@pytest.mark.parametrize(
    ("rendered", "locked", "digest"),
    [
        ("quay.io/a/b:1", "quay.io/a/b:1", D),
        ("quay.io/a/b:1", "mirror.example.com/hub/a/b:1", D),
        ("quay.io/a/b:1", "quay.io/a/b:2", ""),
        ("quay.io/a/b:1", "other.io/a/b:1", ""),
        (f"quay.io/a/b:1@{E}", "quay.io/a/b:1", E),
        (f"quay.io/a/b@{E}", "quay.io/a/b:2", E),
        (f"mirror.example.com/hub/a/b@{E}", "", E),
    ],
)
def test_what_is_listed_has_the_digest_that_is_rendered_or_locked(
    rendered: str, locked: str, digest: str
) -> None:
    component = Component(name="store", namespace="s", chart="chart", images=("quay.io/a/b:1",))
    locks = {locked: D} if locked else {}
    (ref,) = as_rendered(component, [pod(container(rendered))], locks, IMAGES).values()
    assert (ref.tag, ref.digest) == ("1", digest)


def test_a_listed_digest_stays() -> None:
    component = Component(name="store", namespace="s", chart="chart", images=(f"quay.io/a/b:1@{E}",))
    (ref,) = as_rendered(component, [], {"quay.io/a/b:1": D}, IMAGES).values()
    assert ref.digest == E
