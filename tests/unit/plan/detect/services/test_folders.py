from __future__ import annotations

import pytest

from pipelinekit.model.repository.services import Built
from pipelinekit.plan.detect.services.folders import below, is_aside, look_at

API = {
    "package.json": '{"scripts": {"start": "node a.js"}}',
    "a.js": 'require("http").createServer().listen(80)\n',
}


def test_a_folder_is_looked_at_as_if_it_stood_alone() -> None:
    texts = {"a/x": "1", "a/b/y": "2", "ab/z": "3"}
    assert look_at(texts, "a") == {"x": "1", "b/y": "2"}
    assert look_at(texts, ".") is texts


def test_the_outermost_folder_counts_and_what_stands_aside_does_not() -> None:
    texts = {
        f"{folder}/{path}": text
        for folder in ("shop/api", "shop/api/plugins/one", "tests/server", "shop/.cache")
        for path, text in API.items()
    }
    assert [each.path for each in below(texts, {})] == ["shop/api"]


@pytest.mark.parametrize(
    ("context", "dockerfile", "aside"),
    [("api", "api/Dockerfile", False), ("e2e", "e2e/Dockerfile", True), (".", "tools/db/Dockerfile", True)],
)
def test_what_a_compose_file_builds_for_tests_stands_aside(
    context: str, dockerfile: str, aside: bool
) -> None:
    one = Built(name="x", context=context, dockerfile=dockerfile, port=None, place="compose.yaml:2")
    assert is_aside(one) is aside
