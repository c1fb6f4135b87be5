from __future__ import annotations

from pipelinekit.plan.detect.choices import between, settled, table
from pipelinekit.plan.detect.signs import Choice, Detected

API = Choice(name="api", package="./cmd/api", why="cmd/api/main.go")
JOB = Choice(name="job", package="./cmd/job", why="cmd/job/main.go")
FOUND = Detected(language="go")
OPEN = between(FOUND, (API, JOB), "job")


def test_one_candidate_is_the_program_and_none_decides_nothing() -> None:
    only = between(FOUND, (API,), "")
    assert (only.package, only.choices) == ("./cmd/api", ())
    assert between(FOUND, (), "") == FOUND


def test_several_are_a_question_with_the_likely_one_first() -> None:
    assert OPEN.choices == (JOB, API)
    assert table(OPEN, "new").splitlines() == [
        "cmd/job/main.go  new --package ./cmd/job",
        "cmd/api/main.go  new --package ./cmd/api",
    ]


def test_the_user_or_the_applications_name_decides() -> None:
    assert settled(OPEN, "other", "").choices == OPEN.choices
    assert settled(OPEN, "api", "").package == "./cmd/api"
    assert settled(OPEN, "api", "cmd/job").package == "./cmd/job"
    assert settled(OPEN, "api", "cmd/other").package == "cmd/other"


def test_the_only_one_stays_as_it_is_when_it_is_named_and_another_is_told() -> None:
    only = between(FOUND, (API,), "")
    assert settled(only, "orders", "cmd/api") is only
    other = settled(only, "orders", "cmd/other")
    assert other.package == "cmd/other"
    assert other.doubts == ("cmd/other was named, and what was seen is cmd/api/main.go",)


def test_a_main_class_is_a_name_as_well() -> None:
    found = between(FOUND, (Choice(name="a", package="app", main="a.A", why="A"), API), "")
    assert settled(found, "", "a.A").main == "a.A"


def test_a_command_to_paste_is_quoted_and_says_which_option() -> None:
    odd = Choice(name="x", package="./a b;c", why="x")
    member = Choice(name="web", package="apps/web", why="web", option="--service")
    assert table(between(FOUND, (odd, member), ""), "new").splitlines() == [
        "x    new --package './a b;c'",
        "web  new --service apps/web",
    ]
