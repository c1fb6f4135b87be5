from __future__ import annotations

import pytest

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.generators import GENERATORS, plan_files
from pipelinekit.model.app import LANGUAGES, Build, Language
from pipelinekit.render import render
from tests import examples


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_file_of_every_language_is_planned_once_and_rendered(language: Language) -> None:
    plans = plan_files(examples.app(build=Build(language=language)), examples.site())
    assert len({each.path for each in plans}) == len(plans)
    tree = render(plans, templates())
    assert all(file.text.endswith("\n") for file in tree.values() if file.text)
    assert all("\r" not in file.text for file in tree.values())


def test_the_files_come_in_the_order_of_the_generators() -> None:
    app, site = examples.app(), examples.site()
    assert [each.path for each in plan_files(app, site)] == [
        plan.path for generator in GENERATORS.values() for plan in generator.plan(app, site)
    ]
    assert list(GENERATORS) == ["jenkinsfile", "dockerfile", "chart", "draft", "editor"]


def test_the_same_application_gives_the_same_files() -> None:
    one, other = (render(plan_files(examples.app(), examples.site()), templates()) for _ in range(2))
    assert one == other


def test_paths_stay_inside_the_applications_folder() -> None:
    for each in plan_files(examples.app(), examples.site()):
        assert not each.path.startswith("/")
        assert ".." not in each.path.split("/")
