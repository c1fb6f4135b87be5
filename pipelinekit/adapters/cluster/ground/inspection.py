"""Questions to a cluster as a whole, through kubectl; they change nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pipelinekit.adapters.cluster import answers, kubectl, printed
from pipelinekit.adapters.cluster.asking import ask
from pipelinekit.adapters.cluster.ground import addresses
from pipelinekit.adapters.cluster.ground.trial import Trial
from pipelinekit.model.ground.inspection import Access, Facts, Object, Tried, Wants
from pipelinekit.model.release import Target

_CREATE = ("create", "--validate=false", "--filename", "-", "--output", "json")
_API = "authorization.k8s.io/v1"
_STRANGERS: Mapping[str, tuple[str, Sequence[str]]] = {
    "who does not log in": ("system:anonymous", ("system:unauthenticated",)),
    "an account without any right": ("pipelinekit-preflight-nobody", ("system:authenticated",)),
    "the account of pods": (
        "system:serviceaccount:default:default",
        ("system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"),
    ),
}
_FORBIDDEN = (("list", "secrets"), ("create", "pods"))
"""What none of them may."""
AT_ONCE = 8


class Inspector:
    """Clusters as a set of kubeconfig files reaches them."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env

    def look(self, target: Target, wants: Wants) -> Facts:
        """What the cluster says of itself; raises `ToolFailed` when it does not answer."""
        version = kubectl.run(self.env, target, "version", "--output", "json")
        answer = printed.mapping(version.out) if version.out.lstrip().startswith("{") else {}
        if version.code or "serverVersion" not in answer:
            reason = version.reason()
            raise answers.cluster_failed(target.context, reason)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            rbac = pool.submit(self._rbac, target)
            strangers = pool.submit(self._strangers, target)
            allowed = pool.submit(self._allowed, target, wants)
            classes = pool.submit(self._items, target, "storageclasses")
            drivers = pool.submit(self._items, target, "csidrivers")
            nodes = pool.submit(self._items, target, "nodes")
            places = pool.submit(addresses.of, self.env, target)
            before = pool.submit(self._prerequisites, target, wants)
            daemons = self._items(target, "daemonsets", "--all-namespaces")
            named = drivers.result()
            return Facts(
                version=str(answer["serverVersion"]["gitVersion"]).removeprefix("v"),
                client=str(answer["clientVersion"]["gitVersion"]).removeprefix("v"),
                rbac=rbac.result(),
                strangers=strangers.result(),
                allowed=allowed.result(),
                classes=classes.result(),
                drivers=None if named is None else frozenset(map(_name, named)),
                nodes=nodes.result(),
                daemons=None if daemons is None else tuple(map(_name, daemons)),
                addresses=places.result(),
                prerequisites=before.result(),
            )

    def attempt(self, target: Target, wants: Wants) -> Tried:
        """What pods find out in a namespace that is made for them, and is gone afterwards."""
        return Trial(self.env, target, wants).run()

    def _rbac(self, target: Target) -> bool | None:
        done = kubectl.run(self.env, target, "get", "--raw", "/apis/rbac.authorization.k8s.io")
        return True if not done.code else (False if "(NotFound)" in done.err else None)

    def _strangers(self, target: Target) -> dict[str, bool | None]:
        """Whether each may do any of what none may."""
        asked = [
            {
                "user": user,
                "groups": list(groups),
                "resourceAttributes": {"verb": verb, "group": "", "resource": resource},
            }
            for user, groups in _STRANGERS.values()
            for verb, resource in _FORBIDDEN
        ]
        told = self._reviews(target, "SubjectAccessReview", asked)
        rows = [told[at : at + len(_FORBIDDEN)] for at in range(0, len(told), len(_FORBIDDEN))]
        return {
            who: None if None in row and True not in row else True in row
            for who, row in zip(_STRANGERS, rows, strict=True)
        }

    def _allowed(self, target: Target, wants: Wants) -> dict[Access, bool | None]:
        """Each access in all namespaces; where that is refused, in each that counts."""
        found = self._may(target, wants.access)
        places = [
            Access(each.verb, each.group, each.resource, place)
            for each, allowed in found.items()
            if allowed is False
            for place in wants.namespaces
        ]
        return found | self._may(target, places)

    def _may(self, target: Target, access: Sequence[Access]) -> dict[Access, bool | None]:
        asked = []
        for each in access:
            resource, _, sub = each.resource.partition("/")
            asked.append(
                {
                    "resourceAttributes": {
                        "verb": each.verb,
                        "group": each.group,
                        "resource": resource,
                        "subresource": sub,
                        "namespace": each.namespace,
                    }
                }
            )
        return dict(zip(access, self._reviews(target, "SelfSubjectAccessReview", asked), strict=True))

    def _prerequisites(self, target: Target, wants: Wants) -> dict[str, Object | None]:
        """The object of each that says what runs; of a kind that the cluster does not know there is none."""
        found: dict[str, Object | None] = {}
        for component in wants.prerequisites:
            if (asked := component.prerequisite) and asked.resource:
                words = (asked.resource, asked.name, "--ignore-not-found", "--output", "json")
                done = kubectl.run(self.env, target, "get", *words)
                missing = not done.code and not done.out.strip()
                if missing or "the server doesn't have a resource type" in done.err:
                    found[component.name] = {}
                else:
                    found[component.name] = None if done.code else printed.mapping(done.out)
        return found

    def _reviews(self, target: Target, kind: str, specs: Sequence[Mapping[str, Any]]) -> list[bool | None]:
        """The authorizer's answers, in order; all None where it may not be asked."""
        if not specs:
            return []
        items = [{"apiVersion": _API, "kind": kind, "spec": spec} for spec in specs]
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
        done = kubectl.run(self.env, target, *_CREATE, stdin=text)
        found = [] if done.code else answers.streamed(target.context, done.out)
        if len(found) != len(specs):
            return [None] * len(specs)
        return [_allowed(each.get("status")) for each in found]

    def _items(self, target: Target, kind: str, *more: str) -> tuple[Object, ...] | None:
        context = ["--context", target.context] if target.context else []
        words = ["kubectl", "get", kind, *more, *context, "--request-timeout", "20s", "--output", "json"]
        done = ask(words, target.context, env=self.env)
        if done.code:
            answers.require_kubernetes(target.context, done.reason())
            return None
        return tuple(answers.items(target.context, done.out))


def _allowed(status: object) -> bool:
    return isinstance(status, Mapping) and bool(status.get("allowed"))


def _name(each: Object) -> str:
    return str(each["metadata"]["name"])
