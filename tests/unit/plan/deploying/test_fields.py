from __future__ import annotations

import pytest

from pipelinekit.plan.deploying import fields

WEB = 'k:{"name":"web"}'
LIVE = {
    "kind": "Deployment",
    "metadata": {
        "name": "orders",
        "managedFields": [
            {
                "manager": "helm",
                "operation": "Apply",
                "fieldsV1": {
                    "f:metadata": {"f:labels": {".": {}, "f:a.b/c": {}}},
                    "f:spec": {"f:containers": {WEB: {".": {}, "f:name": {}, "f:image": {}}}},
                },
            },
            {"manager": "kubectl", "operation": "Update", "fieldsV1": {"f:spec": {"f:replicas": {}}}},
        ],
    },
}
IMAGE = ("f:spec", "f:containers", WEB, "f:image")


def test_leaves_and_items_are_owned_and_what_only_holds_them_is_not() -> None:
    (helm, _) = fields.entries(LIVE)
    assert fields.owned(helm) == {
        ("f:metadata", "f:labels", "f:a.b/c"),
        ("f:spec", "f:containers", WEB),
        ("f:spec", "f:containers", WEB, "f:name"),
        IMAGE,
    }


def test_the_others_are_told_from_us() -> None:
    assert fields.owners(LIVE) == {("f:spec", "f:replicas"): "kubectl"}
    assert set(fields.owners(LIVE, ours=True).values()) == {"helm"}


def test_a_field_belongs_to_the_owner_of_what_it_is_part_of_or_of_its_parts() -> None:
    managers: dict[fields.Path, str] = {("f:spec", "f:egress"): "kubectl-edit"}
    assert fields.owner_of(("f:spec", "f:egress"), managers) == "kubectl-edit"
    assert fields.owner_of(("f:spec", "f:egress", "f:to"), managers) == "kubectl-edit"
    assert fields.owner_of(("f:spec",), managers) == "kubectl-edit"
    assert fields.owner_of(("f:spec", "f:ingress"), managers) == ""


def test_lists_are_matched_by_the_keys_that_the_server_uses() -> None:
    lists = fields.keyed(LIVE)
    assert fields.keys_at(("f:spec", "f:containers"), lists) == ("name",)
    assert fields.keys_at(("f:spec", "f:egress"), lists) == ()
    assert fields.item({"name": "web", "image": "x"}, ("name",)) == WEB


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (IMAGE, "x"),
        (("f:spec", "f:ports", 'k:{"port":80,"protocol":"TCP"}', "f:name"), "http"),
        (("f:spec", "f:ports", 'k:{"port":81,"protocol":"TCP"}', "f:name"), None),
        (("f:finalizers", 'v:"a"'), "a"),
        (("f:finalizers", 'v:"b"'), None),
        (("f:finalizers", "i:0"), None),
        (("f:spec", "f:replicas", "f:none"), None),
    ],
)
def test_a_value_is_found_in_what_a_person_wrote(path: fields.Path, value: object) -> None:
    written = {
        "spec": {
            "replicas": 1,
            "containers": [{"name": "web", "image": "x"}],
            "ports": [{"port": 80, "name": "http"}],
        },
        "finalizers": ["a"],
    }
    assert fields.value_at(path, written) == value


def test_of_two_items_with_one_key_in_common_the_one_that_names_both_is_found() -> None:
    ports = [{"port": 53}, {"port": 53, "protocol": "UDP", "name": "u"}]
    at = ("f:ports", 'k:{"port":53,"protocol":"UDP"}', "f:name")
    assert fields.value_at(at, {"ports": ports}) == "u"


def test_a_path_is_shown_as_people_write_it() -> None:
    assert fields.shown(IMAGE) == "spec.containers[web].image"
    assert fields.shown(("f:metadata", "f:labels", "f:a.b/c")) == "metadata.labels[a.b/c]"
    assert fields.shown(("f:ports", 'k:{"port":80,"protocol":"TCP"}')) == "ports[80/TCP]"
    assert fields.shown(("f:metadata", "f:finalizers", 'v:"a"')) == 'metadata.finalizers["a"]'


@pytest.mark.parametrize(
    ("namespace", "home", "name"),
    [
        ("", "shop", "ConfigMap/note"),
        ("shop", "shop", "ConfigMap/note"),
        ("other", "shop", "ConfigMap/note (namespace other)"),
        ("other", "", "ConfigMap/note"),
    ],
)
def test_an_object_of_another_namespace_than_its_releases_is_named_with_it(
    namespace: str, home: str, name: str
) -> None:
    metadata = {"name": "note"} | ({"namespace": namespace} if namespace else {})
    assert fields.name_of({"kind": "ConfigMap", "metadata": metadata}, home) == name


@pytest.mark.parametrize("place", ["other", "2024-demo", "home"])
def test_what_a_namespace_was_put_behind_gives_it_back(place: str) -> None:
    text = fields.titled("ConfigMap/note", place, "home")
    assert fields.place_in(text) == ("" if place == "home" else place)
