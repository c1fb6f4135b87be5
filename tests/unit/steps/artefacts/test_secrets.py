from __future__ import annotations

import pytest

from pipelinekit.errors import Refused
from pipelinekit.model.app import Build
from pipelinekit.model.platform.packages import Proxy
from pipelinekit.model.release import Credentials, ReleasePlan, Secret
from pipelinekit.steps.artefacts.secrets import secrets_of
from tests import examples
from tests.doubles import Secrets

TEXT = """\
FROM base
RUN --mount=type=secret,id=platform-pypi,target=/root/.netrc pip install -r requirements.txt
RUN --mount=type=secret,id=platform-go,target=/root/.netrc go mod download
"""
ON = examples.platform(
    packages={
        "pypi": Proxy(url="https://nexus/pypi", credentials="reader"),
        "go": Proxy(url="https://nexus/go"),
        "npm": Proxy(url="https://nexus/npm", credentials="reader"),
    }
)
LOGIN = Credentials("u", "p-4711")
ALL = Secrets(texts={"npm-token": "t-4711"}, logins={"pypi": LOGIN, "npm": LOGIN, "go": LOGIN})


def plan(**facts: str) -> ReleasePlan:
    return examples.plan(
        of=examples.app(build=Build(language="python", secrets=("npm-token",))), on=ON, **facts
    )


def given(secrets: Secrets, text: str = TEXT, **facts: str) -> tuple[tuple[Secret, ...], list[str]]:
    said: list[str] = []
    return secrets_of(plan(**facts), text, secrets, said.append), said


def test_a_build_gets_its_own_and_the_logins_that_its_dockerfile_mounts() -> None:
    secrets, said = given(ALL)
    assert secrets == (
        Secret("npm-token", "t-4711"),
        Secret("platform-pypi", "machine nexus login u password p-4711\n"),
    )
    assert said == []
    assert "4711" not in repr(secrets)


def test_a_dockerfile_that_mounts_nothing_gets_no_login() -> None:
    assert [each.id for each in given(ALL, "FROM base\nRUN pip install x\n")[0]] == ["npm-token"]


VARIABLES = ("PK_SECRET_NPM_TOKEN", "PK_PYPI_USER", "PK_PYPI_PASSWORD")

PLACES = [
    ({}, False),
    ({"branch": "feature/x"}, False),
    ({}, True),
]


@pytest.mark.parametrize(("facts", "pipeline"), PLACES)
def test_what_is_missing_in_a_terminal_or_on_main_is_refused_all_at_once(
    facts: dict[str, str], pipeline: bool
) -> None:
    with pytest.raises(Refused) as caught:
        given(Secrets(pipeline=pipeline), **facts)
    (fault,) = caught.value.faults
    assert fault.code == "secret-missing"
    assert fault.problem.endswith(", ".join(VARIABLES))


@pytest.mark.parametrize("facts", [{"branch": "PR-7", "pull_request": "7"}, {"branch": "feature/x"}])
def test_what_a_pipeline_withholds_is_said_in_one_line(facts: dict[str, str]) -> None:
    secrets, said = given(Secrets(pipeline=True), **facts)
    assert secrets == ()
    assert said == [
        "only builds of main get secrets, this one goes on without: " + ", ".join(VARIABLES),
    ]


def test_a_pipeline_of_somebody_s_own_may_bind_them_all_the_same() -> None:
    secrets, said = given(Secrets(ALL.texts, ALL.logins, pipeline=True), branch="feature/x")
    assert len(secrets) == 2
    assert said == []
