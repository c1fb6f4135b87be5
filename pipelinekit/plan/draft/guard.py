"""Which clusters and namespaces the inner loop stays out of, known by what they are."""

from __future__ import annotations

from collections.abc import Sequence

from pipelinekit import names
from pipelinekit.errors import refused, usage
from pipelinekit.model.app import App
from pipelinekit.model.draft import Context
from pipelinekit.model.platform.document import LOCAL, Cluster, Environment, Platform
from pipelinekit.plan.release import describe_gate

_NEXT = "--context NAME chooses another one"

SYSTEM = "kube-"
"""How the names begin that Kubernetes keeps for itself; a repository's draft.toml may name any."""


def require_cluster(
    chosen: Context, contexts: Sequence[Context], platform: Platform, *, named: bool, allowed: str
) -> None:
    """Raise `Refused` unless a developer's own copy may go to the chosen context's cluster.

    `contexts` are all of the kubeconfig; `named` says that somebody has named the context for this run, and
    `allowed` is a context that may be used although no platform knows it. A cluster whose environments all
    have gates is refused under any name, whoever allows it.
    """
    if platform.name == LOCAL:
        if not named and allowed != chosen.name:
            raise refused(
                "context-unnamed",
                f"no platform says what the current context '{chosen.name}' ({chosen.server}) is for",
                hint=f"--allow-context {chosen.name} uses it, --context NAME another one",
            )
        return
    closed = [each for each in platform.clusters if _is_closed(each, platform)]
    opened = [each for each in platform.clusters if each not in closed and _open_of(each, platform)]
    known = any(_is_server(chosen, each, contexts) for each in opened)
    for each in closed:
        same = _is_server(chosen, each, contexts) or (not known and _has_ca(chosen, each, contexts))
        if same:
            raise refused("cluster-gated", _gated(chosen, each, platform), hint=_NEXT)
    if known:
        return
    if allowed != chosen.name:
        raise refused(
            "context-unknown",
            f"platform {platform.name} does not know the cluster of '{chosen.name}' ({chosen.server})",
            hint=f"--allow-context {chosen.name} uses it all the same; {_NEXT}",
        )
    for each in closed:
        if not each.server and not _contexts_of(each, contexts):
            raise refused(
                "cluster-unidentified",
                f"whether '{chosen.name}' ({chosen.server}) is cluster {each.name} cannot be told: "
                "platform.yaml names no server for it, and this kubeconfig has no context of its name",
                hint=f"clusters: [{{name: {each.name}, server: https://…}}] in platform.yaml tells it",
            )


def require_namespace(
    chosen: Context, contexts: Sequence[Context], platform: Platform, app: App, namespace: str
) -> None:
    """Raise `Refused` for a namespace of an environment with a gate in that cluster, whoever's it is, and
    for those that are the cluster's own; `UsageError` for what can be none.
    """
    if not names.is_namespace(namespace):
        raise usage("bad-namespace", f"'{namespace}' cannot be a namespace's name", hint=names.NAMESPACE_RULE)
    if namespace.startswith(SYSTEM):
        raise refused(
            "namespace-system",
            f"namespace {namespace} is the cluster's own",
            hint="take `namespace` out of draft.toml: each developer then has one of their own",
        )
    teams = {(app.team, app.name)} | {(each.team, each.name) for each in platform.applications}
    for environment in platform.environments:
        cluster = platform.cluster_of(environment)
        if not environment.gated or not _may_be(chosen, cluster, contexts):
            continue
        if namespace in {environment.namespace_of(*each) for each in teams}:
            raise refused(
                "namespace-gated",
                f"namespace {namespace} is environment {environment.name}'s, which has a gate "
                f"({describe_gate(environment)})",
                hint="take `namespace` out of draft.toml: each developer then has one of their own",
            )


def base_environment(platform: Platform) -> Environment | None:
    """The environment that a developer's copy is like: the first one without a gate."""
    return next((each for each in platform.environments if not each.gated), None)


def _gated(chosen: Context, cluster: Cluster, platform: Platform) -> str:
    names = ", ".join(each.name for each in platform.environments if each.cluster == cluster.name)
    return (
        f"context '{chosen.name}' leads to cluster {cluster.name} ({chosen.server}), "
        f"whose environments have gates: {names}"
    )


def _is_closed(cluster: Cluster, platform: Platform) -> bool:
    there = [each for each in platform.environments if each.cluster == cluster.name]
    return bool(there) and all(each.gated for each in there)


def _open_of(cluster: Cluster, platform: Platform) -> bool:
    return any(each.cluster == cluster.name and not each.gated for each in platform.environments)


def _contexts_of(cluster: Cluster, contexts: Sequence[Context]) -> list[Context]:
    return [each for each in contexts if cluster.context and each.name == cluster.context]


def _is_server(chosen: Context, cluster: Cluster, contexts: Sequence[Context]) -> bool:
    # What platform.yaml says counts for more than a context that anybody may have renamed.
    servers = (
        [cluster.server] if cluster.server else [each.server for each in _contexts_of(cluster, contexts)]
    )
    return any(address(each) == address(chosen.server) for each in servers)


def _has_ca(chosen: Context, cluster: Cluster, contexts: Sequence[Context]) -> bool:
    known = [cluster.ca] if cluster.ca else [each.ca for each in _contexts_of(cluster, contexts)]
    return bool(chosen.ca) and chosen.ca in known


def _may_be(chosen: Context, cluster: Cluster, contexts: Sequence[Context]) -> bool:
    unknown = not cluster.server and not _contexts_of(cluster, contexts)
    return unknown or _is_server(chosen, cluster, contexts) or _has_ca(chosen, cluster, contexts)


def address(server: str) -> str:
    """An API server's address in one spelling."""
    scheme, _, rest = server.strip().partition("://")
    host, slash, path = rest.rstrip("/").partition("/")
    host = host.lower().rpartition("@")[2]
    usual = {"https": ":443", "http": ":80"}.get(scheme.lower(), "")
    if usual and host.endswith(usual):
        host = host.removesuffix(usual)
    return f"{scheme.lower()}://{host}{slash}{path}"
