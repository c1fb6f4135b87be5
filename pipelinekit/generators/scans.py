"""How often Jenkins looks at a repository by itself: spread over the day, for webhooks do the work."""

from __future__ import annotations

MINUTE, HOUR, DAY = 60, 3600, 86_400

_WAKES = (
    (5 * MINUTE, "* * * * *"),
    (30 * MINUTE, "H/5 * * * *"),
    (HOUR, "H/15 * * * *"),
    (8 * HOUR, "H/30 * * * *"),
    (DAY, "H H/4 * * *"),
    (2 * DAY, "H H/12 * * *"),
)
"""For an interval up to so many seconds: when the trigger wakes to ask whether the interval is over."""


def crontab(seconds: int) -> str:
    """The schedule for a scan interval, as Jenkins itself writes it; `H` spreads by the job's name."""
    return next((cron for longest, cron in _WAKES if seconds <= longest), "H H * * *")
