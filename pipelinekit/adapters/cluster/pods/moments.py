"""Moments as Kubernetes writes them."""

from __future__ import annotations

import time


def seconds_of(stamp: str) -> float:
    """A time stamp in seconds since the epoch."""
    import calendar

    return float(calendar.timegm(time.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ")))
