from __future__ import annotations

import pytest

from pipelinekit.adapters.packaged import templates
from pipelinekit.generators.languages import DEFAULTS, resolved
from pipelinekit.model.app import LANGUAGES, Build
from tests import examples


def test_every_language_has_its_defaults_and_its_templates() -> None:
    assert set(DEFAULTS) == set(LANGUAGES)
    for language, defaults in DEFAULTS.items():
        for name in defaults.files:
            assert f"dockerfile/{language}/{name}" in templates()


def test_every_template_of_a_language_is_one_of_its_files() -> None:
    there = {name for name in templates() if name.startswith("dockerfile/") and name.count("/") > 1}
    used = {f"dockerfile/{language}/{name}" for language, each in DEFAULTS.items() for name in each.files}
    assert there == used


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (
            Build(language="python"),
            Build(
                language="python",
                version="3.11",
                package="order_api",
                dependencies=("requirements.txt",),
                test=("python", "-m", "tests"),
            ),
        ),
        (
            Build(language="static"),
            Build(language="static", version="stable", package="public", test=("sh", "tests/check.sh")),
        ),
        (Build(language="dockerfile"), Build(language="dockerfile")),
        (
            Build(language="go", version="1.27", package="./cmd", dependencies=("go.mod",), test=("true",)),
            Build(language="go", version="1.27", package="./cmd", dependencies=("go.mod",), test=("true",)),
        ),
    ],
)
def test_defaults_fill_what_the_descriptor_leaves_open(build: Build, expected: Build) -> None:
    assert resolved(examples.app(name="order-api", build=build)) == expected
