"""What a cluster says: its objects, and when it will not, a login that is over, a right that is missing,
nobody there, or somebody else in its place."""

from __future__ import annotations

import json
import re
from typing import Any

from pipelinekit.adapters.cluster import shapes
from pipelinekit.errors import ToolFailed, failed

_LOGIN = re.compile(
    r"must be logged in|provide credentials|unauthorized|getting credentials|token (?:is|has) expired"
    r"|invalid bearer token|certificate has expired or is not yet valid.*client",
    re.IGNORECASE,
)
_ABSENT = re.compile(
    r"localhost:8080\b|no configuration has been provided|no such file.*kubeconfig", re.IGNORECASE
)
_STRANGER = re.compile(
    r"serializer for \S+ doesn't exist|looking for beginning of|unexpected end of JSON input"
    r"|cannot unmarshal \w+ into Go value|Object 'Kind' is missing|does not implement the Object interfaces"
    r"|cannot parse invalid wire-format|unable to parse the server version|an error on the server \(\\?\"\s*<"
    r"|could not parse \"\" as version"
    # What every API server has.
    r"|doesn't have a resource type \"(?:secret|pod|namespace|service|configmap|node)s?\""
    r"|doesn't have a resource type \"customresourcedefinition",
    re.IGNORECASE,
)
_UNREADABLE = re.compile(r"error loading config file (.*)", re.IGNORECASE)
_AMISS = re.compile(
    r"invalid configuration: (?!no configuration)(.*)|(unable to load root certificates: .*)"
    r"|exec plugin: (invalid apiVersion .*)|(parse \"[^\"]*\": .*)",
    re.DOTALL,
)
"""What kubectl and Helm find fault with in a kubeconfig before they ask anybody."""
_SILENT = re.compile(
    r"unreachable|refused|no such host|timed? ?out|unable to connect|no route to host|deadline exceeded"
    r"|connection (?:reset|lost)|GOAWAY|EOF$"
    # What a server says itself while it starts, stops, or has no storage.
    r"|currently unable to handle the request|apiserver is shutting down|storage is \(re\)initializing"
    r"|etcdserver: (?:leader changed|no leader|request timed out|too many requests)",
    re.IGNORECASE,
)
_UNANSWERED = re.compile(r'\b(?:Get|Post|Put|Patch|Delete) "https?://[^"]*": ')
"""How Go tells of a request of its own that has got no answer."""
_RELAYED = re.compile(r"error from server|internal error occurred", re.IGNORECASE)
"""How an API server's own words begin: it tells of requests to its webhooks."""
_ADMISSION = re.compile(
    r"failed calling (?:\w+ )?webhook|conversion webhook|admission webhook \"|AdmissionPolicy \""
    r"|denied the request",
    re.IGNORECASE,
)
"""What an API server passes on of who judges objects for it: it has answered, whatever is said there."""
_QUOTA = re.compile(
    r'(?:(?P<object>[\w./-]+ "[^"]+") is forbidden: )?(?:exceeded|failed) quota: (?P<name>[^\s,:]+)'
    r"(?:, (?P<numbers>requested: .*)|: (?P<unsaid>must specify .*))"
)
"""How an API server tells that a namespace's quota has no room, or counts what an object does not say."""
_UNDEFINED = re.compile(r'no matches for kind "([^"]+)" in version "([^"]+)"')
_UNTRUSTED = re.compile(r"x509|certificate signed by|certificate is (?:not )?valid", re.IGNORECASE)

NO_KUBECONFIG = "KUBECONFIG or ~/.kube/config names it; `kubectl config get-contexts` lists what is known"


Object = dict[str, Any]


def document(where: str, text: str) -> Object:
    """An object of Kubernetes, as kubectl prints it in JSON; raises `ToolFailed` for what is none.

    `where` is the kube context, or empty for the current one.
    """
    return _document(where, text, _json(text))


def items(where: str, text: str) -> list[Object]:
    """The objects of a list, as kubectl prints it in JSON; raises `ToolFailed` for what is none."""
    return _items(where, text, _json(text))


def objects(where: str, text: str) -> list[Object]:
    """Those of a list, or the one, or none where kubectl has printed nothing; raises like `items`."""
    if not text.strip():
        return []
    found = _json(text)
    if isinstance(found, dict) and "items" in found:
        return _items(where, text, found)
    return [_document(where, text, found)]


def streamed(where: str, text: str) -> list[Object]:
    """Those of one document after the other, or of a list, for kubectl prints both; raises like `items`.

    What has no name, as a review, is one as well.
    """
    decoder, found, rest = json.JSONDecoder(), list[Object](), text.strip()
    while rest:
        try:
            each, end = decoder.raw_decode(rest)
        except (ValueError, RecursionError) as error:
            raise not_kubernetes(where, _shown(rest)) from error
        found += _listed(where, each, rest)
        rest = rest[end:].lstrip()
    return found


def resources(where: str, text: str) -> list[Object]:
    """The resources of a group, each with a name and a kind; raises like `items`."""
    found = _json(text)
    known = found.get("resources") if isinstance(found, dict) else None
    if not isinstance(known, list) or not all(map(shapes.is_resource, known)):
        raise not_kubernetes(where, _shown(text))
    return known


def mapping(where: str, text: str) -> Object:
    """A part of an object that is a mapping, as kubectl prints it by its path: nothing for none.

    Raises like `items`.
    """
    found = _json(text or "{}")
    if not isinstance(found, dict):
        raise not_kubernetes(where, _shown(text))
    return found


def require_kubernetes(where: str, reason: str) -> None:
    """Raise `ToolFailed` where what kubectl said is no refusal: no API server has answered."""
    if _STRANGER.search(reason):
        raise not_kubernetes(where, reason[:200])


def not_kubernetes(where: str, said: str) -> ToolFailed:
    """That what answers is no API server; `said` is what it has said."""
    option = f" --context {where}" if where else ""
    return failed(
        "not-kubernetes",
        f"what answers for {_context(where)} is no API server of Kubernetes: {said}",
        hint=f"is a proxy or a login page before it? `kubectl{option} get --raw /version` shows what answers",
    )


def is_unanswered(reason: str) -> bool:
    """Whether kubectl or Helm says that an API server has not answered it at all."""
    return bool(_UNANSWERED.search(reason)) and not (_RELAYED.search(reason) or is_passed_on(reason))


def is_passed_on(reason: str) -> bool:
    """Whether an API server has answered, with what a webhook or policy says, or that a webhook does not."""
    return bool(_ADMISSION.search(reason))


def unreachable(where: str, said: str) -> ToolFailed:
    """That nobody answers for a kube context; `said` is what is known of it."""
    option = f" --context {where}" if where else ""
    hint = f"is the cluster of {_context(where)} up? `kubectl{option} cluster-info` asks it"
    return failed("cluster-unreachable", f"the cluster does not answer: {said}", hint=hint)


def cluster_failed(where: str, reason: str) -> ToolFailed:
    """What kubectl said of a cluster, as an error with a next step where there is one."""
    return refusal(where, reason) or failed("cluster-failed", reason, hint=undefined(reason))


def undefined(reason: str) -> str:
    """What somebody can do about a release with an object of a kind that is defined no more, or empty.

    Neither kubectl nor Helm goes on with any of its objects then, not even to take that one away.
    """
    found = _UNDEFINED.search(reason)
    if not found:
        return ""
    return (
        f"the cluster no longer defines {found[1]} in {found[2]}, and with one of these in it no release is"
        " compared or changed:\nput the definition (CRD) back, deploy without that object, then remove it"
    )


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _document(where: str, text: str, found: Any) -> Object:
    if not _is_object(found):
        raise not_kubernetes(where, _shown(text))
    return found  # type: ignore[no-any-return]


def _items(where: str, text: str, found: Any) -> list[Object]:
    listed = found.get("items") if isinstance(found, dict) else None
    if not isinstance(listed, list) or not all(map(shapes.is_whole, listed)):
        raise not_kubernetes(where, _shown(text))
    return listed


def _listed(where: str, found: Any, text: str) -> list[Object]:
    is_list = isinstance(found, dict) and str(found.get("kind")).endswith("List") and "items" in found
    each = found["items"] or [] if is_list else [found]
    if not isinstance(each, list) or not all(map(shapes.is_object, each)):
        raise not_kubernetes(where, _shown(text))
    return each


def _is_object(found: Any) -> bool:
    return isinstance(found, dict) and isinstance(found.get("metadata"), dict) and shapes.has_parts(found)


def _shown(text: str) -> str:
    """The beginning of what is no answer, in one line."""
    return " ".join(text.split())[:80] or "nothing at all"


def _context(where: str) -> str:
    return f"kube context {where}" if where else "the current kube context"


def refusal(where: str, reason: str) -> ToolFailed | None:
    """A cluster's refusal as an error with a next step, or None when it is about something else.

    `where` is the kube context, or empty for the current one; `reason` is what kubectl or Helm printed.
    """
    if is_passed_on(reason):
        return None
    context = _context(where)
    option = f" --context {where}" if where else ""
    if full := _QUOTA.search(reason):
        return _no_room(full, option)
    if amiss := _amiss(context, reason):
        return amiss
    if _STRANGER.search(reason):
        return not_kubernetes(where, reason[:200])
    if _LOGIN.search(reason):
        again = f"`kubectl{option} auth whoami`"
        return failed(
            "cluster-login",
            f"the cluster of {context} does not take this login: it is wrong, or over ({reason[:200]})",
            hint=f"log in to the cluster again (old token or certificate in its kubeconfig?), then {again}",
        )
    if lacking := _lacking(where, reason):
        return lacking
    if _UNTRUSTED.search(reason):
        return failed(
            "cluster-untrusted",
            f"the certificate of the cluster of {context} is not trusted: {reason}",
            hint="certificate-authority-data in the kubeconfig has to be the cluster's own",
        )
    if _SILENT.search(reason):
        return unreachable(where, reason)
    if "forbidden" in reason.lower():
        hint = "check the rights of the kubeconfig's account"
        return failed("cluster-denied", f"the cluster refuses: {reason}", hint=hint)
    return None


def _amiss(context: str, reason: str) -> ToolFailed | None:
    """That the kubeconfig cannot be read, or leads nobody anywhere."""
    unreadable = _UNREADABLE.search(reason)
    if unreadable:
        problem = f"the kubeconfig cannot be read: {unreadable[1]}"
        hint = "KUBECONFIG names it; ~/.kube/config is the usual one"
        return failed("kubeconfig-missing", problem, hint=hint)
    found = None if is_unanswered(reason) else _AMISS.search(reason)
    if found is None:
        return None
    said = next(filter(None, found.groups()))
    problem = f"what the kubeconfig says for {context} leads nowhere: {said}"
    return failed("kubeconfig-missing", problem, hint="`kubectl config view` shows all that it says")


def _lacking(where: str, reason: str) -> ToolFailed | None:
    """That the kubeconfig names no such context, or is not there."""
    if "context" in reason and "does not exist" in reason:
        hint = "`kubectl config get-contexts` lists what the kubeconfig has"
        return failed("kubeconfig-missing", f"there is no kube context '{where}'", hint=hint)
    if _ABSENT.search(reason):
        problem = "there is no kubeconfig that names a cluster"
        return failed("kubeconfig-missing", problem, hint=NO_KUBECONFIG)
    return None


def _no_room(full: re.Match[str], option: str) -> ToolFailed:
    name, what = full["name"], full["object"] or "what is asked for"
    if full["numbers"]:
        return failed(
            "quota-exceeded",
            f"quota {name} of the namespace has no room for {what}: {full['numbers']}",
            hint="ask for less in app.yaml (resources, replicas), or have the quota raised: "
            f"`kubectl{option} get resourcequotas -A`",
        )
    return failed(
        "quota-exceeded",
        f"quota {name} of the namespace counts what {what} does not say: {full['unsaid']}",
        hint="say it in app.yaml (run.resources), or have a LimitRange give a default: "
        f"`kubectl{option} get limitranges -A`",
    )
