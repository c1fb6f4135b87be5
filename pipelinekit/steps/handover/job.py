"""The Job that upgrades a controller, as who has it do that sees it.

`hand_over` begins the Job, or finds one at work, and follows it; what the Job does is in `relief`.
"""

from __future__ import annotations

import time

from pipelinekit.errors import Fault, Refused, ToolFailed, failed
from pipelinekit.model.release import Target
from pipelinekit.model.rollout.handover import Handover, Standing
from pipelinekit.model.rollout.part import FAILED, Outcome
from pipelinekit.plan.rollout import handover as plan
from pipelinekit.ports import Handovers, Say
from pipelinekit.steps.follow import patiently
from pipelinekit.steps.rollout.gate import Sleep

PATIENCE = 300.0
"""Seconds that a cluster may be away while a Job in it is followed."""


def hand_over(
    given: Handover, target: Target, jobs: Handovers, *, say: Say, write: Say, sleep: Sleep = time.sleep
) -> Outcome:
    """Have a Job do it, and follow it to its end; one that is at work already is followed instead.

    `write` gets the Job's own lines. Raises `Refused` and `ToolFailed` with what the Job says.
    """
    name = plan.name_of(given.component)
    while True:
        there = jobs.find(target, name)
        if there is not None and not there.ended:
            say(f"the job {name} is at work in {target.namespace}: following it")
        else:
            if there is not None:
                say(f"the last one: {_told(there)}")
                jobs.drop(target, there)
            if not jobs.begin(target, plan.around(given), plan.job(given)):
                continue
            # The Job is the lock: while it is there, nobody's is made of anything else.
            try:
                jobs.tidy(target, given.component, plan.payload_of(given))
            except ToolFailed as error:
                say(f"what earlier jobs were given stays there: {error.faults[0].problem}")
            say(f"the job {name} in {target.namespace} does it, whether anybody follows it or not")
            say(f"from elsewhere: {target.kubectl} logs --follow job/{name}")
        ended = _follow(target, given.build, name, jobs, say, write, sleep)
        clear(target, ended, jobs, say)
        if ended.notes.get(plan.PLAN) == given.digest:
            return _settled(given.component, target, ended)
        say("that was for another plan, or somebody has taken it away")


def clear(target: Target, ended: Standing, jobs: Handovers, say: Say) -> None:
    """Delete what a Job that has ended was given, for nobody reads it any more; its notes stay."""
    if payload := ended.notes.get(plan.GIVEN, ""):
        try:
            jobs.clear(target, payload)
        except ToolFailed as error:
            say(f"what the job was given stays there: {error.faults[0].problem}")


def _follow(
    target: Target, build: str, name: str, jobs: Handovers, say: Say, write: Say, sleep: Sleep
) -> Standing:
    """The Job at its end; one without notes when somebody has taken it away. A build notes itself on it."""
    read: dict[str, int] = {}

    def look() -> Standing | None:
        # The order of the two questions: what is said before the end is heard.
        there = jobs.find(target, name)
        if build and there is not None and not there.ended and build not in plan.followers(there.notes):
            jobs.note(target, name, plan.following(build))
        for pod, lines in jobs.said(target, name):
            if pod not in read and read:
                say(f"the pod before was taken away; {pod} goes on")
            for line in lines[read.get(pod, 0) :]:
                write(line)
            read[pod] = len(lines)
        if there is None:
            return Standing(name=name, uid="", notes={}, ended="taken away")
        return there if there.ended else None

    return patiently(look, patience=PATIENCE, until="waiting for the cluster", say=say, sleep=sleep)


def _settled(component: str, target: Target, ended: Standing) -> Outcome:
    """What the Job has noted; raises when that was no success."""
    said = plan.read(ended.notes.get(plan.OUTCOME, ""))
    if not said:
        hint = f"{target.kubectl} logs job/{ended.name}"
        problem = f"the job {ended.name} ended without a word: {ended.ended}"
        raise failed("handover-failed", problem, hint=hint)
    if said["state"] == FAILED:
        kind = Refused if said["refused"] else ToolFailed
        raise kind(Fault(str(said["code"]), str(said["text"]), hint=str(said["hint"])))
    return Outcome(component=component, state=said["state"], text=str(said["text"]))


def _told(there: Standing) -> str:
    said = plan.read(there.notes.get(plan.OUTCOME, ""))
    return str(said["text"]) if said else there.ended
