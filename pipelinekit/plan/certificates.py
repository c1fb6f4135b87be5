"""What is thought of certificates, from what they say and the time: pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipelinekit.model.certificate import (
    AUTHORITY,
    CA,
    CRT,
    DUE,
    EXPIRED,
    FINE,
    FOREIGN,
    KEY,
    KEYLESS,
    LOST,
    MISSING,
    OTHER,
    UNREADABLE,
    UNSERVED,
    UNTRUSTED,
    Facts,
    Held,
    Shown,
    Verdict,
)
from pipelinekit.model.ground.preparation import MARK, PLATFORM_LABEL, US
from pipelinekit.model.platform.certificates import Authority, Certificate
from pipelinekit.plan.moment import moment, spoken

TLS = "kubernetes.io/tls"
_TOLD = 10
_LONGEST = 253
"""Characters of a DNS name."""

Object = Mapping[str, Any]


def authority_verdict(
    wanted: Authority,
    held: Held | None,
    facts: Facts | None,
    now: int,
    within: int | None = None,
    *,
    lost: str = "",
) -> Verdict:
    """What is thought of the bootstrap authority; `within` stands for how long before its end it is due.

    `lost` is why it can sign no more, although it has signed what is there.
    """
    title = f"{wanted.namespace}/{AUTHORITY}"
    if lost and not (held and held.owner):
        ends = facts.ends if facts else None
        return Verdict(title=title, state=LOST, why=lost, serial=facts.serial if facts else "", ends=ends)
    early = _early(held, facts, title)
    if early or facts is None:
        return early or Verdict(title=title, state=MISSING)
    state, why = _by_time(facts, now, wanted.renew_before if within is None else within)
    if facts.distrust and state != EXPIRED:
        state, why = UNTRUSTED, facts.distrust
    return _verdict(title, facts, state, why, "itself")


def verdict(
    wanted: Certificate,
    held: Held | None,
    facts: Facts | None,
    authority: str,
    now: int,
    within: int | None = None,
    *,
    misfit: str = "",
) -> Verdict:
    """What is thought of the certificate in a Secret.

    `facts` is None for one that cannot be read, `authority` the PEM text that its `ca.crt` should be.
    `within` stands for how long before its end it is due, `misfit` is why its key is not its own.
    """
    if held and not held.owner and held.type != TLS:
        # A Secret's type cannot be changed: whatever is in it, a renewal would be refused.
        why = f"it is of type {held.type or 'nothing'}, not {TLS}"
        return Verdict(title=wanted.title, state=FOREIGN, why=why)
    early = _early(held, facts, wanted.title)
    if early or held is None or facts is None:
        return early or Verdict(title=wanted.title, state=MISSING)
    if misfit:
        return _verdict(wanted.title, facts, KEYLESS, f"its {KEY} {misfit}", wanted.issuer)
    state, why = _by_time(facts, now, wanted.renew_before if within is None else within)
    if state != EXPIRED:
        for found in (_trust(held, facts, authority), _other(wanted, facts)):
            state, why = found if found[0] != FINE else (state, why)
    return _verdict(wanted.title, facts, state, why, wanted.issuer)


def with_shown(given: Verdict, shown: Sequence[Shown], lacks: str) -> Verdict:
    """A verdict with what servers have shown: a certificate that is not served helps nobody.

    `lacks` is why nothing was shown, where nothing was.
    """
    bad = [each for each in shown if each.serial != given.serial]
    found = replace(given, shown=tuple(shown))
    if given.state != FINE or (shown and not bad):
        return found
    whys = (f"{each.pod} shows {each.serial}" if each.serial else f"{each.pod}: {each.why}" for each in bad)
    return replace(found, state=UNSERVED, why="; ".join(whys) or lacks)


def normal(names: Sequence[str]) -> tuple[str, ...]:
    """DNS names and addresses in one spelling and order."""
    return tuple(sorted({_address(each) or each.lower() for each in names}))


def split(names: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The DNS names, and the addresses."""
    addresses = [_address(each) for each in names]
    dns = tuple(each.lower() for each, found in zip(names, addresses, strict=True) if not found)
    return dns, tuple(each for each in addresses if each)


def told(names: Sequence[str]) -> str:
    """Whom a certificate is for, in words: of many names the first few."""
    more = [f"{len(names) - _TOLD} more"] if len(names) > _TOLD else []
    return ", ".join([*(each[:_LONGEST] for each in names[:_TOLD]), *more]) or "nobody"


def labels(platform: str) -> dict[str, str]:
    """What says whose an object is."""
    return {MARK: US, PLATFORM_LABEL: platform}


def secret(
    name: str, namespace: str, platform: str, *, key: str, certificate: str, authority: str, version: str = ""
) -> Object:
    """The Secret of a certificate; with a `version` it replaces that one and no later one."""
    data = {KEY: key, CRT: certificate, CA: authority}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": TLS,
        "metadata": _metadata(name, namespace, platform, version),
        "stringData": data,
    }


def bundle(namespace: str, platform: str, authority: str, version: str = "") -> Object:
    """The ConfigMap in which the authority's certificate goes out."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": _metadata(AUTHORITY, namespace, platform, version),
        "data": {CA: authority},
    }


def _metadata(name: str, namespace: str, platform: str, version: str) -> Object:
    more = {"resourceVersion": version} if version else {}
    return {"name": name, "namespace": namespace, "labels": labels(platform), **more}


def _early(held: Held | None, facts: Facts | None, title: str) -> Verdict | None:
    if held is None:
        return Verdict(title=title, state=MISSING)
    if held.owner:
        return Verdict(title=title, state=FOREIGN, why=f"it is {held.owner}")
    if facts is None:
        return Verdict(title=title, state=UNREADABLE, why=f"its {CRT} is no certificate")
    return None


def _by_time(facts: Facts, now: int, before: int) -> tuple[str, str]:
    if facts.ends <= now:
        return EXPIRED, f"it ended {spoken(now - facts.ends)} ago"
    if facts.begins > now:
        return UNTRUSTED, f"it begins on {moment(facts.begins)}"
    if facts.ends - now <= before:
        return DUE, f"it ends in {spoken(facts.ends - now)}"
    return FINE, ""


def _trust(held: Held, facts: Facts, authority: str) -> tuple[str, str]:
    if facts.distrust:
        return UNTRUSTED, facts.distrust
    if held.authority.strip() != authority.strip():
        return OTHER, f"its {CA} is not the authority's certificate"
    return FINE, ""


def _other(wanted: Certificate, facts: Facts) -> tuple[str, str]:
    if normal(facts.names) != normal(wanted.names):
        return OTHER, f"it is for {told(facts.names)}"
    if (facts.depth > 0) != (wanted.issuer == "openbao"):
        return OTHER, f"{wanted.issuer} has not signed it"
    return FINE, ""


def _verdict(title: str, facts: Facts, state: str, why: str, issuer: str) -> Verdict:
    return Verdict(title=title, state=state, why=why, serial=facts.serial, ends=facts.ends, issuer=issuer)


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return ""
