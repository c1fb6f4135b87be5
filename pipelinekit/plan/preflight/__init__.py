"""What was seen of a target, judged: all that stands in the way together, before anything is changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipelinekit.model.ground.preflight import (
    AWAITED,
    REFUSED,
    UNCHECKED,
    UNWAITED,
    Finding,
    Needs,
    Seen,
)
from pipelinekit.plan.deploying import ending
from pipelinekit.plan.deploying.fields import name_of, place_in, titled
from pipelinekit.plan.preflight import ingress, secrets, unbound, waiting
from pipelinekit.plan.preflight.fixed import is_fixed, unchangeable
from pipelinekit.plan.preflight.needs import at_home, place_of
from pipelinekit.plan.preflight.quota import exceeded
from pipelinekit.plan.preflight.rights import lacking, may

_CANNOT = re.compile(r'User "([^"]*)" cannot (\S+) resource "([^"]+)"')
_NO_KIND = re.compile(r'no matches for kind "([^"]+)" in version "([^"]+)"')
_NO_NAMESPACE = re.compile(r'namespaces "[^"]*" not found')
_DRY = re.compile(r"does not support dry run")
_LIMITS = (
    "a LimitRange of the namespace may bound it, or have given the limit: ask for what that allows in"
    " app.yaml (run.resources), or have it changed; `kubectl get limitranges --all-namespaces` lists them"
)
_HINTS = {
    r"(minimum|maximum) \S+ usage per |max limit to request ratio": _LIMITS,
    # What a limit that the chart does not say has become.
    r"must be less than or equal to \S+ limit": _LIMITS,
    "duplicate entries for key": "the chart names it twice, and one counts: leave one",
    "can not be less than status.capacity": "a volume never shrinks: let the chart ask for what it has",
    r"failed calling (\w+ )?webhook": "a webhook of the cluster's does not answer, and nothing is taken until"
    " it does: `kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations` lists them",
    r"denied the request|ValidatingAdmissionPolicy": "a rule of the cluster's: who keeps it can say what it"
    " wants of app.yaml or the chart",
}
"""What helps, by the server's words."""
_POD = re.compile(r'pods "([^"]*)-preflight" is forbidden: (.*)', re.DOTALL)


def judged(needs: Needs, seen: Seen, environment: str, kubectl: str = "kubectl") -> tuple[Finding, ...]:
    """All findings; those that stand in the way first. `kubectl` begins a command that acts there."""
    step = f"`pipelinekit environment prepare --env {environment}`"
    found = [
        *_rights(needs, seen, step),
        *_objects(needs, seen, step, kubectl),
        *ending.of_wanted(seen.going, needs.home),
        *_pods(needs, seen),
        *secrets.findings(needs, seen, step, kubectl),
        *_images(needs, seen, step),
        *_classes(needs, seen),
        *ingress.findings(needs, seen),
        *waiting.findings(needs, seen.live),
        *unbound.findings(needs, seen),
    ]
    return _ordered(found)


def absent(needs: Needs, seen: Seen, environment: str, kubectl: str = "kubectl") -> tuple[Finding, ...]:
    """The findings about Secrets and storage classes alone, in the same order."""
    step = f"`pipelinekit environment prepare --env {environment}`"
    return _ordered([*secrets.findings(needs, seen, step, kubectl), *_classes(needs, seen)])


def _ordered(found: Sequence[Finding]) -> tuple[Finding, ...]:
    order = (REFUSED, AWAITED, UNWAITED, UNCHECKED)
    return tuple(sorted(dict.fromkeys(found), key=lambda each: order.index(each.verdict)))


def _rights(needs: Needs, seen: Seen, step: str) -> Iterator[Finding]:
    if seen.rules is None:
        yield Finding(UNCHECKED, "rights", "the account's rights: the cluster does not tell all of them")
    # The rules are those at home: of another namespace the dry run there tells what is not allowed.
    mine = replace(
        needs,
        objects=tuple(each for each in needs.objects if at_home(each, needs.home)),
        hooks=tuple(each for each in needs.hooks if at_home(each, needs.home)),
    )
    missing = lacking(mine, seen.rules) if seen.rules is not None else {}
    for text in seen.applied:
        for _, verb, resource in _CANNOT.findall(text):
            groups = [each for each in missing if each[1] == resource] or [("", resource)]
            for each in groups:
                missing[each] = tuple(dict.fromkeys((*missing.get(each, ()), verb)))
    if missing:
        words = "; ".join(
            f"{', '.join(verbs)} {resource}{f'.{group}' if group else ''}"
            for (group, resource), verbs in sorted(missing.items())
        )
        hint = f"{step} gives the deployer its rights there; or deploy as somebody who has them"
        yield Finding(REFUSED, "rights", f"the account may not {words}", hint)


def _objects(needs: Needs, seen: Seen, step: str, kubectl: str) -> Iterator[Finding]:
    for text in seen.applied:
        kinds = _NO_KIND.findall(text)
        for kind, version in kinds:
            hint = "the chart has to use an API that this cluster has: `kubectl api-resources` lists them"
            yield Finding(REFUSED, "api-missing", f"the cluster has no {kind} in {version}", hint)
        if _NO_NAMESPACE.search(text) and (place := place_in(text)):
            if f"Namespace/{place}" in map(name_of, (*needs.objects, *needs.hooks)):
                words = f"namespace {place} comes with the chart: what it admits is known once it is there"
                yield Finding(UNCHECKED, "namespace", words)
            else:
                words = f"namespace {place} is not there, and a deployment makes none but its own"
                yield Finding(REFUSED, "namespace-missing", words, f"{kubectl} create namespace {place}")
        elif _NO_NAMESPACE.search(text):
            if seen.rules is not None and not may(seen.rules, "create", "", "namespaces"):
                words = "the namespace is not there, and the account may make none"
                yield Finding(REFUSED, "namespace-missing", words, f"{step} makes it")
            else:
                words = "the namespace is not there: what it admits and limits is known once it is made"
                yield Finding(UNCHECKED, "namespace", words, f"{step} makes one with quota and rules")
        elif _DRY.search(text):
            words = f"what the cluster makes of an object: {text}"
            yield Finding(
                UNCHECKED, "object", words, "a webhook that is asked nothing at a dry run refuses it"
            )
        elif is_fixed(text):
            yield unchangeable(text, needs.objects, seen.live, needs.home, kubectl)
        elif not kinds and not _CANNOT.search(text):
            yield Finding(REFUSED, "object-refused", text, _hint(text))


def _hint(text: str) -> str:
    return next((words for sign, words in _HINTS.items() if re.search(sign, text)), "")


def _pods(needs: Needs, seen: Seen) -> Iterator[Finding]:
    full: list[str] = []
    for place in needs.places:
        here, there = (
            [each for each in some if place_of(each, needs.home) == place]
            for some in (needs.objects, seen.live)
        )
        quotas = seen.quotas.get(place, ())
        full += (titled(each, place, needs.home) for each in exceeded(here, there, quotas or ()))
        if quotas is None:
            yield Finding(UNCHECKED, "quota", f"{titled('the quota', place, needs.home)}: it may not be read")
    for text in full:
        yield Finding(REFUSED, "quota", text, "raise the quota, or ask for less in app.yaml")
    if seen.admitted is None:
        yield Finding(UNCHECKED, "admission", "whether pods are admitted: the account may make none")
    for text in seen.admitted or ():
        found = _POD.search(text)
        reason = found[2] if found else text
        if _NO_NAMESPACE.search(text) or (full and "exceeded quota" in reason):
            continue
        if _DRY.search(reason):
            yield Finding(UNCHECKED, "admission", f"whether pods are admitted: {reason}")
            continue
        code = "quota" if "quota" in reason else "admission"
        problem = f"pods of {found[1] if found else 'a template'} are refused: {reason}"
        yield Finding(REFUSED, code, problem, _hint(reason))


def _images(needs: Needs, seen: Seen, step: str) -> Iterator[Finding]:
    for pull in needs.pulls:
        reason = seen.pulled.get(pull)
        if reason is None:
            yield Finding(UNCHECKED, "pull", f"the pull of {pull.image}")
        elif reason:
            hint = f"{step} renews a pull secret of the platform's" if pull.secrets else ""
            yield Finding(REFUSED, "pull", f"{pull.image} cannot be pulled: {reason}", hint)


def _classes(needs: Needs, seen: Seen) -> Iterator[Finding]:
    for name in needs.classes:
        what = f"storage class {name}" if name else "a default storage class"
        if seen.classes is None:
            yield Finding(UNCHECKED, "storage-class", f"{what}: classes may not be listed")
        elif name not in seen.classes:
            known = ", ".join(sorted(each for each in seen.classes if each)) or "none"
            yield Finding(
                REFUSED, "storage-class", f"there is no {what.removeprefix('a ')}", f"known: {known}"
            )
