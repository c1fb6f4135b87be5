"""What an engine says when it will not: its reasons, and whether asking again may help."""

from __future__ import annotations

from pipelinekit.errors import ToolFailed, failed
from pipelinekit.model.release import ImageRef


def push_failed(ref: ImageRef, reason: str) -> ToolFailed:
    """The engine could not push, with what to look at first."""
    lowered = reason.lower()
    hint = ""
    if "unauthorized" in lowered or "authentication required" in lowered or "denied" in lowered:
        hint = f"check the credentials for {ref.registry}: `docker login {ref.registry}` or PK_REGISTRY_USER"
    elif "x509" in lowered or "certificate" in lowered:
        hint = f"let the engine trust the registry's CA: /etc/docker/certs.d/{ref.registry}/ca.crt"
    elif "refused" in lowered or "no such host" in lowered or "timeout" in lowered:
        hint = f"is the registry {ref.registry} up, and reachable from the engine?"
    return failed("push-failed", f"{ref.registry} did not take the image: {reason}", hint=hint)


def reason_of(error: Exception) -> str:
    """The first line of what the engine says."""
    explanation = getattr(error, "explanation", None)
    return str(explanation or error).strip().splitlines()[0]


_FINAL = (
    *("unauthorized", "denied", "authentication required", "no basic auth", "x509", "certificate"),
    *("no such host", "connection refused", "not allow updating", "no such image", "does not exist"),
)


def may_pass(reason: str) -> bool:
    """Whether pushing again may help: not where somebody said no, nor where nobody listens."""
    lowered = reason.lower()
    return not any(each in lowered for each in _FINAL)
