"""`make bench`: run the benchmarks (or those named) and print one table; exit 1 when one misses its bound."""

from __future__ import annotations

import os
import signal
import sys
import tempfile

from tests import warm
from tests.benchmarks import (
    components,
    delivery,
    generation,
    innerloop,
    jobs,
    push,
    registrations,
    rollout,
    startup,
    taking,
    whole,
)
from tests.benchmarks.measure import table

BENCHMARKS = {
    "B1": jobs.render,
    "B2": jobs.unchanged,
    "B3": jobs.drift,
    "B4": jobs.cold,
    "B5": generation.scaffold,
    "B6": generation.update,
    "B7": generation.merges,
    "B8": generation.fleet,
    "B9": startup.run,
    "B10": push.run,
    "B11": rollout.run,
    "B12": delivery.run,
    "B13": innerloop.run,
    "B14": registrations.run,
    "B15": taking.run,
    "B16": components.run,
    "B17": whole.run,
}


def main(names: list[str]) -> int:
    """Run the benchmarks of these names, or all."""
    unknown = set(names) - BENCHMARKS.keys()
    if unknown:
        print(f"unknown: {', '.join(sorted(unknown))}; known are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    warm.never("the start of Python is a part of what is measured")
    with tempfile.TemporaryDirectory() as state:
        # No ledger of whoever runs this is written.
        os.environ["XDG_STATE_HOME"] = state
        rows = [row for name in names or BENCHMARKS for row in BENCHMARKS[name]()]
    print(table(rows))
    return 0 if all(row.reached for row in rows) else 1


if __name__ == "__main__":
    # A shell that runs us in the background has us ignore Ctrl-C, and with us the programs that are measured.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(main(sys.argv[1:]))
