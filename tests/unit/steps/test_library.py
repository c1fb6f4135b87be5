from __future__ import annotations

from pipelinekit.model.platform.document import Jenkins, Library, Platform
from pipelinekit.steps.library import notices
from tests import examples
from tests.doubles import Controller, Repositories

KIT = "https://robot@git.acme.example/kit.git"


def platform(**library: str) -> Platform:
    return examples.platform(jenkins=Jenkins(url="u", library=Library(repository=KIT, **library)))


def told(controller: Controller, repositories: Repositories, given: Platform) -> list[str]:
    return list(notices(given, controller, repositories, "1.2.3"))


def test_a_library_whose_tag_is_there_is_nothing_to_tell() -> None:
    repositories = Repositories()
    repositories.heads[KIT] = "c"
    repositories.tags[KIT, "v1.2.3"] = "c"
    assert told(Controller(), repositories, platform()) == []
    (missing,) = told(Controller(), repositories, platform(version="v9.0.0"))
    assert missing.startswith("https://git.acme.example/kit.git has no tag v9.0.0")
    assert "git push --mirror" in missing


def test_a_repository_that_cannot_be_asked_is_a_word_and_no_fault() -> None:
    (word,) = told(Controller(), Repositories(), platform())
    assert word.startswith("nobody has looked whether the library's repository has the tag v1.2.3")


def test_a_trusted_library_is_told() -> None:
    given = examples.platform(jenkins=Jenkins(url="u"))
    (word,) = told(Controller(trusted=frozenset(("pipelinekit",))), Repositories(), given)
    assert "outside the sandbox" in word
