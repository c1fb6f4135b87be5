from __future__ import annotations

import pytest

from pipelinekit.generators.scans import DAY, HOUR, MINUTE, crontab


@pytest.mark.parametrize(
    ("seconds", "schedule"),
    [
        (MINUTE, "* * * * *"),
        (5 * MINUTE, "* * * * *"),
        (30 * MINUTE, "H/5 * * * *"),
        (HOUR, "H/15 * * * *"),
        (8 * HOUR, "H/30 * * * *"),
        (DAY, "H H/4 * * *"),
        (2 * DAY, "H H/12 * * *"),
        (7 * DAY, "H H * * *"),
    ],
)
def test_a_trigger_wakes_more_often_than_it_scans(seconds: int, schedule: str) -> None:
    assert crontab(seconds) == schedule


def test_long_intervals_are_spread_by_the_job_s_name() -> None:
    assert all("H" in crontab(seconds) for seconds in (HOUR, DAY, 30 * DAY))
