"""What a registry says when it will not: its answers as errors with a next step."""

from __future__ import annotations

import email.utils
import re
import time
from typing import TYPE_CHECKING

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
    host = url.split("/")[2]
    text = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in text:
        why = re.search(r"certificate verify failed: ([^(\"]+)", text)
        return failed(
            "registry-untrusted",
            f"{host}: its certificate is not trusted ({why[1].strip() if why else 'verification failed'})",
            hint="set REQUESTS_CA_BUNDLE to a file with its CA",
        )
    known = ("Connection refused", "timed out", "Name or service not known", "Connection reset by peer")
    reason = next((word for word in known if word in text), text.splitlines()[0])
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


def unexpected(host: str, answer: requests.Response) -> ToolFailed:
    """An answer that is none of those that were hoped for, in the registry's own words."""
    said = words(answer)
    hint = ""
    if "no space left" in said.lower() or answer.status_code == 507:
        hint = "the registry's disk is full: make room there, then run it again"
    return failed("registry-failed", f"{host} answered {answer.status_code}: {said}", hint=hint)


def words(answer: requests.Response) -> str:
    """The registry's explanation, as one line."""
    try:
        errors = answer.json()["errors"]
        said = "; ".join(_error(each) for each in errors)
    except (ValueError, KeyError, TypeError):
        said = answer.text.strip().splitlines()[0] if answer.text.strip() else ""
    return said[:300] or "no reason given"


def _error(each: dict[str, object]) -> str:
    detail = each.get("detail") or ""
    reason = detail.get("Err", "") if isinstance(detail, dict) else detail
    return ": ".join(str(part) for part in (each["code"], each.get("message"), reason) if part)


def retry_after(answer: requests.Response) -> float | None:
    """The seconds that the registry asks to wait, or None; a number and a date are both allowed."""
    value = answer.headers.get("Retry-After", "").strip()
    if value.isdigit():
        return min(float(value), LONGEST_PAUSE)
    moment = email.utils.parsedate_tz(value) if value else None
    if moment is None:
        return None
    return min(max(email.utils.mktime_tz(moment) - time.time(), 0.0), LONGEST_PAUSE)
