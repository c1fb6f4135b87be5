"""What to do about what Helm complains of. Nothing that is not ours is ever deleted: people decide that."""

from __future__ import annotations

import re
from collections.abc import Callable

from pipelinekit.adapters.cluster import answers
from pipelinekit.adapters.cluster.charts.linting import LONGEST
from pipelinekit.adapters.running.process import Completed
from pipelinekit.errors import CheckFailed, Fault, ToolFailed, failed
from pipelinekit.model.release import Target
from pipelinekit.ports import SILENT

_ABSENT = re.compile(r"missing in charts/ directory: (.*)")
_FOREIGN = re.compile(r'(\S+) "([^"]+)" in namespace "[^"]*" exists and cannot be imported')
_UNREADABLE = re.compile(
    r"illegal base64|gzip: invalid|invalid character|unexpected (?:end of JSON|EOF)|cannot unmarshal"
    r"|failed to (?:decode|load) release|unable to decode|no revision for release"
)
_LARGE = re.compile(r'Secret "sh\.helm\.release[^"]*" is invalid: data: Too long')
"""What Helm says of a record of its own that is too large: chart, values and manifest are in it."""

_GOING = "because it is being terminated"
_TESTED = re.compile(r"\bpod \S+ failed\b")
"""What Helm says of a test that has run to its end; of its log it may complain besides."""
_UNKNOWN = re.compile(r"\bunknown (?:shorthand )?flag\b")
_INSTALLED = re.compile(r"from current release manifest")
"""What Helm says of objects that are there, not of those that it was to install."""
_UNSEEN = re.compile(r"cluster unreachable|failed to (?:query|list)\b", re.IGNORECASE)
"""What Helm says when no record has come."""


def whole(done: Completed) -> str:
    """All of Helm's complaint in one line: its first line alone is often only a place."""
    # An option of Helm's, which whoever calls us cannot give.
    text = " ".join(done.err.split()).removesuffix(" Use --debug flag to render out invalid YAML")
    at = text.find("Error: ")
    return text[at + len("Error: ") :][:LONGEST] if at >= 0 else done.reason()


def age(complaint: str) -> str:
    """What somebody can do about a Helm that does not know an option of ours, or empty."""
    if not _UNKNOWN.search(complaint):
        return ""
    return "this helm does not know it: `pipelinekit doctor` says which version is there, and which is needed"


def next_step(complaint: str, target: Target) -> str:
    """What somebody can do about it, or empty."""
    foreign = _FOREIGN.search(complaint)
    place = f"--namespace {target.namespace}"
    if foreign:
        kind, name = foreign[1].lower(), foreign[2]
        return (
            f"{kind} {name} was not made by release {target.name}:"
            " give it another name in the chart, or hand it over\n"
            f"kubectl {place} label {kind} {name} app.kubernetes.io/managed-by=Helm\n"
            f"kubectl {place} annotate {kind} {name} meta.helm.sh/release-name={target.name}"
            f" meta.helm.sh/release-namespace={target.namespace}"
        )
    # Of a server that is none Helm complains in the same words.
    if _UNREADABLE.search(complaint) and not _UNSEEN.search(complaint):
        return (
            f"a record of release {target.name} is damaged, what runs is not:"
            " look which one, and put it back from a backup\n"
            f"kubectl {place} get secrets --selector owner=helm,name={target.name}"
        )
    if f'namespaces "{target.namespace}" not found' in complaint or _GOING in complaint:
        return (
            f"somebody has deleted namespace {target.namespace} meanwhile:"
            " run it again when it is gone, and it is made anew"
        )
    if _LARGE.search(complaint):
        return (
            "Helm keeps the whole chart and all that it renders in one Secret of 1 MiB, compressed: take"
            " large files out of the chart, and put them into the image or a volume"
        )
    if _INSTALLED.search(complaint):
        return answers.undefined(complaint)
    return age(complaint)


def cluster_failed(target: Target, reason: str) -> ToolFailed:
    """What Helm said of a cluster, as an error with a next step."""
    refusal, step = answers.refusal(target.context, reason), next_step(reason, target)
    if refusal and not step:
        return refusal
    return failed("cluster-failed", reason, hint=step)


def require_tested(complaint: str, target: Target, ask: Callable[[Target], object]) -> None:
    """Raise `ToolFailed` where `helm test` complains of a silent API server, and of no test.

    Helm does not always say which: where it names no pod that failed, `ask` asks the cluster something.
    """
    if _TESTED.search(complaint):
        return
    if answers.is_unanswered(complaint):
        raise answers.cluster_failed(target.context, complaint)
    try:
        ask(target)
    except ToolFailed as error:
        if error.faults[0].code in SILENT:
            raise


def require_packed(done: Completed) -> None:
    """Raise `ToolFailed` unless Helm has packed the chart; what Chart.yaml names has to be there."""
    if done.code == 0:
        return
    absent = _ABSENT.search(done.err)
    if absent:
        problem = f"the chart depends on {absent[1].strip()}, and has it not in its charts/ folder"
        hint = "`helm dependency build charts/NAME` fetches it; commit what that writes"
        raise failed("chart-dependency", problem, hint=hint)
    raise failed("tool-failed", f"helm: {done.reason()}")


def untested(done: Completed, target: Target) -> CheckFailed:
    """Why a chart's tests failed: what was asked last, or Helm's complaint, and what each pod said last.

    `helm test --logs` prints the log of a pod behind its name.
    """
    asked = [line for line in done.out.splitlines() if line.startswith("GET ")]
    logs = () if asked else done.out.split("POD LOGS: ")[1:]
    said = [[line.strip() for line in each.splitlines() if line.strip()] for each in logs if each.strip()]
    # The ledger keeps a problem for ever, and a log may have anything in it.
    last = "".join(f"{name} said last: {lines[-1][:200]}\n" for name, *lines in said if lines)
    why, step = asked[-1] if asked else whole(done), f"{last}{target.kubectl}"
    return CheckFailed(
        Fault("verify-failed", f"the chart's tests failed: {why}", hint=f"{step} describe pods")
    )
