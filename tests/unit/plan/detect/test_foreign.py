"""What no image is built of is told by its name, and never taken for pages."""

from __future__ import annotations

import pytest

from pipelinekit.plan.detect import detect, foreign


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("mix.exs", "Elixir"),
        ("hugo.toml", "Hugo"),
        ("config/_default/hugo.yaml", "Hugo"),
        ("_config.yml", "Jekyll without a Gemfile"),
        ("Package.swift", "Swift"),
        ("orders.cabal", "Haskell"),
        ("CMakeLists.txt", "C or C++"),
    ],
)
def test_its_documents_are_not_the_program(path: str, what: str) -> None:
    assert foreign.told({path: ""}).startswith(f"{path}: {what}, of which no image is built here")
    assert detect({path: "", "index.html": "", "docs/index.html": ""}) is None


def test_only_what_is_at_the_top_says_so() -> None:
    assert foreign.told({"native/CMakeLists.txt": ""}) == ""
    found = detect({"native/CMakeLists.txt": "", "docs/index.html": ""})
    assert found
    assert found.language == "static"


def test_a_dockerfile_of_its_own_is_taken_in() -> None:
    found = detect({"mix.exs": "", "docs/index.html": "", "Dockerfile": "FROM a\nEXPOSE 4000\n"})
    assert found
    assert (found.language, found.port) == ("dockerfile", 4000)
