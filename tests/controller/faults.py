"""Faults to order: what goes wrong, on which requests, and how often."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["starting", "drop", "drop-after", "forbid", "error", "lost-crumb", "not-jenkins", "slow"]


@dataclass
class Fault:
    """One fault. `path` and `method` say which requests it meets, `times` how many of them.

    starting: 503, as while it starts. drop: the connection is cut before anything is done; drop-after: when
    it is done, before the answer. forbid: 403 for want of the permission in `detail`. error: 500 as for XML
    that it cannot read. lost-crumb: 403 as after a restart. not-jenkins: 200 with a proxy's page. slow: an
    answer after `detail` seconds.
    """

    kind: Kind
    path: str = ""
    method: str = ""
    times: int = 1_000_000
    after: int = 0
    """So many requests pass first."""
    detail: str = ""

    def meets(self, method: str, path: str) -> bool:
        """Whether it strikes now; it then counts as used once."""
        if self.times <= 0 or (self.method and self.method != method) or not re.search(self.path, path):
            return False
        if self.after > 0:
            self.after -= 1
            return False
        self.times -= 1
        return True
