"""A context alone in a file elsewhere leads kubectl where it leads it in the kubeconfig."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from pipelinekit.adapters.cluster.ground.contexts import Contexts

CONFIG = """\
apiVersion: v1
kind: Config
clusters:
- {name: near, cluster: {server: "https://127.0.0.1:1", insecure-skip-tls-verify: true}}
- {name: gone, cluster: {server: "https://127.0.0.1:1", certificate-authority: gone.crt}}
contexts:
- {name: file, context: {cluster: near, user: file}}
- {name: program, context: {cluster: near, user: program}}
- {name: gone, context: {cluster: gone, user: gone}}
users:
- {name: file, user: {tokenFile: secret/token}}
- {name: gone, user: {client-certificate: gone.crt, client-key: gone.key}}
"""
PROGRAM = """\
apiVersion: v1
kind: Config
users:
- name: program
  user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: bin/auth, interactiveMode: Never}}
- {name: file, user: {tokenFile: nothing}}
"""
AUTH = """\
#!/bin/sh
echo asked >> "$ASKED"
echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t"}}'
"""


@pytest.mark.parametrize("name", ["file", "program"])
def test_it_leads_where_the_kubeconfig_leads(name: str, testbed: Mapping[str, str], tmp_path: Path) -> None:
    for path, text in (
        ("a/config", CONFIG),
        ("a/secret/token", "t"),
        ("b/config", PROGRAM),
        ("b/bin/auth", AUTH),
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    (tmp_path / "b/bin/auth").chmod(0o755)
    asked = tmp_path / "asked"
    own = {"KUBECONFIG": f"{tmp_path}/a/config:{tmp_path}/b/config", "ASKED": str(asked)}

    def said(env: Mapping[str, str]) -> str:
        done = subprocess.run(
            ["kubectl", "--context", name, "get", "--raw", "/version"],
            env={**os.environ, **testbed, **own, **env},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stderr

    known = said({})
    with Contexts({**testbed, **own}).pinned(name) as pinned:
        assert said(pinned) == known
    assert "127.0.0.1:1" in known
    assert (asked.read_text().count("asked") if asked.exists() else 0) == (2 if name == "program" else 0)
