from __future__ import annotations

import pytest

from pipelinekit.plan.detect.needs.wants import marked
from pipelinekit.plan.detect.secret import is_secret
from pipelinekit.plan.detect.signs import Detected


@pytest.mark.parametrize(
    "name", ["SECRET_KEY_BASE", "API_TOKEN", "db_password", "DATABASE_URL", "MONGODB_URI"]
)
def test_a_name_says_that_it_is_a_secret(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize("name", ["LOG_LEVEL", "API_URL", "DATABASE_HOST", "PUBLIC_URI"])
def test_where_something_is_is_none(name: str) -> None:
    assert not is_secret(name)


def test_a_variable_of_the_source_is_judged_as_one_of_a_file() -> None:
    (doubt,) = marked(Detected(language="python"), {"app.py": "os.environ['API_URL']"}).doubts
    assert doubt.endswith(": run.env")
