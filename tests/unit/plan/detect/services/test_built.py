from __future__ import annotations

import pytest

from pipelinekit.model.repository.services import Built, Service
from pipelinekit.plan.detect.services.built import as_built

ALONE = Service(
    name="api", base="apps/api", folder="", source="apps/api", language="node", port=None, why="package.json"
)


def built(context: str, port: int | None = 80) -> Built:
    return Built(
        name="api", context=context, dockerfile="apps/api/Dockerfile", port=port, place="compose.yaml:3"
    )


@pytest.mark.parametrize(("context", "base", "folder"), [(".", ".", "apps/api"), ("apps", "apps", "api")])
def test_a_compose_file_says_the_context(context: str, base: str, folder: str) -> None:
    found = as_built({"apps/api/Dockerfile": "FROM a\nCOPY x y\n"}, ALONE, [built(context)])
    assert (found.base, found.folder, found.path, found.port) == (base, folder, "apps/api", 80)


@pytest.mark.parametrize(
    ("line", "base"),
    [
        ("COPY . .", "apps/api"),
        ("COPY apps/api/x .", "."),
        ('ADD --chown=1 ["x", "."]', "apps/api"),
        ("COPY --from=build /y .", "apps/api"),
    ],
)
def test_else_what_a_dockerfile_copies_says_it(line: str, base: str) -> None:
    texts = {"apps/api/Dockerfile": f"FROM a\n{line}\n", "apps/api/x": ""}
    assert as_built(texts, ALONE, []).base == base


def test_without_a_dockerfile_nothing_changes() -> None:
    assert as_built({}, ALONE, []) == ALONE
