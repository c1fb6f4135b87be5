"""What an account has to be allowed so that it can deploy, and what of that it may not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pipelinekit.model.ground.preflight import Needs, Object, Rule

_HELM = ("get", "list", "create", "update", "patch", "delete")
_WATCHED = (("", "pods"), ("apps", "replicasets"))
_MADE = ("get", "list", "watch", "create", "patch")
_HOOKED = ("get", "list", "watch", "create", "delete")
_ALL = frozenset((*_HELM, *_MADE, *_HOOKED))
_NAMED = ("get", "patch", "delete")
"""What a rule may allow for one object alone: who makes, lists or watches names none."""
_READ = frozenset(("get", "list", "watch"))

KINDS: Mapping[str, tuple[str, ...]] = {
    "": ("secrets", "configmaps", "services", "serviceaccounts", "persistentvolumeclaims", "pods"),
    "apps": ("deployments", "statefulsets", "daemonsets"),
    "batch": ("jobs", "cronjobs"),
    "autoscaling": ("horizontalpodautoscalers",),
    "policy": ("poddisruptionbudgets",),
    "networking.k8s.io": ("networkpolicies", "ingresses"),
    "security.istio.io": ("authorizationpolicies", "peerauthentications", "requestauthentications"),
    "networking.istio.io": ("virtualservices", "destinationrules", "serviceentries"),
    "external-secrets.io": ("externalsecrets",),
    "monitoring.coreos.com": ("servicemonitors", "podmonitors", "prometheusrules"),
}
"""What charts are made of, by API group. Roles, quotas and limits are not: those are the platform's."""

DEPLOYER: tuple[Rule, ...] = (
    *(Rule(_ALL, frozenset((group,)), frozenset(resources)) for group, resources in KINDS.items()),
    Rule(_READ, frozenset(("apps",)), frozenset(("replicasets",))),
    Rule(_READ, frozenset(("",)), frozenset(("events", "limitranges", "resourcequotas"))),
    Rule(frozenset(("get",)), frozenset(("",)), frozenset(("pods/log",))),
)
"""What whoever deploys is given in a namespace: enough for every chart of `KINDS`, and nothing elsewhere."""


def role_rules(rules: Iterable[Rule]) -> list[dict[str, list[str]]]:
    """Rules as a Role has them."""
    return [
        {
            "apiGroups": sorted(each.groups),
            "resources": sorted(each.resources),
            "verbs": sorted(each.verbs),
        }
        for each in rules
    ]


USUAL = Needs(
    objects=(
        {"apiVersion": "apps/v1", "kind": "Deployment"},
        {"apiVersion": "v1", "kind": "Service"},
        {"apiVersion": "v1", "kind": "ServiceAccount"},
        {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy"},
    ),
    hooks=(),
    pods=(),
    keys=(),
    pulls=(),
    made={},
    classes=(),
)
"""What every application's chart makes."""


def lacking(needs: Needs, rules: Sequence[Rule]) -> dict[tuple[str, str], tuple[str, ...]]:
    """The verbs that are not allowed, by API group and resource.

    Helm keeps its records in Secrets, and watches every kind that it has made until all is ready; pods and
    what makes them are watched by Helm and by us.
    """
    wanted: dict[tuple[str, str], list[tuple[str, str]]] = {("", "secrets"): [(each, "") for each in _HELM]}
    for watched in _WATCHED:
        wanted.setdefault(watched, []).extend((each, "") for each in ("get", "list", "watch"))
    for things, verbs in ((needs.objects, _MADE), (needs.hooks, _HOOKED)):
        for thing in things:
            name = str((thing.get("metadata") or {}).get("name") or "")
            mine = wanted.setdefault(resource_of(thing), [])
            mine.extend((each, name if each in _NAMED else "") for each in verbs)
    found = {
        resource: dict.fromkeys(verb for verb, name in asked if not may(rules, verb, *resource, name))
        for resource, asked in wanted.items()
    }
    return {resource: tuple(missing) for resource, missing in found.items() if missing}


def resource_of(thing: Object) -> tuple[str, str]:
    """An object's API group and the name of its resource."""
    group = thing["apiVersion"].rpartition("/")[0]
    kind = thing["kind"].lower()
    if kind.endswith("y") and kind[-2:-1] not in "aeiou":
        return group, f"{kind[:-1]}ies"
    return group, f"{kind}es" if kind.endswith(("s", "x", "ch", "sh")) else f"{kind}s"


def may(rules: Iterable[Rule], verb: str, group: str, resource: str, name: str = "") -> bool:
    """Whether rules allow a verb on all objects of a resource, or on the one of that name."""
    return any(
        rule.verbs & {verb, "*"}
        and rule.groups & {group, "*"}
        and rule.resources & {resource, "*"}
        and (not rule.names or name in rule.names)
        for rule in rules
    )
