from __future__ import annotations

import pytest

from pipelinekit.plan.detect.compiled import maven
from tests import lookalikes


def test_the_module_with_the_program() -> None:
    found = maven.look(lookalikes.MODULES)
    assert found is not None
    assert (found.package, found.dependencies) == ("web", ())


def test_an_old_way_of_saying_the_version() -> None:
    found = maven.look({"pom.xml": "<maven.compiler.source>1.8</maven.compiler.source>"})
    assert found is not None
    assert found.version == "8"


@pytest.mark.parametrize(("asked", "taken"), [("1.7", "8"), ("11", "11"), ("16", "17"), ("23", "25")])
def test_a_java_that_has_images(asked: str, taken: str) -> None:
    found = maven.look({"pom.xml": f"<java.version>{asked}</java.version>"})
    assert found is not None
    assert found.version == taken
