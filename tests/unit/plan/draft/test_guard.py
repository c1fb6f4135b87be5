from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from pipelinekit.errors import Refused, UsageError
from pipelinekit.model.app import App, Build
from pipelinekit.model.draft import Context
from pipelinekit.model.platform.document import (
    Charts,
    Cluster,
    Environment,
    Images,
    Platform,
    Registration,
    local_platform,
)
from pipelinekit.model.platform.gates import Approvals
from pipelinekit.plan.draft import guard

DEV = Context(name="acme-dev", server="https://dev.example.com:6443", ca="sha256:dev")
PROD = Context(name="acme-prod", server="https://prod.example.com:6443", ca="sha256:prod")
CONTEXTS = (DEV, PROD)
APP = App(name="orders", team="payments", build=Build(language="python"), processes={})


def platform(**prod: Any) -> Platform:
    return Platform(
        name="acme",
        images=Images(registry="r"),
        charts=Charts(repository="oci://r/charts"),
        clusters=(
            Cluster(name="nonprod", context="acme-dev"),
            Cluster(name="prod", **(prod or {"context": "acme-prod"})),
        ),
        environments=(
            Environment(name="dev", cluster="nonprod", namespace="{team}-dev"),
            Environment(name="staging", cluster="nonprod", namespace="{team}-staging", after="dev"),
            Environment(
                name="production",
                cluster="prod",
                namespace="{team}",
                approvals=Approvals(count=1, groups=("x",)),
            ),
        ),
        applications=(Registration(name="shop", team="web", repository="https://example.com/shop"),),
    )


def refusal(chosen: Context, known: Platform, *, named: bool = True, allowed: str = "") -> str:
    try:
        guard.require_cluster(chosen, CONTEXTS, known, named=named, allowed=allowed)
    except Refused as error:
        return error.faults[0].code
    return ""


def test_the_cluster_of_an_open_environment_is_taken() -> None:
    assert refusal(DEV, platform()) == ""


@pytest.mark.parametrize("allowed", ["", "acme-prod", "mine"])
@pytest.mark.parametrize(
    "alias",
    [
        PROD,
        dataclasses.replace(PROD, name="mine"),
        dataclasses.replace(PROD, name="mine", server="HTTPS://PROD.example.com:6443/"),
        dataclasses.replace(PROD, name="mine", server="https://10.0.0.1:6443"),
    ],
    ids=["itself", "renamed", "spelled otherwise", "by its authority"],
)
def test_a_gated_cluster_is_refused_under_every_name(alias: Context, allowed: str) -> None:
    assert refusal(alias, platform(), allowed=allowed) == "cluster-gated"


def test_the_document_knows_a_cluster_that_the_kubeconfig_calls_otherwise() -> None:
    alias = dataclasses.replace(PROD, name="mine")
    known = platform(context="gone", server="https://prod.example.com:6443")
    assert refusal(alias, known, allowed="mine") == "cluster-gated"
    other = dataclasses.replace(alias, server="https://10.0.0.1")
    assert refusal(other, platform(server="https://x", ca="sha256:prod"), allowed="mine") == "cluster-gated"


def test_what_nobody_knows_is_used_by_word_and_only_where_it_cannot_be_a_gated_one() -> None:
    mine = Context(name="mine", server="https://mine")
    assert refusal(mine, platform()) == "context-unknown"
    assert refusal(mine, platform(), allowed="other") == "context-unknown"
    assert refusal(mine, platform(), allowed="mine") == ""
    assert refusal(mine, platform(context="not-here"), allowed="mine") == "cluster-unidentified"


def test_one_authority_for_all_clusters_closes_none_of_the_open_ones() -> None:
    shared = dataclasses.replace(DEV, ca="sha256:prod")
    guard.require_cluster(shared, (shared, PROD), platform(), named=True, allowed="")


def test_without_a_platform_a_context_has_to_be_named() -> None:
    known = local_platform("r")
    assert refusal(DEV, known, named=False) == "context-unnamed"
    assert refusal(DEV, known, named=True) == ""
    assert refusal(DEV, known, named=False, allowed="acme-dev") == ""


@pytest.mark.parametrize(
    ("namespace", "chosen", "closed"),
    [
        ("payments-staging", DEV, True),
        ("web-staging", DEV, True),
        ("payments-dev", DEV, False),
        ("payments", DEV, False),
        ("draft-payments-alice", DEV, False),
        ("payments", dataclasses.replace(PROD, name="x"), True),
    ],
)
def test_namespaces_of_gated_environments_are_refused_where_these_are(
    namespace: str, chosen: Context, closed: bool
) -> None:
    try:
        guard.require_namespace(chosen, CONTEXTS, platform(), APP, namespace)
        found = False
    except Refused as error:
        found = error.faults[0].code == "namespace-gated"
    assert found is closed


@pytest.mark.parametrize("namespace", ["kube-system", "kube-public", "kube-node-lease"])
def test_the_clusters_own_namespaces_are_nobodys_copy(namespace: str) -> None:
    with pytest.raises(Refused, match="the cluster's own"):
        guard.require_namespace(DEV, CONTEXTS, platform(), APP, namespace)


def test_a_copy_is_like_the_first_environment_without_a_gate() -> None:
    found = guard.base_environment(platform())
    assert found
    assert found.name == "dev"
    gated = dataclasses.replace(platform(), environments=platform().environments[1:])
    assert guard.base_environment(gated) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [("https://a:443", "https://A/"), ("https://u@a/x/", "https://a/x"), ("http://a:80", "http://a")],
)
def test_spellings_of_one_address(one: str, other: str) -> None:
    assert guard.address(one) == guard.address(other)


@pytest.mark.parametrize("namespace", ["A;b", "-n", "2-", "a/b", "a" * 64, "mine ", "mine\n", ""])
def test_what_can_be_no_namespace_is_told_before_anything_is_asked(namespace: str) -> None:
    with pytest.raises(UsageError) as caught:
        guard.require_namespace(DEV, CONTEXTS, platform(), APP, namespace)
    assert caught.value.faults[0].code == "bad-namespace"


@pytest.mark.parametrize("namespace", ["2024-demo", "7", "a" * 63])
def test_a_namespace_may_begin_with_a_digit_as_in_kubernetes(namespace: str) -> None:
    guard.require_namespace(DEV, CONTEXTS, platform(), APP, namespace)
