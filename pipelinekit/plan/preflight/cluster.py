"""A cluster's answers, judged: versions, RBAC, rights and storage."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from pipelinekit.counts import counted
from pipelinekit.model.ground.inspection import FAILS, OK, UNCHECKED, Access, Check, Facts, Object, Wants
from pipelinekit.model.rollout.component import Component
from pipelinekit.plan.inputs import image_reference

OLDEST = (1, 28)
"""The oldest Kubernetes that charts are made for."""
BEHIND = 3
"""Minor versions that a kubelet may be behind its server."""
DEFAULT = "storageclass.kubernetes.io/is-default-class"
STATIC = "kubernetes.io/no-provisioner"

_WRITE = ("get", "list", "create", "patch", "delete")
ROLLOUT: tuple[Access, ...] = (
    *(Access(verb, "", "namespaces") for verb in ("get", "create")),
    *(
        Access(verb, "apiextensions.k8s.io", "customresourcedefinitions")
        for verb in ("get", "create", "patch")
    ),
    *(
        Access(verb, group, resource)
        for group, resource in (
            ("", "secrets"),
            ("", "configmaps"),
            ("", "services"),
            ("", "serviceaccounts"),
            ("apps", "deployments"),
            ("apps", "statefulsets"),
            ("apps", "daemonsets"),
            ("batch", "jobs"),
            ("networking.k8s.io", "networkpolicies"),
        )
        for verb in _WRITE
    ),
    *(Access(verb, "", "pods") for verb in ("get", "list", "watch", "delete")),
    Access("get", "", "pods/log"),
    Access("get", "", "services/proxy"),
    Access("get", "storage.k8s.io", "storageclasses"),
)
"""What a rollout does, whichever the components are; what their charts hold is told by `platform plan`."""
_EVERYWHERE = frozenset(("namespaces", "customresourcedefinitions", "storageclasses"))
"""What has no namespace."""


def wanted(
    components: Sequence[Component], images: Sequence[str], image: str, login: str, timeout: int
) -> Wants:
    """What is to be looked at for these components and their images; of each registry one image."""
    pulls = {image_reference(each).registry: each for each in images}
    sysctls = {name for one in components for name in one.node.sysctls}
    return Wants(
        access=ROLLOUT,
        namespaces=tuple(sorted({each.namespace for each in components if each.namespace})),
        image=image,
        sysctls=tuple(sorted({*sysctls, *KERNEL})),
        pulls=tuple(pulls.values()),
        login=login,
        timeout=timeout,
    )


KERNEL = ("vm.max_map_count", "user.max_user_namespaces", "kernel.unprivileged_userns_clone")
"""What is always asked of a node; the last one only Debian's kernels know."""


def judged(facts: Facts, wants: Wants, components: Sequence[Component]) -> tuple[Check, ...]:
    """One check a question."""
    return (
        _version(facts),
        *_kubelets(facts),
        _rbac(facts),
        _rights(facts, wants),
        *_storage(facts, _holders(wants, components)),
    )


# --- versions -------------------------------------------------------------------------------------


def _version(facts: Facts) -> Check:
    server, client = _minor(facts.version), _minor(facts.client)
    oldest = ".".join(map(str, OLDEST))
    if server is None:
        return Check("version", UNCHECKED, f"the server calls itself {facts.version[:80]}")
    if server < OLDEST:
        return Check(
            "version", FAILS, f"Kubernetes {facts.version} is older than {oldest}", "upgrade the cluster"
        )
    hint = ""
    if client and (client[0] != server[0] or abs(client[1] - server[1]) > 1):
        hint = f"kubectl is {facts.client}: Kubernetes supports one minor version of difference"
    return Check("version", OK, f"Kubernetes {facts.version}", hint)


def _kubelets(facts: Facts) -> Iterator[Check]:
    server = _minor(facts.version)
    if facts.nodes is None or server is None:
        yield Check("kubelets", UNCHECKED, "the account may not list nodes", "ask an administrator's account")
        return
    versions = {
        each["metadata"]["name"]: str(each["status"]["nodeInfo"]["kubeletVersion"]) for each in facts.nodes
    }
    odd = []
    for node, version in sorted(versions.items()):
        found = _minor(version)
        if found and not (server[0], server[1] - BEHIND) <= found <= server:
            odd.append(f"{node} has {version.removeprefix('v')}")
    if odd:
        problem = f"Kubernetes {facts.version} does not support these kubelets: {_few(odd)}"
        yield Check("kubelets", FAILS, problem, "upgrade those nodes, the server first")
    elif not versions:
        yield Check("kubelets", FAILS, "the cluster has no node", "join one: nothing can run")
    else:
        told = ", ".join(sorted({each.removeprefix("v") for each in versions.values()}))
        yield Check("kubelets", OK, f"{counted(len(versions), 'node')} with {told}")


def _minor(version: str) -> tuple[int, int] | None:
    found = re.match(r"v?(\d{1,6})\.(\d{1,6})", version)
    return (int(found[1]), int(found[2])) if found else None


# --- who may do what ------------------------------------------------------------------------------


def _rbac(facts: Facts) -> Check:
    hint = "start the API server with --authorization-mode=Node,RBAC, and look at your ClusterRoleBindings"
    if facts.rbac is False:
        return Check("rbac", FAILS, "the cluster does not have rbac.authorization.k8s.io", hint)
    open_to = [who for who, allowed in facts.strangers.items() if allowed]
    if open_to:
        problem = f"Secrets and pods of all namespaces are open to {', '.join(open_to)}"
        return Check("rbac", FAILS, problem, hint)
    if facts.rbac is None or not facts.strangers or None in facts.strangers.values():
        problem = "the account may not ask what others may (create subjectaccessreviews)"
        return Check("rbac", UNCHECKED, problem, "ask with an administrator's account")
    return Check("rbac", OK, f"on; Secrets and pods are closed to {', '.join(facts.strangers)}")


def _rights(facts: Facts, wants: Wants) -> Check:
    if any(facts.allowed.get(each) is None for each in wants.access):
        return Check("rights", UNCHECKED, "the cluster does not say what this account may")
    missing = list(_missing(facts, wants))
    if missing:
        hint = "bind those rights to the account of this kubeconfig (`kubectl auth whoami` names it)"
        return Check("rights", FAILS, f"the account may not: {_few([str(each) for each in missing])}", hint)
    return Check("rights", OK, f"the account may do all that a rollout does ({len(wants.access)} asked)")


def _missing(facts: Facts, wants: Wants) -> Iterator[Access]:
    for each in wants.access:
        if facts.allowed[each]:
            continue
        if each.resource in _EVERYWHERE or not wants.namespaces:
            yield each
            continue
        for place in wants.namespaces:
            narrowed = Access(each.verb, each.group, each.resource, place)
            if not facts.allowed.get(narrowed):
                yield narrowed


# --- storage --------------------------------------------------------------------------------------


def _holders(wants: Wants, components: Sequence[Component]) -> Mapping[str, Sequence[str]]:
    """Who has claims of each class, of the default one by the empty text.

    Whose claims are not known, for an operator makes them or it could not be rendered, takes the default one
    where it holds data.
    """
    found: dict[str, list[str]] = {}
    for each in components:
        for name in wants.classes.get(each.name) or (("",) if each.data else ()):
            found.setdefault(name, []).append(each.name)
    return found


def _storage(facts: Facts, holders: Mapping[str, Sequence[str]]) -> Iterator[Check]:
    """The classes; one that is not there is a fault only where a component has claims of it."""
    if facts.classes is None:
        yield Check("storage", UNCHECKED, "the account may not list storage classes")
        return
    holding = holders.get("", ())
    standard = [each for each in facts.classes if _is_default(each)]
    if len(standard) != 1:
        many = (
            f"{counted(len(standard), 'storage class is', 'storage classes are')} the default"
            if standard
            else "no storage class is the default"
        )
        hold = "each claim names its own" if holders else "no component that is on holds data"
        hold = f"data is held by {', '.join(holding)}" if holding else hold
        hint = f"annotate one with {DEFAULT}=true" if facts.classes else "install a storage driver"
        yield Check("storage", FAILS if holding else OK, f"{many}; {hold}", hint if holding else "")
    there = [str(each["metadata"]["name"]) for each in facts.classes]
    for name in sorted(holders.keys() - {"", *there}):
        known = f"known: {', '.join(sorted(there)) or 'none'}"
        problem = f"there is no storage class {name}, which {', '.join(holders[name])} names"
        yield Check(f"storage {name}", FAILS, problem, known)
    for each in facts.classes:
        needed = each["metadata"]["name"] in holders or (bool(holding) and _is_default(each))
        yield _class(each, facts, needed=needed)


def _class(each: Object, facts: Facts, *, needed: bool) -> Check:
    name, driver = each["metadata"]["name"], str(each.get("provisioner", ""))
    about = f"{driver}{', the default' if _is_default(each) else ''}"
    title = f"storage {name}"
    if driver != STATIC and facts.drivers is not None and driver not in facts.drivers:
        problem = f"{about}: there is no CSIDriver of that name, and whether anything provisions is not known"
        return Check(title, UNCHECKED, problem, "make a claim of that class, and a pod that mounts it")
    if not each.get("allowVolumeExpansion"):
        hint = "set allowVolumeExpansion: true if the driver can: `platform resize` is refused otherwise"
        problem = f"{about}: volumes do not grow"
        return Check(title, FAILS, problem, hint) if needed else Check(title, OK, problem)
    return Check(title, OK, f"{about}: volumes grow")


def _is_default(each: Object) -> bool:
    return (each["metadata"].get("annotations") or {}).get(DEFAULT) == "true"


def _few(texts: Sequence[str]) -> str:
    more = f" and {len(texts) - 8} more" if len(texts) > 8 else ""
    return ", ".join(texts[:8]) + more
