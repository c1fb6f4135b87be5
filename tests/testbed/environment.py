"""What a program has to know to use a testbed that is up, as environment variables."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tests.testbed import binaries, cluster, engine, network, record, toolchain
from tests.testbed.errors import NotUpError

if TYPE_CHECKING:
    from tests.testbed.layout import Layout


def environment(layout: Layout) -> dict[str, str]:
    """What to set to use the testbed. Raises NotUpError when there is none."""
    known = record.load(layout.record)
    if known is None or known.boot != record.boot():
        raise NotUpError("the testbed is not up: python -m tests.testbed up")
    go = toolchain.find(layout)
    clients = binaries.clients(layout)
    return {
        "KUBECONFIG": str(layout.kubeconfig),
        "DOCKER_CONFIG": str(layout.docker_config),
        **engine.environment(layout, ours=known.engine_is_ours),
        "PK_TESTBED_REGISTRY": network.REGISTRY,
        "PK_TESTBED_CONTEXT": cluster.CONTEXT,
        "PK_TESTBED_NODE": network.NODE,
        "PK_TESTBED_GO_TAG": go.tag if go else "",
        "PK_TESTBED_BIN": str(clients),
        "PK_TESTBED_BAO": str(binaries.unpacked(layout, binaries.BAO) / "bao"),
        "PATH": f"{clients}:{os.environ.get('PATH', os.defpath)}",
        **_direct(),
    }


def _direct() -> dict[str, str]:
    """Keeps clients from asking a proxy for the cluster's own addresses."""
    if not any(os.environ.get(name) for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")):
        return {}
    known = os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or ""
    ours = f"127.0.0.1,localhost,{network.POD_NETWORK},{network.SERVICE_NETWORK}"
    return {"NO_PROXY": f"{known},{ours}".lstrip(",")}
