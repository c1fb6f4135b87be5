"""What a platform's namespaces have in them before anything is deployed: whose they are, and what is ours."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pipelinekit.errors import refused, usage
from pipelinekit.model.deployment import Look, Object
from pipelinekit.model.ground.preparation import (
    DEPLOYER,
    LIMITS,
    MARK,
    PLATFORM_LABEL,
    POD_SECURITY,
    TEAM_LABEL,
    US,
    Place,
    Preparation,
)
from pipelinekit.model.platform.document import Environment, Platform, Registration
from pipelinekit.model.release import Target
from pipelinekit.names import nearest
from pipelinekit.plan.deploying import deploymentplan
from pipelinekit.plan.deploying.deployment import differences
from pipelinekit.plan.deploying.fields import name_of
from pipelinekit.plan.preflight import rights

RBAC = "rbac.authorization.k8s.io"
DENY, NAMES = "pipelinekit-default-deny", "pipelinekit-dns"


# --- which namespaces -----------------------------------------------------------------------------


def places_of(platform: Platform, environment: str = "", application: str = "") -> tuple[Place, ...]:
    """The namespaces of the registered applications, of one environment or all, for one application or all.

    Raises `UsageError` for a name that there is not, `Refused` where two environments have one namespace.
    """
    if environment and platform.environment(environment) is None:
        near = nearest(environment, (each.name for each in platform.environments))
        raise usage("environment-unknown", f"there is no environment '{environment}'", hint=near)
    chosen = [each for each in platform.applications if application in ("", each.name, each.title)]
    if application and not chosen:
        known = ", ".join(each.title for each in platform.applications) or "none"
        raise usage(
            "application-unknown",
            f"no application '{application}' is registered",
            hint=f"registered are: {known}",
        )
    everywhere = _everywhere(platform)
    wanted = {
        (each.name, each.namespace_of(app.team, app.name))
        for each in platform.environments
        for app in chosen
        if environment in ("", each.name)
    }
    return tuple(place for key, place in everywhere.items() if key in wanted)


def _everywhere(platform: Platform) -> dict[tuple[str, str], Place]:
    found: dict[tuple[str, str], list[Registration]] = {}
    owners: dict[tuple[str, str], str] = {}
    for environment in platform.environments:
        for each in platform.applications:
            namespace = environment.namespace_of(each.team, each.name)
            other = owners.setdefault((environment.cluster, namespace), environment.name)
            if other != environment.name:
                raise refused(
                    "namespace-twice",
                    f"namespace {namespace} is that of {other} and of {environment.name}",
                    hint="give each environment namespaces of its own in platform.yaml: what may be done"
                    " in the one must not reach the other",
                )
            found.setdefault((environment.name, namespace), []).append(each)
    teams = {key: frozenset(each.team for each in apps) for key, apps in found.items()}
    environments = {each.name: each for each in platform.environments}
    return {
        (name, namespace): Place(
            target=Target(
                name="",
                environment=environments[name],
                namespace=namespace,
                context=platform.cluster_of(environments[name]).context,
            ),
            platform=platform.name,
            teams=tuple(sorted(teams[name, namespace])),
            applications=tuple(sorted({each.name for each in apps})),
            deployers=tuple(
                sorted(
                    other[1]
                    for other in found
                    if teams[other] <= teams[name, namespace]
                    and _one_account(environments[other[0]], environments[name])
                )
            ),
        )
        for (name, namespace), apps in found.items()
    }


def _one_account(one: Environment, other: Environment) -> bool:
    """Whether who deploys to the one may deploy to the other: a pipeline has one kubeconfig for a cluster.

    What is reached by promotion is nobody's who only builds.
    """
    ungated = not one.gated and not other.gated and one.cluster == other.cluster
    return ungated or one.name == other.name


# --- what is in them ------------------------------------------------------------------------------


def objects_of(place: Place, secret: str = "", login: str = "") -> tuple[Object, ...]:
    """All that is ours there, the namespace first; `login` is the text of the pull secret of that name."""
    return (
        _namespace(place),
        *_limits(place),
        _policy(place, DENY, ["Ingress", "Egress"]),
        _policy(place, NAMES, ["Egress"], egress=[_DNS]),
        *([_pull_secret(place, secret, login)] if secret and login else ()),
        {"apiVersion": "v1", "kind": "ServiceAccount", **_head(place, DEPLOYER)}
        | {"automountServiceAccountToken": False},
        {"apiVersion": f"{RBAC}/v1", "kind": "Role", **_head(place, DEPLOYER)}
        | {"rules": rights.role_rules(rights.DEPLOYER)},
        {"apiVersion": f"{RBAC}/v1", "kind": "RoleBinding", **_head(place, DEPLOYER)}
        | {
            "roleRef": {"apiGroup": RBAC, "kind": "Role", "name": DEPLOYER},
            "subjects": [
                {"kind": "ServiceAccount", "name": DEPLOYER, "namespace": each} for each in place.deployers
            ],
        },
    )


# As generated charts open it: the cluster's DNS, and the cache that some clusters have on each node.
_DNS = {
    "to": [
        {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
            "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
        },
        {"ipBlock": {"cidr": "169.254.20.10/32"}},
    ],
    "ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}],
}


def _head(place: Place, name: str) -> dict[str, object]:
    return {
        "metadata": {"name": name, "namespace": place.target.namespace, "labels": _labels(place)},
    }


def _labels(place: Place) -> dict[str, str]:
    return {MARK: US, PLATFORM_LABEL: place.platform}


def _namespace(place: Place) -> Object:
    level = place.target.environment.pod_security
    labels = _labels(place) | {f"{POD_SECURITY}/{mode}": level for mode in ("enforce", "audit", "warn")}
    if len(place.teams) == 1:
        labels[TEAM_LABEL] = place.teams[0]
    metadata = {"name": place.target.namespace, "labels": labels}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}


def _limits(place: Place) -> Iterator[Object]:
    quota = place.target.environment.quota
    if quota and quota.hard:
        spec: Object = {"hard": dict(quota.hard)}
        yield {"apiVersion": "v1", "kind": "ResourceQuota", **_head(place, LIMITS), "spec": spec}
    if quota and quota.container:
        limits = {"type": "Container"} | {name: dict(each) for name, each in quota.container.items()}
        yield {"apiVersion": "v1", "kind": "LimitRange", **_head(place, LIMITS), "spec": {"limits": [limits]}}


def _policy(place: Place, name: str, types: Sequence[str], **rules: object) -> Object:
    spec = {"podSelector": {}, "policyTypes": list(types), **rules}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", **_head(place, name), "spec": spec}


def _pull_secret(place: Place, name: str, login: str) -> Object:
    data = {".dockerconfigjson": base64.b64encode(login.encode()).decode()}
    kind = "kubernetes.io/dockerconfigjson"
    return {"apiVersion": "v1", "kind": "Secret", **_head(place, name), "type": kind, "data": data}


# --- what would be done ---------------------------------------------------------------------------


def preparation(
    place: Place, wanted: Iterable[Object], look: Look, stale: Sequence[str], notes: tuple[str, ...]
) -> Preparation:
    """What is to be done so that the `wanted` objects are there; `stale` are ours and no longer wanted."""
    live = {name_of(each): each for each in look.live}
    applied = {name_of(each): each for each in look.applied}
    changes = []
    for each in applied.values():
        if name_of(each) in live:
            changes += list(differences(live[name_of(each)], each, None))
    return Preparation(
        environment=place.target.environment.name,
        namespace=place.target.namespace,
        cluster=place.target.environment.cluster,
        created=tuple(name for each in wanted if (name := name_of(each)) not in live),
        changes=tuple(changes),
        removed=tuple(stale),
        notes=notes,
    )


def lines(found: Preparation) -> Iterator[str]:
    """All of it, in the words of a deployment's plan."""
    for each in found.changes:
        # What was applied last is kept nowhere but in the object.
        text = deploymentplan.field(replace(each, applied=each.wanted))
        yield f"ours again: {text} ({each.manager} had it)" if each.manager else f"change: {text}"
    for word, names in (("create", found.created), ("remove", found.removed)):
        for name in names:
            yield f"{word}: {name}"
    for text in found.notes:
        yield f"note: {text}"
