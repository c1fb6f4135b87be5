"""What a cluster says when it will not: a login that is over, a right that is missing, nobody there."""

from __future__ import annotations

import re

from pipelinekit.errors import ToolFailed, failed

_LOGIN = re.compile(
    r"must be logged in|provide credentials|unauthorized|getting credentials|token (?:is|has) expired"
    r"|invalid bearer token|certificate has expired or is not yet valid.*client",
    re.IGNORECASE,
)
_ABSENT = re.compile(
    r"localhost:8080\b|no configuration has been provided|no such file.*kubeconfig", re.IGNORECASE
)
_UNREADABLE = re.compile(r"error loading config file (.*)", re.IGNORECASE)
_SILENT = re.compile(
    r"unreachable|refused|no such host|timed? ?out|unable to connect|no route to host|deadline exceeded"
    r"|connection reset|EOF$",
    re.IGNORECASE,
)
_UNTRUSTED = re.compile(r"x509|certificate signed by|certificate is (?:not )?valid", re.IGNORECASE)

NO_KUBECONFIG = "KUBECONFIG or ~/.kube/config names it; `kubectl config get-contexts` lists what is known"


def refusal(where: str, reason: str) -> ToolFailed | None:
    """A cluster's refusal as an error with a next step, or None when it is about something else.

    `where` is the kube context, or empty for the current one; `reason` is what kubectl or Helm printed.
    """
    context = f"kube context {where}" if where else "the current kube context"
    option = f" --context {where}" if where else ""
    if _LOGIN.search(reason):
        hint = "log in to the cluster again (its kubeconfig has an old token?), then `kubectl"
        return failed(
            "cluster-login",
            f"the cluster of {context} does not take this login: it is wrong, or over ({reason[:200]})",
            hint=f"{hint}{option} auth whoami`",
        )
    if "context" in reason and "does not exist" in reason:
        hint = "`kubectl config get-contexts` lists what the kubeconfig has"
        return failed("kubeconfig-missing", f"there is no kube context '{where}'", hint=hint)
    if _ABSENT.search(reason):
        return failed(
            "kubeconfig-missing",
            "there is no kubeconfig that names a cluster",
            hint=NO_KUBECONFIG,
        )
    unreadable = _UNREADABLE.search(reason)
    if unreadable:
        problem = f"the kubeconfig cannot be read: {unreadable[1]}"
        return failed(
            "kubeconfig-missing", problem, hint="KUBECONFIG names it; ~/.kube/config is the usual one"
        )
    if _UNTRUSTED.search(reason):
        return failed(
            "cluster-untrusted",
            f"the certificate of the cluster of {context} is not trusted: {reason}",
            hint="certificate-authority-data in the kubeconfig has to be the cluster's own",
        )
    if _SILENT.search(reason):
        hint = f"is the cluster of {context} up? `kubectl{option} cluster-info` asks it"
        return failed("cluster-unreachable", f"the cluster does not answer: {reason}", hint=hint)
    if "forbidden" in reason.lower():
        hint = "check the rights of the kubeconfig's account"
        return failed("cluster-denied", f"the cluster refuses: {reason}", hint=hint)
    return None
