"""What a registry says when it will not: its answers as errors with a next step."""

from __future__ import annotations

import email.utils
import re
import time
from typing import TYPE_CHECKING

from pipelinekit.adapters.web import plainhttp
from pipelinekit.errors import ToolFailed, failed
from pipelinekit.ports import DENIED

if TYPE_CHECKING:
    import requests

LONGEST_PAUSE = 30.0
"""Seconds; a registry that asks for more is asked again after that all the same."""


class Unanswered(Exception):
    """A connection ended without an answer; `final` is what to raise when that is the last word."""

    def __init__(self, final: ToolFailed) -> None:
        super().__init__(str(final))
        self.final = final


def unreachable(url: str, error: Exception) -> ToolFailed:
    """The reason why there is no answer, in one line."""
    host = plainhttp.host_of(url)
    text = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in text:
        why = re.search(r"certificate verify failed: ([^(\"]+)", text)
        return failed(
            "registry-untrusted",
            f"{host}: its certificate is not trusted ({why[1].strip() if why else 'verification failed'})",
            hint="set REQUESTS_CA_BUNDLE to a file with its CA",
        )
    known = ("Connection refused", "timed out", "Name or service not known", "Connection reset by peer")
    reason = next(
        (word for word in known if word in text), (text.splitlines() or ["no reason given"])[0][:300]
    )
    return failed(
        "registry-unreachable", f"{host} does not answer: {reason}", hint="is it up, and the address right?"
    )


def is_hopeless(error: Exception) -> bool:
    """Whether asking again can change nothing: nobody listens, or the certificate is not trusted."""
    words = ("refused", "Name or service not known", "CERTIFICATE_VERIFY_FAILED")
    return any(word in str(error) for word in words)


def denied(host: str, status: int, *, known: bool, hint: str = "") -> ToolFailed:
    """The registry does not let us in; `known` is whether it was given credentials."""
    return failed(
        DENIED,
        f"{host} refuses {'the credentials' if known else 'anonymous access'} ({status})",
        hint=hint or f"run `docker login {host}`, or set PK_REGISTRY_USER and PK_REGISTRY_PASSWORD",
    )


def strange(host: str, url: str) -> ToolFailed:
    """Somebody to whom the registry led, and who wants a login that is not theirs."""
    return failed(
        "registry-stranger",
        f"{host} leads to {plainhttp.host_of(url)}, which asks for a login: it gets none",
        hint="a registry's own storage needs no login; is that the registry's doing?",
    )


def downgraded(host: str, error: Exception) -> ToolFailed:
    """A registry that leads away from TLS."""
    from pipelinekit.adapters.web.exchange import PROXIED

    return failed("registry-downgrade", f"{host} {error}: not followed", hint=PROXIED)


def unbearable(host: str, error: Exception) -> ToolFailed:
    """An answer that nobody can use: without end, too slow, unreadable."""
    return failed("registry-endless", f"{host} {error}", hint="is the address right, and is that a registry?")


def unexpected(host: str, answer: requests.Response) -> ToolFailed:
    """An answer that is none of those that were hoped for, in the registry's own words."""
    said = words(answer)
    hint = ""
    if "no space left" in said.lower() or answer.status_code == 507:
        hint = "the registry's disk is full: make room there, then run it again"
    return failed("registry-failed", f"{host} answered {answer.status_code}: {said}", hint=hint)


def words(answer: requests.Response) -> str:
    """The registry's explanation, as one line."""
    from pipelinekit.adapters.web.exchange import json_of

    said = ""
    try:
        body = json_of(answer)
    except ValueError:
        said = " ".join(answer.text[:300].split())
        said = "an HTML page" if said[:1] == "<" else said
    else:
        errors = body.get("errors") if isinstance(body, dict) else None
        if isinstance(errors, list):
            said = "; ".join(_error(each) for each in errors[:10])
    return said[:300] or "no reason given"


def _error(each: object) -> str:
    if not isinstance(each, dict):
        return str(each)[:100]
    detail = each.get("detail") or ""
    reason = detail.get("Err", "") if isinstance(detail, dict) else detail
    return ": ".join(str(part)[:200] for part in (each.get("code"), each.get("message"), reason) if part)


def retry_after(answer: requests.Response) -> float | None:
    """The seconds that the registry asks to wait, or None; a number and a date are both allowed."""
    value = answer.headers.get("Retry-After", "").strip()
    if re.fullmatch("[0-9]{1,9}", value):
        return min(float(value), LONGEST_PAUSE)
    try:
        moment = email.utils.parsedate_tz(value[:64]) if value else None
        return min(max(email.utils.mktime_tz(moment) - time.time(), 0.0), LONGEST_PAUSE) if moment else None
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
