"""The node's container runtime: containerd with its own folders and socket, pods on one bridge."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.testbed import binaries, network, packages
from tests.testbed.certificates import REGISTRY_USER
from tests.testbed.processes import Program
from tests.testbed.record import write

if TYPE_CHECKING:
    from tests.testbed.certificates import Secrets
    from tests.testbed.layout import Layout

CNI_NETWORK = "pipelinekit-testbed"
_CNI_PROGRAMS = "/usr/lib/cni"


def program(layout: Layout, secrets: Secrets) -> Program:
    """Writes containerd's files; what to start."""
    home = layout.state / "containerd"
    config = _config(layout, secrets)
    write(home / "config.toml", config)
    # The registry is a mirror of docker.io as well, so that an image's short name works in a pod.
    for host in (network.REGISTRY, "docker.io"):
        folder = home / "hosts" / host
        server = f"http://{network.REGISTRY}"
        text = f'server = "{server}"\n[host."{server}"]\n  capabilities = ["pull", "resolve"]\n'
        write(folder / "hosts.toml", text, 0o644)
    write(layout.state / "cni" / "10-testbed.conflist", json.dumps(_pod_network(layout), indent=2), 0o644)
    return Program(
        argv=(packages.required("containerd"), "--config", str(home / "config.toml")),
        reads=(config,),
    )


def _config(layout: Layout, secrets: Secrets) -> str:
    home = layout.state / "containerd"
    cri = 'plugins."io.containerd.grpc.v1.cri"'
    # restrict_oom_score_adj: without CAP_SYS_RESOURCE no sandbox would start.
    # netns_mounts_under_state_dir: so that a pod's network namespace is seen to be ours.
    # opt: its default is a folder in /opt.
    return f"""\
version = 2
root = "{home}/root"
state = "{home}/run"

[grpc]
  address = "{layout.containerd_socket}"

[plugins."io.containerd.internal.v1.opt"]
  path = "{home}/opt"

[{cri}]
  sandbox_image = "{network.REGISTRY}/{binaries.PAUSE.image}"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [{cri}.cni]
    bin_dir = "{_CNI_PROGRAMS}"
    conf_dir = "{layout.state}/cni"
  [{cri}.containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [{cri}.containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [{cri}.containerd.runtimes.runc.options]
        Root = "{home}/runc"
  [{cri}.registry]
    config_path = "{home}/hosts"
    [{cri}.registry.configs."{network.REGISTRY}".auth]
      username = "{REGISTRY_USER}"
      password = "{secrets.registry_password}"
"""


def _pod_network(layout: Layout) -> object:
    return {
        "cniVersion": "0.4.0",
        "name": CNI_NETWORK,
        "plugins": [
            {
                "type": "bridge",
                "bridge": network.BRIDGE,
                "isGateway": True,
                "hairpinMode": True,  # a pod may reach itself through its Service
                "ipam": {
                    "type": "host-local",
                    "dataDir": str(layout.state / "cni-addresses"),
                    "ranges": [[{"subnet": network.POD_NETWORK, "gateway": network.HOST_ADDRESS}]],
                    "routes": [{"dst": "0.0.0.0/0"}],
                },
            },
            {"type": "portmap", "capabilities": {"portMappings": True}},
        ],
    }
