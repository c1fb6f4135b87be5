"""`nexus plan` and `nexus apply` against a server that holds every request against the published models."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import nexus as double
from tests import warm
from tests.nexus import Nexus
from tests.real.app import Said

SECTION: dict[str, Any] = {
    "acceptEula": True,
    "blobStores": [{"name": "images", "quota": 1024}, {"name": "packages"}],
    "repositories": [
        {"name": "docker-all", "format": "docker", "kind": "group", "members": ["docker-hosted", "hub"]},
        {"name": "docker-hosted", "format": "docker", "kind": "hosted", "blobStore": "images", "port": 5000},
        {
            "name": "hub",
            "format": "docker",
            "kind": "proxy",
            "remote": "https://registry-1.docker.io",
            "subdomain": "hub",
            "cleanup": ["unused-images"],
        },
        {"name": "quay", "format": "docker", "kind": "proxy", "remote": "https://quay.io"},
        {"name": "helm-hosted", "format": "helm", "kind": "hosted"},
        {"name": "helm-proxy", "format": "helm", "kind": "proxy", "remote": "https://charts.jenkins.io"},
        {"name": "raw-hosted", "format": "raw", "kind": "hosted"},
        *(
            each
            for form in ("pypi", "npm", "go")
            for each in (
                {
                    "name": f"{form}-proxy",
                    "format": form,
                    "kind": "proxy",
                    "remote": f"https://{form}.example.com",
                },
                {"name": f"{form}-all", "format": form, "kind": "group", "members": [f"{form}-proxy"]},
            )
        ),
        {"name": "maven-central", "format": "maven2", "kind": "proxy", "remote": "https://maven.example.com"},
        {"name": "maven-releases", "format": "maven2", "kind": "hosted", "blobStore": "packages"},
        {
            "name": "maven-snapshots",
            "format": "maven2",
            "kind": "hosted",
            "snapshots": True,
            "cleanup": ["old-snapshots"],
        },
        {
            "name": "maven-all",
            "format": "maven2",
            "kind": "group",
            "members": ["maven-releases", "maven-snapshots", "maven-central"],
        },
    ],
    "cleanup": [
        {"name": "unused-images", "format": "docker", "unused": 30},
        {"name": "old-snapshots", "format": "maven2", "age": 14, "unused": 7},
    ],
}
SECRETS = {
    "PK_NEXUS_PASSWORD": "wanted-admin-secret",
    "PK_NEXUS_INITIAL_PASSWORD": "first",
    "PK_NEXUS_PUSH_PASSWORD": "push-secret",
    "PK_NEXUS_PULL_PASSWORD": "pull-secret",
}


@pytest.fixture
def server() -> Iterator[Nexus]:
    with double.serve() as nexus:
        yield nexus


def run(server: Nexus, folder: Path, *words: str, env: dict[str, str] | None = None, **changes: Any) -> Said:
    document = {
        "apiVersion": "pipelinekit/v1",
        "kind": "Platform",
        "metadata": {"name": "acme"},
        "images": {"registry": "nexus.acme.example:5000"},
        "charts": {"repository": "oci://nexus.acme.example:5000/charts"},
        "clusters": [{"name": "one"}],
        "environments": [{"name": "dev", "cluster": "one", "namespace": "{team}-dev"}],
        "nexus": {"url": server.url, **SECTION, **changes},
    }
    path = folder / "platform.yaml"
    path.write_text(json.dumps(document))
    ours = {**os.environ, **(SECRETS if env is None else env)}
    done = warm.run(
        (warm.PROGRAM, "nexus", *words, "--platform", str(path)),
        cwd=folder,
        env=ours,
        timeout=120,
    )
    return Said(done.returncode, done.stdout, done.stderr)


def test_a_new_server_is_brought_into_the_described_state(server: Nexus, tmp_path: Path) -> None:
    planned = run(server, tmp_path, "plan")
    assert planned.code == 0, planned.err
    assert server.writes == [], "a plan changes nothing"
    assert "create repository docker-hosted" in planned.out
    applied = run(server, tmp_path, "apply", "--json")
    assert applied.code == 0, applied.err
    assert applied.json()["changes"] == planned.out.splitlines()
    assert server.accepted
    assert server.password == SECRETS["PK_NEXUS_PASSWORD"]
    assert server.realms == ["NexusAuthenticatingRealm", "DockerToken"]
    assert server.anonymous["enabled"] is False
    assert len(server.repositories) == len(SECTION["repositories"])
    assert server.passwords == {"pipelinekit-push": "push-secret", "pipelinekit-pull": "pull-secret"}
    policies = {name: each["storage"].get("writePolicy") for name, each in server.repositories.items()}
    assert {policies[name] for name in ("docker-hosted", "helm-hosted", "raw-hosted", "maven-releases")} == {
        "allow_once"
    }
    assert policies["maven-snapshots"] == "allow"
    docker = {name: server.repositories[name]["docker"] for name in ("docker-all", "docker-hosted", "hub")}
    assert docker["docker-hosted"]["httpPort"] == 5000
    assert docker["docker-all"]["pathEnabled"] is True
    assert docker["hub"]["subdomain"] == "hub"
    push, pull = (set(server.roles[f"pipelinekit-{each}"]["privileges"]) for each in ("push", "pull"))
    assert "nx-repository-view-docker-docker-hosted-add" in push
    assert not any(each.endswith(("-add", "-edit")) for each in pull)
    assert not any("-hub-add" in each or "-hub-edit" in each for each in push)
    done = len(server.writes)
    again = run(server, tmp_path, "apply")
    assert again.code == 0, again.err
    assert "already" in again.out
    assert len(server.writes) == done
    assert run(server, tmp_path, "plan", "--check").code == 0


def test_a_server_that_is_not_there_yet_is_waited_for_when_told_so(tmp_path: Path) -> None:
    begins = threading.Event()
    with double.serve(begins) as server:
        at_once = run(server, tmp_path, "plan")
        assert (at_once.code, "does not answer: Connection refused" in at_once.err) == (5, True), at_once.err
        beginning = threading.Timer(4, begins.set)
        beginning.start()
        said = run(server, tmp_path, "plan", "--wait=60")
        beginning.join()
    assert said.code == 0, said.err
    assert "create repository docker-hosted" in said.out


def test_drift_is_shown_and_mended_and_other_settings_stay(server: Nexus, tmp_path: Path) -> None:
    assert run(server, tmp_path, "apply").code == 0
    server.repositories["docker-hosted"]["storage"]["writePolicy"] = "allow"
    server.repositories["hub"]["proxy"]["contentMaxAge"] = 5
    server.repositories["hub"]["routingRuleName"] = "by-hand"
    server.roles["pipelinekit-pull"]["privileges"].append("nx-repository-view-raw-raw-hosted-edit")
    server.users["pipelinekit-pull"]["status"] = "disabled"
    server.anonymous["enabled"] = True
    server.realms = ["NexusAuthenticatingRealm", "LdapRealm"]
    server.repositories["by-hand"] = {**server.repositories["raw-hosted"], "name": "by-hand"}
    said = run(server, tmp_path, "plan", "--check")
    assert said.code == 1
    for words in (
        "change repository docker-hosted: storage.writePolicy is ALLOW, wanted allow_once",
        "change repository hub: proxy.contentMaxAge is 5, wanted 1440",
        "change user pipelinekit-pull: status is disabled, wanted active",
        "change anonymous access: enabled is true, wanted false",
        "switch on realm DockerToken",
    ):
        assert words in said.out
    assert "by-hand" in said.err
    before = len(server.writes)
    assert run(server, tmp_path, "apply").code == 0
    assert len(server.writes) == before + 6
    assert server.repositories["hub"]["routingRuleName"] == "by-hand"
    assert set(server.realms) == {"NexusAuthenticatingRealm", "DockerToken", "LdapRealm"}
    assert "by-hand" in server.repositories
    assert run(server, tmp_path, "plan", "--check").code == 0


def test_the_agreement_is_accepted_by_nobody_but_the_document(server: Nexus, tmp_path: Path) -> None:
    said = run(server, tmp_path, "apply", acceptEula=False)
    assert said.code == 6
    assert "acceptEula: true" in said.err
    assert not server.accepted
    assert server.repositories == {}
    assert "not accepted" in run(server, tmp_path, "plan", acceptEula=False).out


def test_a_server_without_an_agreement_needs_none(server: Nexus, tmp_path: Path) -> None:
    server.community = False
    assert run(server, tmp_path, "apply", acceptEula=False).code == 0


def test_a_wrong_password_is_tried_once(server: Nexus, tmp_path: Path) -> None:
    said = run(server, tmp_path, "apply", env={"PK_NEXUS_PASSWORD": "wrong-secret"})
    assert said.code == 5
    assert server.refused_logins == 1
    assert "PK_NEXUS_PASSWORD" in said.err
    assert "wrong-secret" not in said.err + said.out


def test_a_new_user_without_a_password_is_refused_at_once(server: Nexus, tmp_path: Path) -> None:
    said = run(server, tmp_path, "apply", env={"PK_NEXUS_PASSWORD": "first"})
    assert said.code == 6
    assert "PK_NEXUS_PUSH_PASSWORD" in said.err
    assert server.writes == []


def test_a_repository_of_another_kind_is_not_touched(server: Nexus, tmp_path: Path) -> None:
    server.repositories["helm-hosted"] = {
        "name": "helm-hosted",
        "format": "raw",
        "type": "hosted",
        "url": "x",
    }
    said = run(server, tmp_path, "apply")
    assert said.code == 6
    assert "helm-hosted is a raw hosted repository on the server" in said.err


def test_no_secret_is_said_or_sent_where_it_does_not_belong(server: Nexus, tmp_path: Path) -> None:
    for words in (("plan",), ("apply",), ("apply", "--json"), ("plan", "--json")):
        said = run(server, tmp_path, *words)
        assert not any(secret in said.out + said.err for secret in SECRETS.values() if secret != "first")
    assert not any(secret in line for secret in SECRETS.values() for line in server.log if secret != "first")
