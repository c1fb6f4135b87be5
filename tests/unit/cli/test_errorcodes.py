from __future__ import annotations

import json

from click.testing import CliRunner, Result

from pipelinekit.cli.main import group
from pipelinekit.errors import UsageError


def asked(*words: str) -> Result:
    return CliRunner().invoke(group(), ["explain-error", *words])


def test_a_code_is_explained() -> None:
    done = asked("receipt-stale")
    assert done.exit_code == 0
    assert "It means:\n  " in done.output
    assert done.output.endswith("Exit code: 6\n")


def test_a_machine_gets_the_same() -> None:
    told = json.loads(asked("receipt-stale", "--json").output)
    assert told["code"] == "receipt-stale"
    assert told["exits"] == [6]
    assert told["says"]


def test_a_code_of_a_family_is_found_by_its_beginning() -> None:
    assert "a gate of the environment is closed" in asked("gate-closed").output
    assert "pipelinekit report" in asked("gate-soak").output


def test_a_code_that_there_is_not_is_refused_with_a_near_one() -> None:
    error = asked("receipt-stal").exception
    assert isinstance(error, UsageError)
    assert error.faults[0].hint == "did you mean 'receipt-stale'?"
