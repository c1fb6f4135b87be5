"""The configuration of OpenBao's chart, read by the real program, under either of its names.

Vault itself cannot be had here: under its name and its variables OpenBao runs, which takes both.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests import freeports
from tests.charts.helm import Helm
from tests.charts.test_openbao import CHART
from tests.real.kube import eventually


class Server:
    """A server that runs here, and how it is asked."""

    def __init__(self, program: Path, address: str, env: Mapping[str, str]) -> None:
        self.program, self.address, self.env = program, address, dict(env)

    def said(self, *words: str, token: str = "") -> subprocess.CompletedProcess[str]:
        prefix = self.program.name.upper()
        env = {f"{prefix}_ADDR": self.address, f"{prefix}_TOKEN": token, f"{prefix}_MAX_RETRIES": "0"}
        return subprocess.run(
            [self.program, *words],
            env={"PATH": os.defpath, "HOME": self.env["HOME"], **env},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def must(self, *words: str, token: str = "") -> str:
        done = self.said(*words, token=token)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def state(self) -> Mapping[str, Any]:
        """What it says of itself; empty while it does not answer."""
        said = self.said("status", "-format=json").stdout
        return json.loads(said) if said else {}

    @contextmanager
    def running(self, *words: str) -> Iterator[None]:
        with (Path(self.env["HOME"]) / "log").open("ab") as log:
            served = subprocess.Popen([self.program, "server", *words], env=self.env, stdout=log, stderr=log)
        try:
            assert eventually(lambda: bool(self.state()), 30), (Path(self.env["HOME"]) / "log").read_text()
            yield
        finally:
            served.kill()
            served.wait()


@pytest.fixture
def opener(tmp_path: Path) -> Iterator[tuple[Server, str]]:
    """A server that seals and opens for others, and a token that may do no more than that."""
    home = tmp_path / "opener"
    home.mkdir()
    port = freeports.free()
    env = {"HOME": str(home), "PATH": os.defpath, "SKIP_SETCAP": "true"}
    server = Server(Path(os.environ["PK_TESTBED_BAO"]), f"http://127.0.0.1:{port}", env)
    with server.running("-dev", f"-dev-listen-address=127.0.0.1:{port}", "-dev-root-token-id=root"):
        policy = home / "policy.hcl"
        policy.write_text(
            "".join(
                f'path "transit/{each}/autounseal" {{ capabilities = ["update"] }}\n'
                for each in ("encrypt", "decrypt")
            )
        )
        server.must("secrets", "enable", "transit", token="root")
        server.must("write", "-f", "transit/keys/autounseal", token="root")
        server.must("policy", "write", "autounseal", str(policy), token="root")
        made = ("token", "create", "-orphan", "-policy=autounseal", "-period=24h", "-field=token")
        yield server, server.must(*made, token="root")


@pytest.mark.parametrize("program", ["bao", "vault"])
def test_another_server_opens_it_at_each_start(
    helm: Helm, whole: Callable[[Path], Path], tmp_path: Path, opener: tuple[Server, str], program: str
) -> None:
    seal = {"type": "transit", "secret": "seal", "transit": {"address": opener[0].address}}
    file = CHART / "ci" / "single-node-values.yaml"
    objects = helm.objects(whole(CHART), {"program": program, "seal": seal}, files=[file], release="openbao")
    (server,) = [each for each in objects if each["kind"] == "StatefulSet"]
    (container,) = server["spec"]["template"]["spec"]["containers"]
    (text,) = [each["data"]["openbao.hcl"] for each in objects if "openbao.hcl" in each.get("data", {})]
    api, cluster = freeports.free(), freeports.free()
    (tmp_path / "data").mkdir()
    # There is no cluster to register with, and the first server joins nobody.
    text = re.sub(r'service_registration "kubernetes" \{\}|retry_join \{.*?\n  \}', "", text, flags=re.DOTALL)
    text = text.replace("[::]:8200", f"127.0.0.1:{api}").replace("[::]:8201", f"127.0.0.1:{cluster}")
    config = tmp_path / "openbao.hcl"
    config.write_text(text.replace("/data", str(tmp_path / "data")))
    named = tmp_path / program
    named.symlink_to(os.environ["PK_TESTBED_BAO"])
    prefix = program.upper()
    told = {each["name"] for each in container["env"]}
    given = {
        f"{prefix}_TOKEN": opener[1],
        f"{prefix}_RAFT_NODE_ID": "openbao-0",
        f"{prefix}_API_ADDR": f"http://127.0.0.1:{api}",
        f"{prefix}_CLUSTER_ADDR": f"https://127.0.0.1:{cluster}",
    }
    assert given.keys() <= told
    env = {"HOME": str(tmp_path), "PATH": os.defpath, **given}
    mine = Server(named, f"http://127.0.0.1:{api}", env)
    with mine.running(f"-config={config}"):
        assert mine.state()["initialized"] is False
        words = ("operator", "init", "-recovery-shares=1", "-recovery-threshold=1", "-format=json")
        root = json.loads(mine.must(*words))["root_token"]
        assert eventually(lambda: mine.said("token", "lookup", token=root).returncode == 0, 30)
    with mine.running(f"-config={config}"):
        assert eventually(lambda: mine.state().get("sealed") is False, 30)
        assert mine.state()["type"] in ("transit", "shamir")
        assert eventually(lambda: mine.said("token", "lookup", token=root).returncode == 0, 30)
