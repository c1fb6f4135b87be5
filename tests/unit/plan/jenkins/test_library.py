from __future__ import annotations

import pytest

from pipelinekit.model.jenkins.jobconfig import Config
from pipelinekit.model.platform.document import Jenkins, Library
from pipelinekit.plan.jenkins import library


def test_a_trusted_library_of_our_name_is_told_and_no_other() -> None:
    assert library.trusted(frozenset()) == ""
    assert library.trusted(frozenset(("pipelinekit2", "Pipelinekit"))) == ""
    assert "runs outside the sandbox" in library.trusted(frozenset(("pipelinekit", "other")))


def test_that_nobody_could_ask_is_told() -> None:
    assert "Overall/SystemRead" in library.trusted(None)


def test_a_folder_s_own_library_of_our_name_is_told() -> None:
    configs = {
        "apps": Config(root="f", fields={}),
        "apps/a": Config(root="f", fields={}, libraries=frozenset(("pipelinekit",))),
        "apps/b": Config(root="f", fields={}, libraries=frozenset(("other",))),
    }
    (told,) = library.elsewhere(configs)
    assert told.startswith("apps/a has a library named pipelinekit of its own")


@pytest.mark.parametrize(
    ("plugins", "told"),
    [
        (None, ""),
        ({}, "is not there"),
        ({"pipeline-groovy-lib": "751.v709f84f7d768"}, "752 or later"),
        ({"pipeline-groovy-lib": "752.vdddedf804e72"}, ""),
        ({"pipeline-groovy-lib": "1000.va_b"}, ""),
        ({"pipeline-groovy-lib": "999999-SNAPSHOT"}, ""),
    ],
)
def test_the_plugin_has_to_know_untrusted_libraries(plugins: dict[str, str] | None, told: str) -> None:
    found = library.old_plugin(plugins)
    assert told in found
    assert bool(found) is bool(told)


def test_pipelines_name_the_tag_of_the_platform_or_of_this_version() -> None:
    named = Library(repository="https://git/kit.git", version="v9.0.0")
    assert library.tag_of(Jenkins(url="u", library=named), "1.2.3") == "v9.0.0"
    assert library.tag_of(Jenkins(url="u", library=Library(repository="r")), "1.2.3") == "v1.2.3"
    assert library.tag_of(Jenkins(url="u"), "1.2.3") == "v1.2.3"
