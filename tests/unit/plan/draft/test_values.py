from __future__ import annotations

from pipelinekit.model.draft import Built
from pipelinekit.plan.draft.values import injected, with_build

IMAGE = Built(repository="r:5000/team/orders", tag="abc", digest="sha256:1", built=True, pushed=True)


def test_a_chart_of_drafts_gets_its_four_values_and_the_digest() -> None:
    own = {"image": {"repository": "x", "tag": "y"}}
    found = injected("orders", IMAGE, own, "sha256:c", pull_secret=False)
    assert found["draft"] == "orders"
    assert found["image"] == {"repository": "r:5000/team/orders", "tag": "abc@sha256:1", "digest": "sha256:1"}


def test_a_generated_chart_gets_registry_and_digest_where_it_has_them() -> None:
    own = {"image": {"digest": ""}}
    found = injected("orders", IMAGE, own, "sha256:c", pull_secret=True)
    assert found["image"] == {
        "registry": "r:5000",
        "repository": "team/orders",
        "tag": "abc",
        "digest": "sha256:1",
        "pullSecrets": ["draft-pullsecret"],
    }
    assert found["digest"] == "sha256:c"


def test_the_build_stays_where_nothing_else_differs() -> None:
    assert with_build({"a": 1}, {"a": 1, "buildID": "old"}, "new") == {"a": 1, "buildID": "old"}
    assert with_build({"a": 2}, {"a": 1, "buildID": "old"}, "new") == {"a": 2, "buildID": "new"}
    assert with_build({"a": 1}, None, "new") == {"a": 1, "buildID": "new"}
    assert with_build({"a": 1}, {"a": 1}, "new") == {"a": 1, "buildID": "new"}
    assert with_build({"a": 1, "buildID": "set"}, {"a": 1, "buildID": "old"}, "new")["buildID"] == "old"
