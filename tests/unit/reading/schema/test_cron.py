from __future__ import annotations

import re

import pytest

from pipelinekit.reading.schema.cron import CRON, backwards
from tests.schedules import BACKWARDS, REFUSED, TAKEN


@pytest.mark.parametrize("text", TAKEN)
def test_what_a_cronjob_takes_is_a_schedule(text: str) -> None:
    assert re.search(CRON[0], text)
    assert not backwards(text)


@pytest.mark.parametrize("text", [*REFUSED, "@dai-y", "0 3 * odd-jan *"])
def test_what_it_refuses_is_none(text: str) -> None:
    assert not re.search(CRON[0], text)
    assert not backwards(text)


@pytest.mark.parametrize(("text", "found"), BACKWARDS.items())
def test_a_range_that_ends_before_it_begins_is_named(text: str, found: str) -> None:
    assert re.search(CRON[0], text)
    assert backwards(text) == found
