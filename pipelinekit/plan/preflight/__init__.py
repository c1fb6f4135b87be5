"""What was seen of a target, judged: all that stands in the way together, before anything is changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from shlex import quote

from pipelinekit.model.ground.preflight import (
    AWAITED,
    REFUSED,
    UNCHECKED,
    UNWAITED,
    Finding,
    Needs,
    SecretKey,
    Seen,
)
from pipelinekit.plan.deploying.fields import name_of, place_in
from pipelinekit.plan.preflight import waiting
from pipelinekit.plan.preflight.fixed import is_fixed, unchangeable
from pipelinekit.plan.preflight.needs import at_home
from pipelinekit.plan.preflight.quota import exceeded
from pipelinekit.plan.preflight.rights import lacking, may

_CANNOT = re.compile(r'User "([^"]*)" cannot (\S+) resource "([^"]+)"')
_NO_KIND = re.compile(r'no matches for kind "([^"]+)" in version "([^"]+)"')
_NO_NAMESPACE = re.compile(r'namespaces "[^"]*" not found')
_TWICE = re.compile(r"duplicate entries for key")
_POD = re.compile(r'pods "([^"]*)-preflight" is forbidden: (.*)', re.DOTALL)


def judged(needs: Needs, seen: Seen, environment: str, kubectl: str = "kubectl") -> tuple[Finding, ...]:
    """All findings; those that stand in the way first. `kubectl` begins a command that acts there."""
    step = f"`pipelinekit environment prepare --env {environment}`"
    found = [
        *_rights(needs, seen, step),
        *_objects(needs, seen, step, kubectl),
        *_pods(needs, seen),
        *_secrets(needs, seen, step, kubectl),
        *_images(needs, seen, step),
        *_classes(needs, seen),
        *waiting.findings(needs, seen.live),
    ]
    return _ordered(found)


def absent(needs: Needs, seen: Seen, environment: str, kubectl: str = "kubectl") -> tuple[Finding, ...]:
    """The findings about Secrets and storage classes alone, in the same order."""
    step = f"`pipelinekit environment prepare --env {environment}`"
    return _ordered([*_secrets(needs, seen, step, kubectl), *_classes(needs, seen)])


def _ordered(found: Sequence[Finding]) -> tuple[Finding, ...]:
    order = (REFUSED, AWAITED, UNWAITED, UNCHECKED)
    return tuple(sorted(dict.fromkeys(found), key=lambda each: order.index(each.verdict)))


def _rights(needs: Needs, seen: Seen, step: str) -> Iterator[Finding]:
    if seen.rules is None:
        yield Finding(UNCHECKED, "rights", "the account's rights: the cluster does not tell all of them")
    missing = lacking(needs, seen.rules) if seen.rules is not None else {}
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
        elif is_fixed(text):
            yield unchangeable(text, needs.objects, seen.live, needs.home, kubectl)
        elif not kinds and not _CANNOT.search(text):
            hint = "the chart names it twice, and one counts: leave one" if _TWICE.search(text) else ""
            yield Finding(REFUSED, "object-refused", text, hint)


def _pods(needs: Needs, seen: Seen) -> Iterator[Finding]:
    here, there = (
        [each for each in some if at_home(each, needs.home)] for some in (needs.objects, seen.live)
    )
    full = list(exceeded(here, there, seen.quotas or ()))
    for text in full:
        yield Finding(REFUSED, "quota", text, "raise the quota, or ask for less in app.yaml")
    if seen.quotas is None:
        yield Finding(UNCHECKED, "quota", "the quota: it may not be read")
    if seen.admitted is None:
        yield Finding(UNCHECKED, "admission", "whether pods are admitted: the account may make none")
    for text in seen.admitted or ():
        found = _POD.search(text)
        reason = found[2] if found else text
        if _NO_NAMESPACE.search(text) or (full and "exceeded quota" in reason):
            continue
        code = "quota" if "quota" in reason else "admission"
        yield Finding(REFUSED, code, f"pods of {found[1] if found else 'a template'} are refused: {reason}")


def _secrets(needs: Needs, seen: Seen, step: str, kubectl: str) -> Iterator[Finding]:
    for name in needs.elsewhere:
        yield Finding(UNCHECKED, "secret", f"secret {name}: only those of the release's own are looked at")
    pulling = [SecretKey(name) for pull in needs.pulls for name in pull.secrets]
    for each in dict.fromkeys((*needs.keys, *pulling)):
        comes = each.secret in needs.made or each.secret in seen.kept
        what = f"secret {each.secret}" + (f" has no key '{each.key}'" if each.key else " is not there")
        if each.secret in seen.absent:
            if comes:
                if not _is_made(each, needs):
                    yield Finding(AWAITED, "secret-late", f"secret {each.secret} is not there yet")
            else:
                hint = f"nothing in the chart or the namespace makes it: {kubectl} {_making(each, needs)}"
                if each in pulling:
                    hint = f"{step} makes it, where platform.yaml has it as images.pullSecret"
                yield Finding(REFUSED, "secret-missing", f"secret {each.secret} is not there", hint)
        elif seen.secrets.get(each.secret) is None:
            yield Finding(UNCHECKED, "secret", f"secret {each.secret}: it may not be read")
        elif each.key and each.key not in (seen.secrets[each.secret] or ()) and not _is_made(each, needs):
            if comes:
                yield Finding(AWAITED, "secret-late", f"{what} yet")
            else:
                keys = ", ".join(sorted(seen.secrets[each.secret] or ())) or "none"
                yield Finding(REFUSED, "secret-key-missing", what, f"its keys: {keys}")


def _making(wanted: SecretKey, needs: Needs) -> str:
    """What `kubectl` is told to make a Secret, with each key that somebody needs of it."""
    keys = dict.fromkeys(each.key for each in needs.keys if each.secret == wanted.secret and each.key)
    files = " ".join(f"--from-file={quote(each)}=FILE" for each in keys or ("KEY",))
    return f"create secret generic {quote(wanted.secret)} {files}"


def _is_made(key: SecretKey, needs: Needs) -> bool:
    """Whether a Secret comes with the manifest, with that key in it."""
    keys = needs.made.get(key.secret)
    return keys is not None and (not key.key or key.key in keys)


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
