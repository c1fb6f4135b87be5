"""What has no place in an image, by its name."""

from __future__ import annotations

import pytest

from pipelinekit.reading.secretfiles import is_ours, is_secret


@pytest.mark.parametrize(
    "path",
    [
        ".env",
        "web/.env.local",
        "id_rsa",
        ".ssh/ID_ED25519",
        "keys/server.pem",
        "a.KEY",
        "b.p12",
        "c.pfx",
        "d.jks",
        "prod.env",
        ".npmrc",
        "ci/.pypirc",
        ".aws/credentials",
        "home/.docker/config.json",
        "config/.dockerconfigjson",
        ".kube/config",
        "kubeconfig",
        "credentials.json",
        "terraform.tfstate",
        "id_ed25519_work",
        ".ssh/work",
    ],
)
def test_a_secret(path: str) -> None:
    assert is_secret(path)


@pytest.mark.parametrize(
    "path",
    [
        *("env", "environment.py", ".environment", "id_rsa.pub", "a.pem.txt", "monkey", "x.env/a"),
        *("config.json", "aws/config", "id_ed25519_work.pub", "id_card", "credentials.jsonl"),
    ],
)
def test_no_secret(path: str) -> None:
    assert not is_secret(path)


def test_what_is_ours() -> None:
    assert all(
        map(
            is_ours,
            (".git", ".git/config", "vendor/x/.git", ".pipelinekit/lock.yaml", ".GIT/HEAD", ".git./x"),
        )
    )
    assert not any(map(is_ours, (".gitignore", "git/x", ".pipelinekit-x", "...")))
