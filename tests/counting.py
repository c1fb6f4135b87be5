"""What changes anything, counted, and a killer who may come at each effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelinekit.errors import check_failed, failed
from pipelinekit.model.ledger import Event, History
from pipelinekit.model.release import Target
from tests.doubles import Killed, Ledger, Releases


@dataclass
class Effects:
    """Counts what changes anything, and kills the process before the effect of that number."""

    kill_at: int = -1
    count: int = 0
    names: list[str] = field(default_factory=list)

    def __call__(self, name: str) -> None:
        if self.count == self.kill_at:
            self.kill_at = -1
            raise Killed
        self.count += 1
        self.names.append(name)


class CountedLedger(Ledger):
    """A ledger each write of which is an effect."""

    effects: Effects

    def append(self, branch: str, events: Sequence[Event], *, after: str) -> History:
        self.effects(f"write {', '.join(each.kind for each in events)}")
        return super().append(branch, events, after=after)


class CountedReleases(Releases):
    """Helm, likewise: the killer may also come while it waits."""

    effects: Effects
    failing: frozenset[str] = frozenset()
    """The applications that no cluster takes."""
    broken: frozenset[str] = frozenset()
    """Those whose tests fail."""

    def install(self, target: Target, archive: Path, values: Sequence[str], **rest: Any) -> Any:
        self.effects("install")
        if target.name in self.failing:
            raise failed("deploy-failed", f"helm: no {target.name} here")
        done = super().install(target, archive, values, **rest)
        self.effects("installed")
        return done

    def test(self, target: Target, say: Any) -> None:
        if target.name in self.broken:
            raise check_failed("verify-failed", f"{target.name} answers 404")
        super().test(target, say)

    def revisions(self) -> dict[str, int]:
        """How often each application was deployed, whatever the environment."""
        return {name: max(each) for (_, name), each in self.cluster.records.items()}
