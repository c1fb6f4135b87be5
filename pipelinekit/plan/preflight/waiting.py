"""What a deployment waits for, and what it does not: Jobs that never count as ready.

Helm 4 watches each object until it is ready. A Job is from its beginning on, as long as it is there: one that
is suspended never begins, and one with a time to live may be gone before the rest of the chart is ready. Of a
hook it waits for the end. Source: `jobConditions` of kstatus, as Helm 4's `statusWaiter` uses it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipelinekit.model.ground.preflight import AWAITED, UNWAITED, Finding, Needs, Object
from pipelinekit.plan.deploying.fields import key_of, name_of, passes
from pipelinekit.plan.deploying.hooks import INSTALLING, UPGRADING
from pipelinekit.plan.preflight.needs import hooks_of

_GOES = "it goes by itself when it has ended"
_RESTS = "it is suspended"
_WORDS = ("suspend", "ttlSecondsAfterFinished")


def findings(needs: Needs, live: Sequence[Object]) -> Iterator[Finding]:
    """The Jobs that are not waited for, and the hooks that wait for somebody; `live` is what is there."""
    there = {key_of(each, needs.home): each for each in live}
    for each in needs.objects:
        reason = never_ready(each, there.get(key_of(each, needs.home)))
        if reason:
            yield Finding(UNWAITED, "job-unwaited", f"{name_of(each, needs.home)}: {reason}")
    for each in needs.hooks:
        moments = {*INSTALLING, *UPGRADING}.intersection(hooks_of(each))
        if _is_job(each) and _spec(each).get("suspend") and moments:
            words = f"{name_of(each, needs.home)} is suspended"
            yield Finding(
                AWAITED,
                "hook-suspended",
                words,
                hint="a hook is waited for until it has ended: somebody has to resume it",
                when=tuple(sorted(moments)),
            )


def never_ready(wanted: Object, live: Object | None = None) -> str:
    """Why an object may never count as ready, or empty; `live` is what it will be laid over."""
    if not _is_job(wanted):
        return ""
    # A hand's word stays where the chart has none.
    if {**_spec(live or {}), **_spec(wanted)}.get("suspend"):
        return _RESTS
    return _GOES if passes(wanted) else ""


def speaks_of_them(texts: Iterable[str]) -> bool:
    """Whether a chart whose values and templates these are may have such Jobs, or hooks that wait."""
    return any(word in text for text in texts for word in _WORDS)


def counts(finding: Finding, *, first: bool) -> bool:
    """Whether a finding is about this deployment, which is the first one of its release or a later one."""
    return not finding.when or not set(finding.when).isdisjoint(INSTALLING if first else UPGRADING)


def _is_job(each: Object) -> bool:
    return each["kind"] == "Job" and str(each.get("apiVersion", "")).startswith("batch/")


def _spec(each: Object) -> Mapping[str, object]:
    found = each.get("spec")
    return found if isinstance(found, Mapping) else {}
