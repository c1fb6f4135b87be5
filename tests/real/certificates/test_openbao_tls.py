"""OpenBao that serves its API by a certificate of ours: asked under its own name, before any token goes."""

from __future__ import annotations

import json
import ssl
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from pipelinekit.adapters.certificates.openbao import _Session
from pipelinekit.adapters.certificates.x509 import Authorities
from pipelinekit.model.platform.certificates import OpenBao
from tests.freeports import free
from tests.real.kube import eventually

NAME = "openbao.openbao.svc"


def test_who_is_not_it_is_told_nothing(testbed: Mapping[str, str], tmp_path: Path) -> None:
    signer, now = Authorities(), int(time.time())
    root = signer.authority("root", now, 3600)
    key, request = signer.request([NAME])
    (tmp_path / "tls.key").write_text(key)
    (tmp_path / "tls.crt").write_text(signer.sign(root, request, [NAME], now, 900))
    plain, port = free(), free()
    said = {"tls_cert_file": str(tmp_path / "tls.crt"), "tls_key_file": str(tmp_path / "tls.key")}
    listener = {"tcp": {"address": f"127.0.0.1:{port}", **said}}
    (tmp_path / "tls.json").write_text(json.dumps({"listener": listener}))
    words = ("server", "-dev", "-dev-no-store-token", f"-dev-listen-address=127.0.0.1:{plain}")
    server = subprocess.Popen(
        [testbed["PK_TESTBED_BAO"], *words, f"-config={tmp_path / 'tls.json'}"],
        env={"HOME": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def status(name: str, authority: str) -> int:
        return _Session(port, name, authority, "here", OpenBao(role="web"))._exchange(
            "GET", "sys/health", None
        )[0]

    def answers() -> bool:
        try:
            return status(NAME, root.certificate) == 200
        except OSError:
            return False

    try:
        assert eventually(answers, 60)
        with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
            status("another.openbao.svc", root.certificate)
        with pytest.raises(ssl.SSLCertVerificationError, match="verify failed"):
            status(NAME, signer.authority("another", now, 3600).certificate)
    finally:
        server.kill()
        server.wait()
