"""What an account may do in a namespace, by the cluster's own word."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pipelinekit.adapters.cluster import kubectl
from pipelinekit.adapters.cluster.direct import ways
from pipelinekit.adapters.running import process
from pipelinekit.model.ground.preflight import Rule
from pipelinekit.model.release import Target

_CREATE = ("create", "--validate=false", "--filename", "-", "--output", "json")
"""kubectl's own validation wants rights that few have; the server validates anyway."""
_REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"
_FIELDS = ("verbs", "apiGroups", "resources", "resourceNames")


def rules(env: Mapping[str, str], target: Target) -> tuple[Rule, ...] | None:
    """The rules that count for this account, or None when the cluster does not tell all of them."""
    way = ways.to(env, target.context)
    told = way.made(_REVIEWS, _question(target)) if way else None
    if told:
        return read(json.dumps(told))
    done = kubectl.run(env, target, *_CREATE, stdin=json.dumps(_question(target)))
    return None if done.code else read(done.out)


def asked(env: Mapping[str, str], target: Target) -> tuple[Rule, ...] | None:
    """The same; raises `ToolFailed` when the cluster does not answer."""
    return read(kubectl.check(env, target, *_CREATE, stdin=json.dumps(_question(target))))


def _question(target: Target) -> dict[str, object]:
    return {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectRulesReview",
        "spec": {"namespace": target.namespace},
    }


def read(answer: str) -> tuple[Rule, ...] | None:
    """The rules of a SelfSubjectRulesReview, as JSON."""
    try:
        status = json.loads(answer).get("status") or {}
        found = status.get("resourceRules") or ()
        if not status or status.get("incomplete"):
            return None
        return tuple(Rule(*(frozenset(each.get(field) or ()) for field in _FIELDS)) for each in found)
    except (ValueError, AttributeError, TypeError, RecursionError):
        return None


def current_namespace(env: Mapping[str, str], context: str) -> str:
    """The namespace of a kube context; `default` where it names none."""
    words = ["kubectl", "config", "view", "--minify", "--output", "jsonpath={..namespace}"]
    done = process.run([*words, *(["--context", context] if context else [])], env=env, timeout=20)
    return (done.out.strip() if done.code == 0 else "") or "default"
