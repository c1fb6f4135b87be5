"""Documents of applications, and what is wrong with them."""

from __future__ import annotations

import pytest

from pipelinekit.errors import DocumentInvalid, Fault
from pipelinekit.model.app import (
    App,
)
from pipelinekit.reading.app import read_app
from tests.documents import unmarked

HEAD = """\
apiVersion: pipelinekit/v1
kind: Application
metadata: {name: orders, team: payments}
build: {language: python}
"""
"""Four lines; what a test is about begins in the fifth."""


def read(text: str) -> App:
    return read_app(HEAD + text)


def faults(marked: str) -> list[str]:
    """The codes of the faults, which must be where the marks in the text are."""
    text, places = unmarked(HEAD + marked)
    with pytest.raises(DocumentInvalid) as caught:
        read_app(text)
    assert [str(each.place) for each in caught.value.faults] == [f"app.yaml:{each}" for each in places]
    return [each.code for each in caught.value.faults]


def fault(text: str) -> Fault:
    with pytest.raises(DocumentInvalid) as caught:
        read(text)
    (only,) = caught.value.faults
    return only
