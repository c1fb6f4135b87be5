"""What rolling components out tells the ledger and asks there, in environments without a gate."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace

from pipelinekit.errors import PipelinekitError
from pipelinekit.model.ledger import UNREACHABLE, Event
from pipelinekit.model.platform.zone import Clock
from pipelinekit.model.promotion import Release
from pipelinekit.model.release import ImageRef
from pipelinekit.plan.rollout.recorded import event_of, released
from pipelinekit.plan.rollout.releases import target_of
from pipelinekit.ports import Journal, Ledger, Say
from pipelinekit.steps.promotion.stopped import require_unstopped, unknown
from pipelinekit.steps.rollout.deploy import Site
from pipelinekit.steps.rollout.part import Part, Shelf
from pipelinekit.steps.rollout.recorded import again, record


@dataclass(frozen=True, kw_only=True)
class Told:
    """A ledger as rollouts see it. One that does not answer stops nobody, and that is said."""

    ledger: Ledger
    journal: Journal
    clock: Callable[[Iterable[str]], Clock]
    platform: str
    """The commit of the platform's document."""
    shelf: Shelf
    site: Site
    say: Say
    alone: AbstractContextManager[object]
    """Held while the ledger is asked: components are rolled out at the same time."""
    silent: list[str] = field(default_factory=list)
    """Why the ledger did not answer: whoever waits for it once need not wait for each component."""

    def require_free(self, part: Part) -> None:
        """Raise `Refused` where a freeze, a hold or a bar stops a component."""
        release = self._meant(part)
        with self.alone:
            if not self.silent:
                where = self.shelf.environment
                require_unstopped(lambda: self.ledger, self.clock, release, where, self._missed)

    def deployed(self, part: Part) -> None:
        """A component runs as it is wanted."""
        self._tell(part)

    def verified(self, part: Part) -> None:
        """Its tests have passed: what proves nothing before it came there is told again."""
        self._tell(part, verified=True)

    def _tell(self, part: Part, *, verified: bool = False) -> None:
        where, now = self.shelf.environment.name, self.clock(()).now
        if self.silent:
            self.say(f"{part.name}: not in the ledger, which did not answer: the same again tells it")
            return
        try:
            release = record(part, self.shelf, publish=True)
            target = target_of(part.component, self.shelf.platform, self.shelf.environment)
            if not again(release, self.shelf.platform, self.shelf.environment).runs(self.site.releases):
                # Files change meanwhile, tests are of what runs, and somebody else deploys as well.
                self.say(
                    f"{part.name}: not in the ledger: what runs in {target.namespace} is another one than "
                    f"its folder and values say by now: `pipelinekit platform deploy --only {part.name}`"
                )
                return
            state = self.site.releases.state(target)
            details = {"revision": state.revision if state else 0, "namespace": target.namespace}
            events: list[Event] = [
                released(release, now),
                event_of(release, "deployed", where, now, details),
            ]
            if verified:
                revision = {"revision": details["revision"]}
                events.append(event_of(release, "verified", where, now, revision))
            self.journal.note([replace(each, platform=self.platform) for each in events])
        except (PipelinekitError, ValueError) as error:
            # An event has a size, and values may have any.
            faults = getattr(error, "faults", ())
            self.say(f"{part.name}: not in the ledger: {faults[0].problem if faults else error}")
            if faults and faults[0].code == UNREACHABLE:
                self.silent.append(faults[0].problem)

    def _meant(self, part: Part) -> Release:
        """What would be rolled out: where no release can be made of it, its name."""
        try:
            return record(part, self.shelf, publish=False)
        except (PipelinekitError, ValueError):
            nothing = ImageRef("", "")
            return Release(
                team="",
                name=part.name,
                version="",
                commit="",
                image=nothing,
                chart=nothing,
                chart_digest="",
                archive="",
                descriptor="",
                descriptor_digest="",
            )

    def _missed(self, error: PipelinekitError) -> None:
        text = unknown(self.shelf.environment, error)
        if error.faults[0].code == UNREACHABLE:
            self.silent.append(text)
        self.say(text)
