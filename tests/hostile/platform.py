"""A platform with an example of every field: words that stand nowhere else."""

from __future__ import annotations

import base64
import copy

from tests.hostile.application import Document


def _key(mark: str) -> str:
    body = b"\0\0\0\x0bssh-ed25519\0\0\0 " + f"marked-{mark}-".encode().ljust(32, b"x")
    return f"ssh-ed25519 {base64.b64encode(body).decode()}"


PLATFORM: Document = {
    "apiVersion": "pipelinekit/v1",
    "kind": "Platform",
    "metadata": {"name": "markedplatform"},
    "images": {
        "registry": "marked-registry:5000",
        "path": "marked-path",
        "credentials": "marked-images",
        "mirror": "marked-mirror:5001",
        "mirrorCredentials": "marked-mirror-reader",
        "pullSecret": "marked-pull",
        "cache": "marked-layers",
        "signing": {
            "credentials": "marked-signer",
            "password": "marked-word",
            "publicKey": "-----BEGIN PUBLIC KEY-----\nmarkedkey\n-----END PUBLIC KEY-----",
            "log": "https://marked-log.example.com",
            "timestamps": "https://marked-clock.example.com",
        },
    },
    "retention": {"audit": "774d", "development": "775h"},
    "draft": {"idle": "776m"},
    "certificates": {
        "authority": {
            "namespace": "marked-authority",
            "duration": "779d",
            "renewBefore": "778h",
            "trusted": ["marked-client"],
        },
        "openbao": {
            "namespace": "marked-baospace",
            "service": "marked-baoservice",
            "mount": "marked-pkimount",
            "role": "marked-pkirole",
            "login": "marked-baologin",
            "account": "marked-baoaccount",
        },
        "secrets": [
            {
                "name": "marked-tlsname",
                "namespace": "marked-tlsspace",
                "names": ["marked.example.com", "*.markedstar.example.com"],
                "duration": "778d",
                "renewBefore": "777h",
                "served": {"service": "marked-tlsservice", "port": 8443, "protocol": "postgresql"},
            }
        ],
    },
    "nexus": {
        "url": "https://marked-nexus.example.com",
        "credentials": "marked-administrator",
        "blobStores": [{"name": "marked-store", "path": "marked-disk"}],
        "repositories": [
            {"name": "marked-hosted", "format": "npm", "kind": "hosted", "blobStore": "marked-store"},
            {
                "name": "marked-proxy",
                "format": "docker",
                "kind": "proxy",
                "remote": "https://marked-remote.example.com",
                "subdomain": "marked-subdomain",
                "cleanup": ["marked-cleaning"],
            },
            {"name": "marked-all", "format": "npm", "kind": "group", "members": ["marked-hosted"]},
        ],
        "cleanup": [{"name": "marked-cleaning", "format": "docker", "unused": 9}],
        "users": {"push": "marked-publisher", "pull": "marked-reader"},
    },
    "charts": {"repository": "oci://marked-charts:5000/charts", "credentials": "marked-charts-id"},
    "packages": {
        "pypi": "https://marked-pypi.example.com",
        "npm": {"url": "https://marked-npm.example.com", "credentials": "marked-npm-reader"},
        "maven": "https://marked-maven.example.com",
        "go": {"url": "https://marked-go.example.com", "credentials": "marked-go-reader"},
    },
    "jenkins": {
        "url": "https://marked-jenkins.example.com",
        "credentials": "marked-jenkins-id",
        "agent": {"label": "marked-label"},
        "source": {
            "repository": "https://marked-platform.example.com/platform.git",
            "branch": "marked-trunk",
            "path": "marked/document",
            "credentials": "marked-platform-id",
        },
        "library": {
            "repository": "https://marked-library.example.com/kit.git",
            "credentials": "marked-library-id",
            "version": "v7.7.7-marked",
        },
        "scan": "771m",
        "notify": {"step": "markedStep", "library": "marked-steps@v7"},
        "webhook": {"tokenFile": "/marked/token"},
    },
    "ledger": {
        "repository": "ssh://git@marked-git/ledger.git",
        "credentials": "marked-ledger-writer",
        "release": {"keys": [_key("release")]},
        "pipelines": [{"team": "markedowner", "keys": [{"key": _key("pipeline"), "until": "2027-07-08"}]}],
    },
    "people": [
        {
            "name": "marked.person",
            "keys": [_key("person"), {"key": _key("old"), "until": "2027-07-07"}],
            "jenkins": "marked-user",
        }
    ],
    "groups": [
        {"name": "marked-group", "people": ["marked.person"]},
        {"name": "marked-saviours", "people": ["marked.person"]},
    ],
    "vault": {
        "address": "https://marked-vault.example.com",
        "authority": "marked-vouching",
        "image": "marked-agent:1",
        "mount": "markedmount",
    },
    "clusters": [
        {
            "name": "markedcluster",
            "context": "marked-context",
            "credentials": "marked-kube",
            "server": "https://marked-server.example.com:6443",
            "ca": "sha256:" + "7" * 64,
            "network": {
                "apiServers": ["192.0.2.77:6443"],
                "nodes": ["192.0.2.0/24"],
                "pods": ["10.77.0.0/16"],
                "services": ["10.78.0.0/16"],
                "namespaces": {"markednamespace": {"marked-groundkey": "marked-groundvalue"}},
            },
        }
    ],
    "environments": [
        {"name": "markedfirst", "cluster": "markedcluster", "namespace": "marked-space", "automatic": True},
        {
            "name": "markedsecond",
            "cluster": "markedcluster",
            "namespace": "marked-second-space",
            "after": "markedfirst",
            "soak": "773m",
            "approvals": {"count": 1, "from": ["marked-group"]},
            "freeze": [
                {"from": "2026-07-03", "to": "2026-07-04", "zone": "Marked/Zone", "reason": "marked-reason"}
            ],
            "images": {"registry": "marked-other:5000"},
            "podSecurity": "baseline",
            "quota": {
                "hard": {"marked.resource": "81m"},
                "container": {
                    "default": {"marked.first": "82m"},
                    "defaultRequest": {"marked.second": "83m"},
                    "min": {"marked.third": "84m"},
                    "max": {"marked.fourth": "85m"},
                },
            },
            "charts": {"repository": "oci://marked-other-charts:5000/charts"},
            "evidence": [{"type": "marked-scan", "age": "776h", "verdict": "marked-fine"}],
            "emergency": {"from": ["marked-saviours"]},
            "change": "MARKED-#",
            "verify": {
                "prometheus": "https://marked-prometheus.example.com",
                "queries": [{"name": "marked-errors", "query": "marked_total", "max": 1}],
            },
        },
    ],
    "network": {"inside": ["203.0.113.0/24"], "services": {"markedkind": [77]}},
    "components": [
        {
            "name": "markedcomponent",
            "values": "marked-values.yaml",
            "reaches": ["203.0.113.9/32:776"],
            "images": ["markedmaker.example/markedimage:markedtag"],
        }
    ],
    "applications": [
        {
            "name": "markedapplication",
            "team": "markedowner",
            "repository": "https://marked-source.example.com/orders",
            "credentials": "marked-source-id",
            "path": "marked/folder",
            "branch": "marked-branch",
            "mirrors": ["https://marked-mirrored.example.com/orders"],
        }
    ],
}
WITH_POD = copy.deepcopy(PLATFORM)
WITH_POD["images"]["mirrorCredentials"] = {"id": "marked-mirror-reader-of-all", "pullRequests": True}
WITH_POD["packages"] = {
    "pypi": {"url": "https://marked-pypi.example.com", "credentials": "marked-pypi-reader"},
    "npm": "https://marked-npm.example.com",
    "maven": {"url": "https://marked-maven.example.com", "credentials": "marked-maven-reader"},
    "go": "https://marked-go.example.com",
}
WITH_POD["ledger"]["release"] = {
    "keys": [{"key": _key("release"), "until": "2027-07-09"}],
    "credentials": "marked-release-key",
}
WITH_POD["ledger"]["pipelines"][0]["keys"] = [_key("pipeline")]
WITH_POD["jenkins"]["agent"] = {"kubernetes": {"namespace": "markedagents", "image": "marked-image:1"}}
