"""What the Job does that upgrades a controller: once, wherever its pods are taken away."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping

from pipelinekit.errors import PipelinekitError, Refused, ToolFailed, failed, refused
from pipelinekit.model.release import ReleaseState, Target
from pipelinekit.model.rollout.part import FAILED, Outcome
from pipelinekit.plan.rollout import handover as plan
from pipelinekit.plan.rollout import readiness, releases
from pipelinekit.ports import SILENT, Handovers, Quiet, Say
from pipelinekit.reading.chart.manifest import read_manifest
from pipelinekit.records import dataclass
from pipelinekit.steps.deploying.outage import Outage
from pipelinekit.steps.handover.silence import await_silence
from pipelinekit.steps.rollout.deploy import Site, deploy, gate_of
from pipelinekit.steps.rollout.gate import Clock, Sleep, pass_through
from pipelinekit.steps.rollout.part import Part, Shelf

BEFOREHAND = frozenset(("backup-failed",))
"""The codes of what fails before the new one is begun: the old one runs, and nothing is to be put back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relief:
    """What a Job works with: the component, the world, and the controller's builds."""

    part: Part
    shelf: Shelf
    site: Site
    quiet: Quiet
    jobs: Handovers
    wait: int
    """Seconds in which running builds may end."""
    timeout: int
    """Seconds for release and gate each, on the way back too."""
    build: str = ""
    """The build that has begun this, and goes on when the controller is back."""

    @property
    def target(self) -> Target:
        """Where the controller is."""
        return releases.target_of(self.part.component, self.shelf.platform, self.shelf.environment)

    @property
    def name(self) -> str:
        """The Job's name."""
        return plan.name_of(self.part.name)


def relieve(relief: Relief, *, say: Say, clock: Clock = time.monotonic, sleep: Sleep = time.sleep) -> Outcome:
    """Wait until nothing is built, upgrade the controller, and put the old one back if it does not get ready.

    Whatever becomes of it is noted on the Job. A pod that comes after another goes on where that was: it does
    not wait again once the upgrade has begun, and once the old one is to be put back it tries no other.
    """
    try:
        outcome = _relieve(relief, say, clock, sleep)
    except PipelinekitError as error:
        fault = error.faults[0]
        ended = Outcome(
            component=relief.part.name,
            state=FAILED,
            text=str(fault),
            faults=tuple(part for each in error.faults for part in (each.hint,) if part),
            refused=isinstance(error, Refused),
        )
        relief.jobs.note(relief.target, relief.name, {plan.OUTCOME: plan.written(ended, fault.code)})
        raise
    relief.jobs.note(relief.target, relief.name, {plan.OUTCOME: plan.written(outcome)})
    return outcome


def _relieve(relief: Relief, say: Say, clock: Clock, sleep: Sleep) -> Outcome:
    site, target = relief.site, relief.target
    notes = _notes(relief)
    if plan.BEFORE not in notes:
        if plan.QUIET in notes:
            # The pod before was taken away between its quiet and its mark: what is paused would not end.
            _wake(relief, say)
        _await_silence(relief, say, clock, sleep)
        try:
            notes = {plan.BEFORE: _mark(site.releases.last_good(target), site.releases.state(target))}
            relief.jobs.note(target, relief.name, notes)
        except PipelinekitError:
            _wake(relief, say)
            raise
    before = notes[plan.BEFORE]
    try:
        reason = notes.get(plan.REASON, "")
        if not reason:
            try:
                return deploy(relief.part, relief.shelf, site, timeout=relief.timeout, say=say, publish=False)
            except ToolFailed as error:
                if error.faults[0].code in BEFOREHAND:
                    raise
                reason = str(error.faults[0])
                say(f"it is not ready: {reason}")
                relief.jobs.note(target, relief.name, {plan.REASON: reason})
        raise _put_back(relief, before, reason, say, clock, sleep)
    finally:
        _wake(relief, say)


def _notes(relief: Relief) -> Mapping[str, str]:
    there = relief.jobs.find(relief.target, relief.name)
    if there is None:
        raise refused(
            "handover-gone",
            f"there is no job {relief.name} that this would be the work of",
            hint="`pipelinekit platform deploy` makes one",
        )
    return there.notes


def _mark(revision: int | None, state: ReleaseState | None) -> str:
    """The revision that runs, and a digest of what it is: a way back makes a new revision of the same."""
    return f"{revision or ''} {_content(state)}"


def _content(state: ReleaseState | None) -> str:
    return hashlib.sha256(state.manifest.encode()).hexdigest() if state else ""


def _await_silence(relief: Relief, say: Say, clock: Clock, sleep: Sleep) -> None:
    """Have nothing built from here on. Raises like `await_silence`."""

    def hush() -> None:
        relief.jobs.note(relief.target, relief.name, {plan.QUIET: "yes"})
        relief.quiet.hush()

    await_silence(
        lambda: _others(relief),
        hush,
        lambda: _wake(relief, say),
        lambda: _stands(relief),
        wait=relief.wait,
        say=say,
        clock=clock,
        sleep=sleep,
    )


def _others(relief: Relief) -> tuple[str, ...]:
    """What is built but by those that wait for this."""
    found = tuple(each for each in relief.quiet.running() if each != relief.build)
    if not found:
        return ()
    mine: frozenset[str] = frozenset()
    try:
        there = relief.jobs.find(relief.target, relief.name)
        mine = plan.followers(there.notes) if there else mine
    except ToolFailed as error:
        # A cluster that is away for a moment ends no wait: it is asked again at the next look.
        if error.faults[0].code not in SILENT:
            raise
    return tuple(each for each in found if each not in mine)


def _stands(relief: Relief) -> bool:
    """Whether the cluster takes the controller for one that is well."""
    state = relief.site.releases.state(relief.target)
    wanted = readiness.workloads(read_manifest(state.manifest)) if state else ()
    return (
        bool(wanted)
        and not readiness.standing(wanted, relief.site.parts.there(relief.target, wanted)).reasons
    )


def _put_back(relief: Relief, before: str, reason: str, say: Say, clock: Clock, sleep: Sleep) -> ToolFailed:
    """Bring back what ran before; the error that says what became of it."""
    site, target = relief.site, relief.target
    revision, _, content = before.partition(" ")
    try:
        state = site.releases.state(target)
        if _content(state) != content:
            if not revision:
                return _nothing_before(relief, reason)
            say(f"putting revision {revision} back, which ran before")
            _back(relief, int(revision), say, clock)
            state = site.releases.state(target)
        _free(relief, state, say)
        server = releases.marked(state.values, releases.SERVER) if state else ""
        gate = gate_of(relief.part, target, state, server, site)
        pass_through(gate, timeout=relief.timeout, say=say, clock=clock, sleep=sleep)
    except ToolFailed as error:
        hint = f"{reason}\n{target.kubectl} get pods"
        return failed("handover-stuck", f"neither the new one nor the old one is ready: {error}", hint=hint)
    text = f"the new {relief.part.name} was not ready in time, and the old one ({server}) runs again"
    return failed("put-back", text, hint=reason)


def _nothing_before(relief: Relief, reason: str) -> ToolFailed:
    name = relief.part.name
    return failed(
        "nothing-before",
        f"{name} was not ready in time, and no revision before it was deployed whole: nothing is put back",
        hint=f"{reason}\n`pipelinekit platform deploy --only {name}` goes on with it",
    )


def _back(relief: Relief, revision: int, say: Say, clock: Clock) -> None:
    """Have that revision again; whether it gets ready the gate is asked."""
    site, target = relief.site, relief.target

    outage = Outage(clock)

    def hopeless() -> bool:
        try:
            _free(relief, site.releases.state(target), say)
        except ToolFailed as error:
            outage.note(error)
        else:
            outage.end()
        return outage.is_final()

    try:
        site.releases.back(target, revision, timeout=relief.timeout, hopeless=hopeless)
    except ToolFailed as error:
        say(str(error.faults[0]))


def _free(relief: Relief, state: ReleaseState | None, say: Say) -> None:
    """Delete pods of StatefulSets that are of another revision and not ready.

    A StatefulSet waits for such a pod before it replaces it, and so never does.
    """
    site, target = relief.site, relief.target
    wanted = readiness.workloads(read_manifest(state.manifest)) if state else ()
    for each in site.parts.there(target, wanted):
        status, metadata = each.get("status", {}), each["metadata"]
        if each["kind"] != "StatefulSet" or status.get("observedGeneration") != metadata.get("generation"):
            continue
        for pod in site.parts.pods(target, each["spec"]["selector"].get("matchLabels", {})):
            if readiness.is_old(pod, status.get("updateRevision", "")) and not readiness.is_ready(pod):
                name = pod["metadata"]["name"]
                site.parts.delete_pod(target, name)
                say(f"pod {name} is not ready and of the revision that goes: it is deleted")


def _wake(relief: Relief, say: Say) -> None:
    """Whatever was done, builds may begin: a controller that was not restarted is quiet still."""
    try:
        relief.quiet.wake()
    except ToolFailed as error:
        say(f"whether builds may begin again is not known: {error.faults[0].problem}")
