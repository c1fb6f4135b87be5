"""What is generated for package proxies."""

from __future__ import annotations

import pytest

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.generators.dockerfile import plan
from pipelinekit.model.app import LANGUAGES, Build, Language
from pipelinekit.model.platform.packages import ECOSYSTEMS
from pipelinekit.render import render
from tests import examples
from tests.jenkins.harness import parse
from tests.real.test_dockerfiles import lint


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_linter_has_nothing_to_say_about_mounts(language: Language) -> None:
    site = examples.site(package_credentials=dict.fromkeys(ECOSYSTEMS, "reader"))
    tree = render(plan(examples.app(build=Build(language=language)), site), templates())
    assert [line for path, file in tree.items() if path == "Dockerfile" for line in lint(file.text)] == []


def test_gradle_s_script_is_groovy() -> None:
    """All that is tried of it here: these tests have no Gradle."""
    assert parse([templates()["dockerfile/java-gradle/platform.init.gradle"]]) == [[]]
