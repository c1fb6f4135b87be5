from __future__ import annotations

from pipelinekit import names
from pipelinekit.model.repository.services import Service
from pipelinekit.plan.detect.services.labels import named


def of(name: str, path: str) -> Service:
    return Service(name=name, base=path, folder="", source=path, language="go", port=None, why="")


def test_two_of_one_name_are_told_apart_by_their_folders() -> None:
    found = named((of("api", "eu/api"), of("api", "us/api"), of("Web Site", "web"), of("", ".")))
    assert [each.name for each in found] == ["eu-api", "us-api", "web-site", ""]


def test_each_has_a_name_of_its_own_that_fits() -> None:
    found = named(tuple(of("a" * 40, f"{'b' * 40}/{number}") for number in range(12)))
    own = {each.name for each in found}
    assert len(own) == 12
    assert all(names.is_label(each, names.APPLICATION_MAX) for each in own)
