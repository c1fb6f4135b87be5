"""What the verbs of the line tell the ledger: what was released, where it went, and what went wrong."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
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
        self._tell(self._event("released", self._digests(done), details=self._parts(done)), "publish")

    def deployed(self, done: Deployed, chart: ChartPublished) -> None:
        """It runs in an environment."""
        details = {"revision": done.revision, "namespace": done.namespace}
        event = self._event("deployed", self._digests(chart), done.environment, details=details)
        self._tell(event, f"deploy-{done.environment}")

    def verified(self, done: Verified, chart: ChartPublished | None) -> None:
        """Its tests passed there."""
        event = self._event(
            "verified", self._digests(chart), done.environment, details={"revision": done.revision}
        )
        self._tell(event, f"verify-{done.environment}")

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

    def _tell(self, event: Event, name: str) -> None:
        """Tell the ledger, unless it was told from this very folder."""
        told = Noted(key=self.plan.key, told=_digest_of(event, self.name))
        if self.receipts.load(Noted, name) != told and self._write(event):
            self.receipts.save(told, name)

    def _write(self, event: Event) -> bool:
        try:
            head = self._journal.note([replace(event, platform=self.platform())])
        except PipelinekitError as error:
            self.say(f"not in the ledger: {event.kind} {event.version}: {error.faults[0].problem}")
            return False
        if self.anchor and event.kind in ("released", "deployed"):
            try:
                self.anchor(event.environment, head)
            except PipelinekitError as error:
                self.say(f"not anchored: {event.kind} {event.version}: {error.faults[0].problem}")
        return True


def _digest_of(event: Event, ledger: str) -> str:
    """What of an event is told once."""
    fields = {name: each for name, each in asdict(event).items() if name not in ("at", "platform")}
    text = json.dumps([ledger, fields], sort_keys=True)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
