from __future__ import annotations

import pytest

from pipelinekit.adapters.cluster import refusals

FIXED = "spec.selector: Invalid value: {}: field is immutable"
LONG = '{"labels":{"job":"kept"},"Spec":{"Volumes":null,"Containers":[{"Name":"j"}],"Tolerations":null}}'


FORBIDDEN = 'Error from server (Forbidden): pods "b" is forbidden: no'
POD = """The Pod "a" is invalid: spec: Forbidden: may not change
  core.PodSpec{
- \tImage: "x",
  }
"""
TWO = """Error from server (Invalid): Service "a" is invalid: x: Forbidden: y
Error from server (Invalid): Deployment.apps "b" is invalid: [p[0].q: Required value, r: Too long: u, v]
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('The Job "a" is invalid: x: Forbidden: y', {"Job/a": "x: Forbidden: y"}),
        ('The Job "a" is invalid: \n* x: Required value\n* y: z', {"Job/a": "x: Required value; y: z"}),
        (
            TWO,
            {
                "Service/a": "x: Forbidden: y",
                "Deployment/b": "p[0].q: Required value; r: Too long: u, v",
            },
        ),
        (f'The Job "a" is invalid: {FIXED.format(LONG)}', {"Job/a": FIXED.format("…")}),
        (
            f'Error from server (Invalid): Job.batch "a" is invalid: [{FIXED.format(LONG)}, x: Forbidden: y]',
            {"Job/a": f"{FIXED.format('…')}; x: Forbidden: y"},
        ),
        (POD + FORBIDDEN, {"Pod/a": "spec: Forbidden: may not change"}),
        (FORBIDDEN, {}),
    ],
)
def test_the_objects_that_are_invalid_are_known_in_each_form(text: str, expected: dict[str, str]) -> None:
    assert refusals.invalid(text) == expected


def test_everything_else_stays_as_it_is_said() -> None:
    said = f'Warning: w\nThe Pod "a" is invalid: \n* x: Required value\n\n{FORBIDDEN}\n  more'
    expected = ["Warning: w", 'The Pod "a" is invalid: x: Required value', FORBIDDEN, "more"]
    assert list(refusals.lines(said)) == expected
