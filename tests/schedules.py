"""Schedules, those that Kubernetes' CronJob takes and those that it does not."""

from __future__ import annotations

TAKEN = (
    "0 3 * * *", "*/5 * * * *", "0 0 1 1 *", "59 23 31 12 6", "0-30/10 8-17 * * 1-5", "0,30 * * * *",
    "? ? ? ? ?", "0 3 * jan-mar mon", "0 3 * JAN Sun", "00 03 01 01 00", "5/15 * * * *", "0 3  * * *",
    "0 3 * * mon,wed-fri", "@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight",
    "@hourly", "*/90 * * * *",
)  # fmt: skip
REFUSED = (
    "", "0 3 * *", "0 3 * * * *", "60 * * * *", "0 24 * * *", "0 3 0 * *", "0 3 32 * *", "0 3 * 0 *",
    "0 3 * 13 *", "0 3 * * 7", "0 3 * * sunday", "*/0 * * * *", "H * * * *", "0 3 L * *", "a b c d e",
    "0 3 * * 1#2", "1- * * * *", "@every", "@reboot", "0 3 * * 1W", "-1 * * * *", "1/2/3 * * * *",
)  # fmt: skip
BACKWARDS = {
    "5-1 * * * *": "5-1",
    "0 3 * * fri-mon": "fri-mon",
    "0 3 * DEC-feb *": "dec-feb",
    "0 3 9-08 * *": "9-08",
}
"""Of the form that is taken, with a range that no server takes."""
