from __future__ import annotations

import pytest

from pipelinekit import errors
from pipelinekit.errors import Fault, PipelinekitError, Place


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (Place("app.yaml"), "app.yaml"),
        (Place("app.yaml", 3), "app.yaml:3"),
        (Place("app.yaml", 3, 7), "app.yaml:3:7"),
    ],
)
def test_a_place_reads_as_editors_take_it(place: Place, text: str) -> None:
    assert str(place) == text


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (Fault("c", "is wrong"), "is wrong"),
        (Fault("c", "is wrong", path="run.port"), "run.port: is wrong"),
        (
            Fault("c", "is wrong", Place("app.yaml", 2), "run.port", "mend it"),
            "app.yaml:2: run.port: is wrong",
        ),
    ],
)
def test_a_fault_is_one_line_without_its_hint(fault: Fault, text: str) -> None:
    assert str(fault) == text


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.CheckFailed, 1),
        (errors.UsageError, 2),
        (errors.DocumentInvalid, 3),
        (errors.ToolMissing, 4),
        (errors.ToolFailed, 5),
        (errors.Refused, 6),
        (PipelinekitError, 70),
    ],
)
def test_exit_codes_are_a_contract(kind: type[PipelinekitError], code: int) -> None:
    assert kind(Fault("c", "p")).exit_code == code


def test_every_error_has_an_exit_code_of_its_own() -> None:
    kinds = PipelinekitError.__subclasses__()
    assert len({each.exit_code for each in kinds}) == len(kinds)


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        (errors.check_failed("code", "problem", hint="hint"), errors.CheckFailed),
        (errors.usage("code", "problem", hint="hint"), errors.UsageError),
        (errors.failed("code", "problem", hint="hint"), errors.ToolFailed),
        (errors.refused("code", "problem", hint="hint"), errors.Refused),
    ],
)
def test_the_short_forms_make_errors_of_one_fault(
    made: PipelinekitError, kind: type[PipelinekitError]
) -> None:
    assert type(made) is kind
    assert made.faults == (Fault("code", "problem", hint="hint"),)


@pytest.mark.parametrize("make", [errors.failed, errors.refused])
def test_what_happens_to_files_can_name_the_file(make: type) -> None:
    assert make("code", "problem", place=Place("f")).faults[0].place == Place("f")


def test_an_error_shows_all_its_faults_in_their_order() -> None:
    assert str(errors.DocumentInvalid(Fault("a", "first"), Fault("b", "second"))) == "first\nsecond"
