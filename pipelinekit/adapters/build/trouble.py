"""What an engine says when it will not: its reasons, and whether asking again may help."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from pipelinekit.adapters.build.lastword import last_word
from pipelinekit.adapters.running import programs
from pipelinekit.errors import Fault, ToolFailed, failed
from pipelinekit.model.release import ImageRef


def push_failed(ref: ImageRef, reason: str) -> ToolFailed:
    """The engine could not push, with what to look at first."""
    lowered = reason.lower()
    if _GONE in reason or _MIDDLE in reason:
        return lost(f"{ref.registry} did not take the image: {reason}")
    hint = f"the log of {ref.registry} says more; what is there is kept: run it again"
    if "unauthorized" in lowered or "authentication required" in lowered or "denied" in lowered:
        hint = f"check the credentials for {ref.registry}: `docker login {ref.registry}` or PK_REGISTRY_USER"
    elif "x509" in lowered or "certificate" in lowered:
        hint = f"let the engine trust the registry's CA: /etc/docker/certs.d/{ref.registry}/ca.crt"
    elif "refused" in lowered or "no such host" in lowered or "timeout" in lowered:
        hint = f"is the registry {ref.registry} up, and reachable from the engine?"
    return failed("push-failed", f"{ref.registry} did not take the image: {reason}", hint=hint)


def unanswered(*others: type[Exception]) -> tuple[type[Exception], ...]:
    """What Docker's client raises of its engine, and `others`: it refuses, is gone, or does not go on.

    What comes in pieces is read past the client's own errors.
    """
    from docker.errors import DockerException
    from requests.exceptions import RequestException
    from urllib3.exceptions import HTTPError

    return DockerException, RequestException, HTTPError, *others


def is_late(error: Exception) -> bool:
    """Whether it is no answer in time, and nothing worse."""
    return "timed out" in str(error).lower()


def _speaks(error: BaseException) -> bool:
    """Whether what it raises is an answer of the engine's."""
    from docker.errors import APIError

    return isinstance(error, APIError)


def lost(problem: str) -> ToolFailed:
    """That an engine was there, and has gone in the middle of its work or does not go on with it."""
    return failed("engine-lost", problem, hint=_LOST)


def is_refusal(error: BaseException | None) -> bool:
    """Whether an engine answers, and will not do it."""
    from docker.errors import APIError

    return isinstance(error, APIError) and not error.is_server_error()


@contextmanager
def answered(code: str, problem: str, hint: str = "") -> Iterator[None]:
    """What the engine says instead of its answer is a failure of the tool; `hint` is for one that answers."""
    try:
        yield
    except unanswered() as error:
        if not _speaks(error):
            raise lost(f"{problem}: {reason_of(error)}") from error
        hint = hint if hint and is_refusal(error) else _LOST
        raise failed(code, f"{problem}: {reason_of(error)}", hint=hint) from error


def asked_of(image: str) -> AbstractContextManager[None]:
    """What the engine says against an image, which others may have removed, is a failure of the tool."""
    hint = "is it there still? `docker image ls` lists what the engine has"
    return answered("image-unreachable", image, hint=hint)


def reason_of(error: Exception) -> str:
    """The first line of what the engine says, or why it says nothing."""
    explanation = getattr(error, "explanation", None)
    said = str(explanation or error).strip() or type(error).__name__
    if isinstance(error, OSError) and not explanation:
        said = next((f"{_GONE}: {words}" for sign, words in _SILENT.items() if sign in said), said)
    if not explanation and any(sign in said for sign in _CUT):
        # What it is called in the HTTP library says nothing to anybody.
        return _MIDDLE
    return said.splitlines()[0]


_CUT = ("IncompleteRead", "Connection broken", "Connection aborted", "Connection reset", "RemoteDisconnected")
_GONE = "the engine is gone"
_MIDDLE = "the engine ended the connection in the middle"
_LOST = "does the engine still answer? `docker version` asks it; then run it again"
_FINAL = (
    *("unauthorized", "denied", "authentication required", "no basic auth", "x509", "certificate"),
    *(_GONE, "no such host", "connection refused", "not allow updating", "no such image", "does not exist"),
)


def may_pass(reason: str) -> bool:
    """Whether pushing again may help: not where somebody said no, nor where nobody listens."""
    lowered = reason.lower()
    return not any(each in lowered for each in _FINAL)


_NOISE = re.compile(
    r"\s*(?:--->|Removing intermediate|subprocess exited with status|-{4,}|\d+ \| |[^\s:]*Dockerfile:\d+"
    r"|Error: building at STEP|(?:ERROR|error|Error): (?:failed to (?:build|solve)|process \")"
    r"|#\d+ (?:ERROR|CANCELED|DONE|\[|sha256:)|Step \d+/\d+|STEP \d+/|\[[^]]*\d/\d+\] |View build|> \[)"
)
_NO_BASE = re.compile(
    r"manifest(?: for \S+)?(?: is)?(?:: manifest)? (?:unknown|not found)|name unknown|pull access denied"
    r"|(?:docker\.io|[\w.-]+:\d+|[\w-]+\.[\w.-]+)/\S+: not found|repository \S+ not found|no such image",
    re.IGNORECASE,
)
"""How engines say that a base image is not where it is looked for."""
_AWAY = re.compile(
    r"Cannot connect to the Docker daemon|error during connect"
    r"|(?:error reading from server: EOF|transport is closing|code = Unavailable)",
    re.IGNORECASE,
)
"""How `docker buildx` says that its engine is not there, or has gone."""
_NO_WAY = re.compile(r"https?://\S+: (?:dial tcp|net/http: TLS handshake timeout|context deadline exceeded)")
"""How engines say that a registry does not answer them."""
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_STEP = re.compile(r"(?:Step \d+/\d+ : |STEP \d+/\d+: |#\d+ \[[^]]*\d+/\d+\] )(.*)")
_TIMED = re.compile(r"#\d+ [0-9.]+ (.*)")


def build_failed(lines: Sequence[str], reason: str) -> ToolFailed:
    """A build that ended in one of its steps: which, and the last thing that it said.

    `lines` is its whole log, which has been said already; `reason` is the engine's own word.
    """
    lines = [_COLOUR.sub("", line) for line in lines]
    steps = [found[1].strip() for line in lines if (found := _STEP.match(line))]
    words = [found[1] if (found := _TIMED.match(line)) else line for line in lines]
    last = last_word([line for line in words if not _NOISE.match(line)])
    reason = re.sub(r"^(?:error: )+", "", reason, flags=re.IGNORECASE)
    if _AWAY.search(reason[:2000]):
        return lost(f"the build was not ended: {reason[:300]}")
    code = re.search(r"(?:exit (?:status|code):? |non-zero code: )(\d+)", reason)
    ended = f"ended with exit code {code[1]}" if code else reason
    said = f": {last[:300]}" if last and code and last not in steps else ""
    step = f"{steps[-1][:120]} " if steps and code else ""
    locked = not code and re.search(r"unauthorized|authentication required|access denied", reason)
    hint = "the log of the build is above"
    if locked:
        hint = "log in to the registry of the base image: `docker login HOST`"
    if not code and _NO_BASE.search(reason[:2000]):
        where = "is the base image there? images.mirror in platform.yaml says where they come from, "
        where += "build.version in app.yaml (FROM in a Dockerfile of your own) which one"
        hint = f"{where};\n{hint}" if locked else where
    if not code and _NO_WAY.search(reason[:2000]):
        hint = "does the base image's registry answer here? --mirror HOST[:PORT] names one that has a copy "
        hint += "(PIPELINEKIT_MIRROR; images.mirror in platform.yaml)"
    return failed("build-failed", f"{step}{ended}{said}", hint=hint)


def silent(error: Exception, host: str) -> Fault:
    """Why no engine answers: nobody is there, or we may not speak to it."""
    said = str(error)
    where = host or "its usual socket"
    if "PermissionError" in said or "permission denied" in said.lower():
        hint = "join the group of the socket and log in again: `sudo usermod --append --groups docker $USER`"
        return Fault("engine-denied", f"the Docker engine at {where} does not let this user in", hint=hint)
    hint = f"start it, or set DOCKER_HOST; to install it: {programs.GET['docker']}"
    reason = next((words for sign, words in _SILENT.items() if sign in said), reason_of(error))
    return Fault("engine-missing", f"no Docker engine answers at {where}: {reason}", hint=hint)


_SILENT = {
    "FileNotFoundError": "there is no such socket",
    "ConnectionRefusedError": "nobody listens there",
    "Connection refused": "nobody listens there",
    "timed out": "no answer in time",
}
