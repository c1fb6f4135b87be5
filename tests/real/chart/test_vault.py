"""Secrets from Vault, as files in memory: with OpenBao itself."""

from __future__ import annotations

import base64
import json
import ssl
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pipelinekit.adapters.certificates.x509 import Authorities
from tests.real import app
from tests.real.app import Application, eventually
from tests.real.chart.test_workloads import _pods


@contextmanager
def _bao(testbed: Mapping[str, str], folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """A real OpenBao server on the node's address, unsealed, and the environment for its command line.

    It speaks TLS, by an authority that nobody knows but who reads `BAO_CACERT`.
    """
    program = testbed["PK_TESTBED_BAO"]
    service = ("get", "endpoints", "kubernetes", "-o", "jsonpath={.subsets[0].addresses[0].ip}")
    host = subprocess.run(
        ["kubectl", *service],
        env={"HOME": str(folder), **testbed},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    address, authority = f"https://{host}:18200", _certified(folder, host)
    own = ["-dev-listen-address=127.0.0.1:18201", f"-config={folder / 'server.hcl'}"]
    arguments = ["server", "-dev", "-dev-root-token-id=root", *own]
    env = {"HOME": str(folder), "BAO_ADDR": address, "BAO_TOKEN": "root", "PATH": testbed["PATH"]}
    env["BAO_CACERT"] = str(authority)
    with subprocess.Popen(
        [program, *arguments], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            assert eventually(lambda: _answers(f"{address}/v1/sys/health", authority))
            yield address, env
        finally:
            server.terminate()


def _certified(folder: Path, host: str) -> Path:
    """Have a server's configuration in `server.hcl`, with a certificate; the file of who vouches for it."""
    signer, now = Authorities(), int(time.time())
    root = signer.authority("keys", now, 3600)
    key, request = signer.request([host])
    texts = {
        "ca.crt": root.certificate,
        "tls.key": key,
        "tls.crt": signer.sign(root, request, [host], now, 3600),
        "server.hcl": f'listener "tcp" {{\n  address = "{host}:18200"\n'
        f'  tls_cert_file = "{folder}/tls.crt"\n  tls_key_file = "{folder}/tls.key"\n}}\n',
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    return folder / "ca.crt"


def _answers(url: str, authority: Path) -> bool:
    try:
        known = ssl.create_default_context(cafile=str(authority))
        with urllib.request.urlopen(url, timeout=2, context=known):  # noqa: S310 - of the test's own
            return True
    except OSError:
        return False


def test_secrets_from_vault_are_files_in_memory(testbed: Mapping[str, str], tmp_path: Path) -> None:
    secret = "s3cr3t with 'quotes' and $(dollars)"
    with app.new(testbed, tmp_path / "apps") as application, _bao(testbed, tmp_path) as (address, env):
        _prepare(application, env, secret)
        registry = testbed["PK_TESTBED_REGISTRY"]
        platform = tmp_path / "platform.yaml"
        platform.write_text(
            "apiVersion: pipelinekit/v1\nkind: Platform\nmetadata: {name: acme}\n"
            f'images: {{registry: "{registry}", mirror: "{registry}"}}\n'
            f'charts: {{repository: "oci://{registry}/charts"}}\n'
            f'vault: {{address: "{address}", image: "{registry}/openbao/openbao:2.7.2", authority: keys}}\n'
            "clusters: [{name: one, context: testbed}]\n"
            'environments: [{name: dev, cluster: one, namespace: "{team}-dev", automatic: true}]\n'
        )
        named = application.with_env(PIPELINEKIT_PLATFORM=str(platform))
        application.replace(
            "app.yaml",
            "  replicas: 1\n",
            '  replicas: 1\n  secrets: {DB_PASSWORD: "vault:secret/orders/{env}/db#password"}\n',
        )
        text = (application.folder / "app.yaml").read_text()
        check = "import os; print(len(open(os.environ['DB_PASSWORD_FILE']).read()))"
        application.write("app.yaml", text + f'before: {{migrate: [python, -c, "{check}"]}}\n')
        # The server is outside of the cluster here, where no label can name it.
        host = address.split("//")[1].split(":")[0]
        application.must("generate")
        application.replace(
            f"charts/{application.name}/values.yaml",
            "extraEgress: []",
            f'extraEgress: [{{to: [{{ipBlock: {{cidr: "{host}/32"}}}}], ports: [{{port: 18200}}]}}]',
        )
        application.commit()
        named.until("verify")
        (pod,) = _pods(application, "web")
        read = "import os; print(open(os.environ['DB_PASSWORD_FILE']).read(), end='')"
        executed = ("exec", "deployment/orders", "-c", "web", "--", "python", "-c", read)
        assert application.tool("kubectl", "-n", application.namespace, *executed) == secret
        mounts = application.tool(
            "kubectl",
            "-n",
            application.namespace,
            "exec",
            "deployment/orders",
            "-c",
            "web",
            "--",
            "cat",
            "/proc/mounts",
        )
        assert any(line.startswith("tmpfs /vault/secrets ") for line in mounts.splitlines())
        assert secret not in json.dumps(pod)
        assert secret not in application.manifest()
        application.must("generate", "--check")


def _prepare(application: Application, env: Mapping[str, str], secret: str) -> None:
    """Store the secret, and let the application's two accounts read it after a Kubernetes login."""
    namespace = application.namespace
    application.tool("kubectl", "create", "namespace", namespace)
    application.tool(
        "kubectl", "label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted"
    )
    known = f"--from-file=ca.crt={env['BAO_CACERT']}"
    application.tool("kubectl", "-n", namespace, "create", "configmap", "keys", known)
    reviewer = ("-n", namespace, "create", "serviceaccount", "reviewer")
    application.tool("kubectl", *reviewer)
    binding = f"reviewer-{namespace}"
    application.tool(
        "kubectl", "create", "clusterrolebinding", binding, "--clusterrole=system:auth-delegator",
        f"--serviceaccount={namespace}:reviewer",
    )  # fmt: skip
    token = application.tool(
        "kubectl", "-n", namespace, "create", "token", "reviewer", "--duration=1h"
    ).strip()
    config = json.loads(application.tool("kubectl", "config", "view", "--raw", "--minify", "-o", "json"))
    cluster = config["clusters"][0]["cluster"]
    ca = base64.b64decode(cluster["certificate-authority-data"]).decode()
    bao, program = replace(application, env={**application.env, **env}), application.env["PK_TESTBED_BAO"]
    bao.tool(program, "kv", "put", "secret/orders/dev/db", f"password={secret}")
    bao.tool(program, "auth", "enable", "kubernetes")
    bao.tool(
        program, "write", "auth/kubernetes/config", f"kubernetes_host={cluster['server']}",
        f"kubernetes_ca_cert={ca}", f"token_reviewer_jwt={token}",
    )  # fmt: skip
    bao.tool(
        program,
        "policy",
        "write",
        "orders",
        "-",
        stdin='path "secret/data/orders/*" { capabilities = ["read"] }',
    )
    bao.tool(
        program, "write", f"auth/kubernetes/role/{application.team}-orders",
        "bound_service_account_names=orders,orders-before", f"bound_service_account_namespaces={namespace}",
        "policies=orders", "ttl=10m",
    )  # fmt: skip
