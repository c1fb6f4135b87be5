"""What the verbs of the line tell the ledger: what was released, where it went, and what went wrong."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

from pipelinekit.errors import CheckFailed, PipelinekitError, Refused, ToolFailed
from pipelinekit.model.ledger import Digests, Event, Kind, branch_of
from pipelinekit.model.receipts import ChartPublished, Deployed, Noted, Verified
from pipelinekit.model.release import ReleasePlan
from pipelinekit.ports import Journal, Receipts, Say

_LONGEST = 2000
"""Letters of a reason: a linter's or a cluster's words may be endless."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """The ledger as the line sees it: `open` gives it, `name` is its address.

    In an environment without a gate a ledger that does not answer stops nobody, and that is said.
    """

    plan: ReleasePlan
    name: str
    open: Callable[[], Journal]
    receipts: Receipts
    say: Say
    platform: Callable[[], str] = str
    """Which commit of the platform's document counts: asked only when something is told."""
    descriptor: str = ""
    """The text of app.yaml: whoever promotes has ledger and registry, and no clone."""
    anchor: Callable[[str, str], None] | None = None
    """Has an environment (or with none the registry) remember a head of the ledger."""
    missed: Callable[[], object] = lambda: None
    """Called when something could not be told."""

    @cached_property
    def _journal(self) -> Journal:
        return self.open()

    def expect(self) -> None:
        """Something will be told when the work that begins now is done."""
        try:
            self._journal.expect(branch_of(self.plan.app.team, self.plan.app.name))
        except PipelinekitError:
            # It is said when it is told.
            return

    def close(self) -> None:
        """No more is told."""
        if "_journal" in vars(self):
            self._journal.close()

    def released(self, done: ChartPublished) -> None:
        """A chart is in the repository."""
        self._tell(self._released(done))

    def deployed(self, done: Deployed, chart: ChartPublished) -> None:
        """It runs in an environment."""
        self._tell(*self._owed(chart), self._deployed(done, chart))

    def verified(self, done: Verified, chart: ChartPublished | None) -> None:
        """Its tests passed there, after it came there: what proves nothing before that is told again."""
        event = self._event(
            "verified", self._digests(chart), done.environment, details={"revision": done.revision}
        )
        came = self.receipts.load(Deployed, done.environment)
        before = (
            [self._deployed(came, chart)]
            if chart and came and (came.key, came.revision) == (done.key, done.revision)
            else []
        )
        self._tell(*self._owed(chart), *before, event)

    def _released(self, done: ChartPublished) -> Event:
        return self._event("released", self._digests(done), details=self._parts(done))

    def _deployed(self, done: Deployed, chart: ChartPublished) -> Event:
        details = {"revision": done.revision, "namespace": done.namespace}
        return self._event("deployed", self._digests(chart), done.environment, details=details)

    def _owed(self, chart: ChartPublished | None) -> list[Event]:
        """The release, where the ledger was not told of it from here."""
        if chart is None or chart.key != self.plan.key:
            return []
        release = self._released(chart)
        return [] if self._is_noted([release]) else [release]

    @contextmanager
    def endings(self, stage: str, environment: str) -> Iterator[None]:
        """What ends the block with an error is told, and stays the error that it is."""
        try:
            yield
        except (ToolFailed, CheckFailed, Refused) as error:
            kind: Kind = "refused" if isinstance(error, Refused) else "failed"
            fault = error.faults[0]
            details = {"stage": stage, "code": fault.code}
            event = self._event(
                kind,
                self._digests(self.receipts.load(ChartPublished)),
                environment,
                reason=fault.problem[:_LONGEST],
                details=details,
            )
            self._write(event)
            raise

    def _event(
        self,
        kind: Kind,
        digests: Digests,
        environment: str = "",
        *,
        reason: str = "",
        details: Mapping[str, Any] | None = None,
    ) -> Event:
        return Event(
            kind=kind,
            team=self.plan.app.team,
            name=self.plan.app.name,
            version=self.plan.version,
            environment=environment,
            digests=digests,
            at=int(time.time()),
            reason=reason,
            details=details or {},
        )

    def _parts(self, done: ChartPublished) -> dict[str, Any]:
        """What a promotion needs of a release beside its digests."""
        plan = self.plan
        return {
            "commit": plan.revision.commit,
            "image": {"registry": plan.image.registry, "repository": done.image_repository},
            "chart": {
                "registry": plan.chart.registry,
                "repository": plan.chart.repository,
                "archive": done.archive_digest,
            },
            "descriptor": {"text": self.descriptor},
        }

    def _digests(self, chart: ChartPublished | None) -> Digests:
        if chart is None or chart.key != self.plan.key:
            return Digests(descriptor=self.plan.key.descriptor)
        return Digests(image=chart.image_digest, chart=chart.digest, descriptor=chart.key.descriptor)

    def _tell(self, *events: Event) -> None:
        """Tell the ledger the last of them, after the others, unless it was told so from this very folder."""
        if self._is_noted(events):
            return
        owed = [each for each in events if not self._is_noted([each])]
        if self._write(*events, anchored=owed):
            for number, each in enumerate(events):
                told = events if number == len(events) - 1 else [each]
                self.receipts.save(self._noted(told), _name_of(each))

    def _is_noted(self, events: Sequence[Event]) -> bool:
        return self.receipts.load(Noted, _name_of(events[-1])) == self._noted(events)

    def _noted(self, events: Sequence[Event]) -> Noted:
        # A release that stands before it makes no difference to it.
        counted = [each for each in events if each is events[-1] or each.kind != "released"]
        return Noted(key=self.plan.key, told=_digest_of(counted, self.name))

    def _write(self, *events: Event, anchored: Sequence[Event] = ()) -> bool:
        commit = self.platform()
        what = f"{events[-1].kind} {events[-1].version}"
        try:
            head = self._journal.note([replace(each, platform=commit) for each in events])
        except PipelinekitError as error:
            fault = error.faults[0]
            self.say(f"not in the ledger: {what}: {fault.problem}")
            if fault.hint:
                self.say(f"  {fault.hint}")
            self.missed()
            return False
        for each in anchored:
            self._anchored(each, head)
        return True

    def _anchored(self, event: Event, head: str) -> None:
        if self.anchor is None or event.kind not in ("released", "deployed"):
            return
        try:
            self.anchor(event.environment, head)
        except PipelinekitError as error:
            self.say(f"not anchored: {event.kind} {event.version}: {error.faults[0].problem}")


_NOTES = {"released": "publish", "deployed": "deploy", "verified": "verify"}


def _name_of(event: Event) -> str:
    """The receipt that says that it was told: that of the verb, and of its environment."""
    return "-".join(each for each in (_NOTES[event.kind], event.environment) if each)


def _digest_of(events: Sequence[Event], ledger: str) -> str:
    """What of events is told once."""
    rows = [
        {name: each for name, each in asdict(event).items() if name not in ("at", "platform")}
        for event in events
    ]
    text = json.dumps([ledger, *rows], sort_keys=True)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
