"""Answers about one of several services."""

from __future__ import annotations

import pytest

from pipelinekit.cli.application.repository.answers import read_answers
from pipelinekit.errors import UsageError


def test_what_is_said_of_one_comes_before_what_is_said_of_all() -> None:
    said = read_answers(["8080", "api=9000"], ["draft", "api=chart", "api=dockerfile"])
    assert said.named == {"api"}
    assert said.of("api") == (9000, ("draft", "chart", "dockerfile"))
    assert said.of("web") == (8080, ("draft",))
    assert said.options() == [
        *("--port", "8080", "--port", "api=9000"),
        *("--keep", "draft,api=chart,api=dockerfile"),
    ]
    assert said.renamed({"api": "cmd/api"}).of("cmd/api") == (9000, ("draft", "chart", "dockerfile"))


@pytest.mark.parametrize("port", ["", "0", "65536", "x", "api=", "api=x", "-1", "٣", "9" * 5000])
def test_a_port_is_a_number_that_there_is(port: str) -> None:
    with pytest.raises(UsageError, match="1 to 65535"):
        read_answers([port], ())


@pytest.mark.parametrize("kind", ["chrt", "api=chrt", "chart=api"])
def test_a_kind_is_one_that_there_is(kind: str) -> None:
    with pytest.raises(UsageError, match="no such kind"):
        read_answers((), [kind])
