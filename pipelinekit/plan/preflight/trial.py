"""What pods found out about a cluster, judged: its network, its nodes, its clocks and its registries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipelinekit.counts import counted
from pipelinekit.model.ground.inspection import FAILS, OK, UNCHECKED, Check, Facts, Pull, Tried, Wants
from pipelinekit.model.rollout.component import Component

NETWORKS = {
    "calico": "Calico",
    "canal": "Canal",
    "cilium": "Cilium",
    "antrea": "Antrea",
    "weave": "Weave Net",
    "kube-router": "kube-router",
    "flannel": "Flannel",
    "kindnet": "kindnet",
    "aws-node": "the Amazon VPC CNI",
    "azure-cni": "the Azure CNI",
    "ovnkube": "OVN-Kubernetes",
}
"""Networks by a part of their DaemonSets' names."""
WITHOUT = frozenset(("Flannel",))
"""Those that know no policies by themselves."""
POLICIES = "network policies"
"""The check that tells whether the network enforces them."""
APART = 30
"""Seconds that clocks may differ: certificates, tokens and leases bear that much."""


def judged(tried: Tried, facts: Facts, wants: Wants, components: Sequence[Component]) -> tuple[Check, ...]:
    """One check a thing that was tried."""
    if tried.problem:
        hint = "an account that may make namespaces and pods finds it out"
        names = (POLICIES, "nodes", "clock", "images")
        return tuple(
            Check(name, UNCHECKED, f"no pods could be made: {tried.problem}", hint) for name in names
        )
    return (
        _policies(tried, facts),
        *_nodes(tried, facts, components),
        _clock(tried),
        *_images(tried.pulls, wants),
    )


# --- the network ----------------------------------------------------------------------------------


def networks(facts: Facts) -> tuple[str, ...]:
    """The networks whose DaemonSets are there."""
    daemons = facts.daemons or ()
    return tuple(name for part, name in NETWORKS.items() if any(part in each for each in daemons))


def _policies(tried: Tried, facts: Facts) -> Check:
    found = networks(facts)
    name, of = POLICIES, f" ({', '.join(found)})" if found else ""
    if tried.unready:
        return Check(name, UNCHECKED, f"the pods for it do not run: {tried.unready[:300]}")
    if not tried.open:
        problem = "one pod does not reach another, with no policy in their namespace: a deny proves nothing"
        return Check(name, UNCHECKED, problem, "look for a policy of the whole cluster, or mend the network")
    if tried.closed and tried.again:
        return Check(name, OK, f"enforced{of}: a deny closed what was open, and its end opened it again")
    if tried.closed:
        problem = "a pod was no longer reached under a deny, nor after it: that proves nothing"
        return Check(name, UNCHECKED, problem, "run it again")
    alone = found and set(found) <= WITHOUT
    problem = f"{', '.join(found)} alone enforces no policies" if alone else f"not enforced{of}"
    hint = (
        "install a network that enforces them, as Calico or Cilium do: nothing that is denied is closed now"
    )
    return Check(name, FAILS, f"{problem}: under a deny of everything a pod still reached another", hint)


# --- nodes ----------------------------------------------------------------------------------------


def _nodes(tried: Tried, facts: Facts, components: Sequence[Component]) -> Iterator[Check]:
    for node, log in sorted(tried.nodes.items()):
        told = dict(line.split(None, 1) for line in log.splitlines() if len(line.split(None, 1)) == 2)
        yield _node(node, told, components)
    unseen = len(facts.nodes or ()) - len(tried.nodes)
    if unseen > 0:
        yield Check("nodes", UNCHECKED, f"{counted(unseen, 'more node')} got no pod: not ready, or too many")
    if not tried.nodes and unseen <= 0:
        yield Check("nodes", UNCHECKED, "the account may not list nodes")


def _node(node: str, told: Mapping[str, str], components: Sequence[Component]) -> Check:
    title = f"node {node}"
    if "time" not in told:
        return Check(title, UNCHECKED, "its pod said nothing: it did not start in time, or has no log")
    lacks = [f"{one.name} needs {each}" for one in components for each in _lacking(one, told)]
    facts = ", ".join(
        f"{name} {told[name]}" if name in told else f"{name} not known"
        for name in ("cgroups", "vm.max_map_count", "user.max_user_namespaces")
    )
    if lacks:
        return Check(
            title, FAILS, f"{'; '.join(lacks)} ({facts})", "set it on the node, for good: /etc/sysctl.d"
        )
    return Check(title, OK, facts)


def _lacking(component: Component, told: Mapping[str, str]) -> Iterator[str]:
    """What a component needs of a node that this one does not have."""
    node = component.node
    for name, least in node.sysctls.items():
        value = told.get(name, "")
        if not value.isdigit() or int(value) < least:
            yield f"{name} {least}, it is {value or 'not known'}"
    if node.cgroups and told.get("cgroups") != str(node.cgroups):
        yield f"cgroups {node.cgroups}, it has {told.get('cgroups', 'none that is known')}"
    if node.user_namespaces and not _has_user_namespaces(told):
        yield "user namespaces, they are off"


def _has_user_namespaces(told: Mapping[str, str]) -> bool:
    most = told.get("user.max_user_namespaces", "0")
    return most.isdigit() and int(most) > 0 and told.get("kernel.unprivileged_userns_clone", "1") != "0"


# --- clocks and images ----------------------------------------------------------------------------


def _clock(tried: Tried) -> Check:
    if tried.skew is None:
        return Check("clock", UNCHECKED, "the cluster did not say what time it is")
    away = {"the cluster": tried.skew, **{f"node {name}": skew for name, skew in tried.skews.items()}}
    far = [f"{who} is {_by(skew)}" for who, skew in away.items() if abs(skew) > APART]
    if far:
        return Check("clock", FAILS, "; ".join(far), "let one time server keep them all (chrony, timesyncd)")
    furthest = max(abs(each) for each in away.values())
    nodes = counted(len(tried.skews), "node's", "nodes'")
    return Check("clock", OK, f"ours, the cluster's and {nodes}: within {furthest + 1} s")


def _by(skew: int) -> str:
    return f"at least {abs(skew)} s {'ahead' if skew > 0 else 'behind'}"


def _images(pulls: Mapping[str, Pull], wants: Wants) -> Iterator[Check]:
    hint = "`registry copy` brings it there; a login: `docker login`, and images.pullSecret in platform.yaml"
    for image in wants.pulls:
        pull, title = pulls.get(image, Pull(None)), f"image {image}"
        if pull.there:
            yield Check(title, OK, "a node has pulled it")
        elif pull.there is False:
            yield Check(title, FAILS, f"a node cannot pull it: {pull.reason[:300]}", hint)
        else:
            yield Check(title, UNCHECKED, "no node has answered in time", "--timeout gives it longer")
    if not wants.pulls:
        yield Check("images", UNCHECKED, "no component that is on names images", "images: in component.yaml")
