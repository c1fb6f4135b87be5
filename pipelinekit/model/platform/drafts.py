"""What a platform says of the namespaces that developers have of their own."""

from __future__ import annotations

from pipelinekit.records import dataclass

IDLE = 12 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafts:
    """That a job of Jenkins looks after them; `idle` is after how many seconds unused one goes to sleep."""

    idle: int = IDLE
