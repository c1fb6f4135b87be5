"""OpenBao signs, under the bootstrap authority: a real server, its login by Kubernetes' tokens, its store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.real.certificates.site import LOCKED, POD, CertificateSite, made_site, service

TOKEN = "only-here-and-in-memory"
SETUP = """
bao auth enable kubernetes
bao write auth/kubernetes/config kubernetes_host=https://kubernetes.default.svc
bao policy write certificates - <<'POLICY'
path "pki/sign/web" { capabilities = ["update"] }
path "pki/intermediate/*" { capabilities = ["update"] }
path "pki/config/issuers" { capabilities = ["update"] }
path "closed/*" { capabilities = ["deny"] }
POLICY
bao write auth/kubernetes/role/openbao-certificates bound_service_account_names=openbao-certificates \
    bound_service_account_namespaces="$1" token_policies=certificates token_ttl=10m
bao secrets enable -max-lease-ttl=87600h pki
bao secrets enable -path=closed pki
bao secrets enable -path=theirs pki
bao write theirs/root/generate/internal common_name=theirs
bao write pki/roles/web allowed_domains=svc allow_subdomains=true allow_bare_domains=true \
    key_type=ec max_ttl=2160h
"""


@pytest.fixture(scope="module")
def site(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[CertificateSite]:
    with made_site(tmp_path_factory.mktemp("openbao"), testbed) as made:
        made.space("bao")
        serve(made)
        binding = {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": made.namespace("bao")},
            "roleRef": {
                "apiGroup": "rbac.authorization.k8s.io",
                "kind": "ClusterRole",
                "name": "system:auth-delegator",
            },
            "subjects": [{"kind": "ServiceAccount", "name": "server", "namespace": made.namespace("bao")}],
        }
        made.apply("bao", binding)
        try:
            made.kubectl("bao", "wait", "--for=condition=Ready", "pod/openbao", "--timeout=90s")
            bao(made, SETUP)
            yield made
        finally:
            made.kubectl("bao", "delete", "clusterrolebinding", made.namespace("bao"))


def serve(site: CertificateSite) -> None:
    """One server that keeps nothing, and its Service."""
    labels = {"app": "openbao"}
    container = {
        "name": "openbao",
        "image": f"{site.platform.registry}/openbao/openbao:2.7.2",
        "command": ["bao", "server", "-dev", "-dev-listen-address=0.0.0.0:8200", "-dev-no-store-token"],
        "env": [
            {"name": "BAO_DEV_ROOT_TOKEN_ID", "value": TOKEN},
            {"name": "HOME", "value": "/tmp"},
            {"name": "BAO_ADDR", "value": "http://127.0.0.1:8200"},
            {"name": "BAO_TOKEN", "value": TOKEN},
        ],
        "ports": [{"name": "api", "containerPort": 8200}],
        "readinessProbe": {"httpGet": {"path": "/v1/sys/health", "port": "api"}, "periodSeconds": 1},
        "securityContext": LOCKED,
    }
    site.apply(
        "bao",
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "server"}},
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "openbao-certificates"}},
        service("openbao", labels, 8200, "api"),
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "openbao", "labels": labels},
            "spec": {**POD, "serviceAccountName": "server", "containers": [container]},
        },
    )


def bao(site: CertificateSite, script: str) -> str:
    words = ("exec", "-i", "openbao", "--", "sh", "-eus", site.namespace("bao"))
    return site.kubectl("bao", *words, stdin=script).strip()


def document(site: CertificateSite, *, store: Mapping[str, Any] | None = None, **more: Any) -> None:
    """One certificate that OpenBao signs."""
    host = f"web.{site.namespace('web')}.svc"
    one = {"name": "web-tls", "namespace": "web", "names": [host], "issuer": "openbao", **more}
    said = {"namespace": site.namespace("bao"), "role": "web", **(store or {})}
    site.write({**one, "served": {"service": "web", "port": 8443}}, openbao=said)


def issuers(site: CertificateSite) -> int:
    """Authorities of the store that have a key there."""
    keys = bao(site, "bao list -format=json pki/keys | grep -c '\"' || true")
    return int(keys)


def serial(site: CertificateSite) -> str:
    return site.verb("status", "--json").json()["certificates"][0]["serial"]  # type: ignore[no-any-return]


def test_it_signs_under_the_bootstrap_authority_and_clients_trust_that_alone(site: CertificateSite) -> None:
    document(site)
    said = site.must("issue")
    assert "pki has an authority of its own" in said.err
    assert TOKEN not in said.out + said.err
    site.serve("web-tls")
    assert site.states() == {"authority": "fine", "web-tls": "fine"}
    assert site.ask(site.root) == f"{serial(site)} 200"
    assert issuers(site) == 1
    assert "nothing was done" in site.must("renew").out
    # The key has never been there: what is kept is the certificate alone.
    assert "private" not in bao(site, "bao read pki/cert/$(bao list pki/certs | tail -1)").lower()


def test_it_is_renewed_by_the_same_authority_and_no_token_stays(site: CertificateSite) -> None:
    before = serial(site)
    assert site.states("--within", "90d")["web-tls"] == "due"
    host = f"web.{site.namespace('web')}.svc"
    document(site, names=[host, f"second.{host}"])
    site.must("renew")
    assert serial(site) != before
    assert site.ask(site.root) == f"{serial(site)} 200"
    assert issuers(site) == 1
    found = bao(site, "bao list -format=json auth/token/accessors | grep -c '\"' || true")
    assert int(found) == 1, "the administrator's"


def test_who_changes_the_issuer_changes_nothing_for_clients(site: CertificateSite) -> None:
    root = site.root
    document(site, issuer="bootstrap")
    assert site.states()["web-tls"] == "other"
    site.must("renew")
    assert site.ask(root) == f"{serial(site)} 200"
    document(site)
    site.must("renew")
    assert site.ask(root) == f"{serial(site)} 200"
    assert site.root == root


@pytest.mark.parametrize(
    ("store", "more", "code", "words"),
    [
        ({"mount": "closed"}, {}, 5, 'path "closed/intermediate/generate/internal"'),
        ({"mount": "theirs"}, {}, 6, "is not under ours"),
        ({"mount": "absent"}, {}, 6, "bao secrets enable -path=absent pki"),
        ({"role": "absent"}, {}, 5, "absent"),
        ({"account": "server"}, {}, 5, "server"),
        ({"tls": True}, {}, 5, "certificates.openbao.tls says whether its port speaks TLS"),
        ({"service": "absent"}, {}, 5, "there is no Service absent in"),
        ({}, {"names": ["web.example.com"]}, 5, "not allowed by this role"),
        ({}, {"duration": "200d", "renewBefore": "95d"}, 6, "it would be due at once"),
    ],
    ids=["denied", "theirs", "no-mount", "no-role", "no-login", "no-tls", "no-pod", "name", "short"],
)
def test_what_it_refuses_is_told_with_the_next_step_and_what_was_there_stays(
    site: CertificateSite, store: dict[str, Any], more: dict[str, Any], code: int, words: str
) -> None:
    before = site.secret("web", "web-tls")
    names = more.get("names", [f"third.web.{site.namespace('web')}.svc"])
    document(site, store=store, **{**more, "names": names})
    said = site.verb("renew")
    assert said.code == code, said.err
    assert words in said.err
    assert site.secret("web", "web-tls") == before
