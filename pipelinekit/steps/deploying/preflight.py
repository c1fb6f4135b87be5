"""Look a target over before the first effect: all that stands in the way of a deployment, together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from pipelinekit.errors import Fault, Refused
from pipelinekit.model.ground.preflight import AWAITED, REFUSED, UNWAITED, Finding, Object
from pipelinekit.model.release import Target
from pipelinekit.plan.deploying import ending, paused
from pipelinekit.plan.deploying.fields import place_in
from pipelinekit.plan.preflight import absent, judged, waiting
from pipelinekit.plan.preflight.needs import needs_of
from pipelinekit.ports import Say
from pipelinekit.ports.preflight import Scout
from pipelinekit.reading.chart.manifest import read_manifest
from pipelinekit.steps.deploying.deployment import Found, Prepared, mended


def preflight(target: Target, manifest: str, scout: Scout) -> tuple[Finding, ...]:
    """What is to be said of a target before that manifest goes there; what stands in the way comes first."""
    needs = needs_of(read_manifest(manifest), target.namespace)
    return judged(needs, scout.look(target, needs), target.place, target.kubectl)


def missing(target: Target, objects: Sequence[Object], scout: Scout) -> tuple[Finding, ...]:
    """What is to be said of the Secrets and storage classes that those objects need, and of nothing else."""
    needs = needs_of(objects, target.namespace)
    return absent(needs, scout.look_for(target, needs), target.place, target.kubectl)


def unwaited(target: Target, manifest: str) -> tuple[Finding, ...]:
    """What is to be said of a manifest's Jobs, and of nothing else; no cluster is asked."""
    return tuple(waiting.findings(needs_of(read_manifest(manifest), target.namespace), ()))


Survey = Callable[[Prepared], Sequence[Finding]]
"""What looks over where something prepared goes to."""

Missing = Callable[[Target, Sequence[Object]], Sequence[Finding]]
"""What says which Secrets and storage classes of objects are not there, and of which nobody knows."""


def without(findings: Sequence[Finding], mended: Collection[str]) -> tuple[Finding, ...]:
    """The findings but for objects that are put back before the chart is laid over them."""
    return tuple(
        each
        for each in findings
        if each.verdict != REFUSED or not any(_is_about(each.problem, name) for name in mended)
    )


def _is_about(problem: str, name: str) -> bool:
    """Whether a refusal is of that object, like `ConfigMap/note (namespace other)`."""
    kind, _, rest = name.partition("/")
    head = f'The {kind} "{rest.partition(" ")[0]}" is invalid'
    return problem.startswith(head) and place_in(problem) == place_in(name)


def with_there(findings: Sequence[Finding], there: Found) -> tuple[Finding, ...]:
    """The findings that count beside what is there: not what is put back, but what is deleted or paused."""
    about = [each for each in findings if waiting.counts(each, first=there.state is None)]
    found = (*ending.findings(there.standing), *paused.findings(there.standing))
    return tuple(dict.fromkeys((*without(about, mended(there)), *found)))


def told(findings: Sequence[Finding]) -> tuple[str, ...]:
    """The findings as lines, each with its next step."""
    return tuple(f"{each}{f' ({each.hint})' if each.hint else ''}" for each in findings)


def require(target: Target, findings: Sequence[Finding], say: Say) -> None:
    """Raise `Refused` with everything that stands in the way; say what will be waited for, and what not."""
    place = f"{target.place}: "
    faults = [
        Fault(each.code, place + each.problem, hint=each.hint) for each in findings if each.verdict == REFUSED
    ]
    if faults:
        raise Refused(*faults)
    for each in findings:
        if each.verdict == AWAITED:
            say(f"{each.problem}: it will be waited for")
        elif each.verdict == UNWAITED:
            say(str(each))


def watchable(findings: Sequence[Finding]) -> bool:
    """Whether each object gets ready once, so that Helm may watch it until it is."""
    return all(each.verdict != UNWAITED for each in findings)
