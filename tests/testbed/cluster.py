"""Kubernetes' own servers: their settings, and the objects a cluster has before anybody uses it."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING

from tests.testbed import binaries, certificates, network, packages
from tests.testbed.processes import Program
from tests.testbed.record import write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.testbed.certificates import Secrets
    from tests.testbed.layout import Layout

CONTEXT = "testbed"


def etcd(layout: Layout) -> Program:
    client = f"http://127.0.0.1:{network.ETCD_PORT}"
    peer = f"http://127.0.0.1:{network.ETCD_PEER_PORT}"
    return Program(
        argv=(
            packages.required("etcd"),
            f"--data-dir={layout.state / 'etcd'}",
            *(f"--listen-client-urls={client}", f"--advertise-client-urls={client}"),
            *(f"--listen-peer-urls={peer}", f"--initial-advertise-peer-urls={peer}"),
            f"--initial-cluster=default={peer}",
            "--unsafe-no-fsync",  # nothing here outlives the machine
            "--log-level=warn",
        ),
        env={"ETCD_UNSUPPORTED_ARCH": "arm64"},
    )


def apiserver(layout: Layout, secrets: Secrets) -> Program:
    pki = layout.pki
    tokens = f'{secrets.admin_token},testbed-admin,testbed-admin,"system:masters"\n'
    write(pki / "tokens.csv", tokens)
    return _kubernetes(
        layout,
        "kube-apiserver",
        f"--etcd-servers=http://127.0.0.1:{network.ETCD_PORT}",
        f"--bind-address={network.HOST_ADDRESS}",
        f"--advertise-address={network.HOST_ADDRESS}",
        f"--secure-port={network.API_PORT}",
        f"--service-cluster-ip-range={network.SERVICE_NETWORK}",
        f"--token-auth-file={pki / 'tokens.csv'}",
        f"--client-ca-file={pki / 'ca.crt'}",
        f"--tls-cert-file={pki / 'apiserver.crt'}",
        f"--tls-private-key-file={pki / 'apiserver.key'}",
        f"--kubelet-client-certificate={pki / 'kubelet-client.crt'}",
        f"--kubelet-client-key={pki / 'kubelet-client.key'}",
        f"--kubelet-certificate-authority={pki / 'ca.crt'}",
        # By address: the node's name needs no line in /etc/hosts then.
        "--kubelet-preferred-address-types=InternalIP",
        f"--service-account-issuer=https://kubernetes.default.svc.{network.CLUSTER_DOMAIN}",
        f"--service-account-key-file={pki / 'service-accounts.pub'}",
        f"--service-account-signing-key-file={pki / 'service-accounts.key'}",
        "--authorization-mode=Node,RBAC",
        "--allow-privileged=true",
        "--profiling=false",
        reads=(tokens,),
    )


def controller_manager(layout: Layout) -> Program:
    return _kubernetes(
        layout,
        "kube-controller-manager",
        f"--kubeconfig={layout.kubeconfig}",
        f"--root-ca-file={layout.pki / 'ca.crt'}",
        f"--service-account-private-key-file={layout.pki / 'service-accounts.key'}",
        f"--cluster-signing-cert-file={layout.pki / 'ca.crt'}",
        f"--cluster-signing-key-file={layout.pki / 'ca.key'}",
        # The usual limits make a new cluster wait seconds for its first pod.
        *("--kube-api-qps=500", "--kube-api-burst=1000"),
        "--leader-elect=false",
        "--secure-port=0",
    )


def scheduler(layout: Layout) -> Program:
    return _kubernetes(
        layout,
        "kube-scheduler",
        f"--kubeconfig={layout.kubeconfig}",
        *("--kube-api-qps=500", "--kube-api-burst=1000"),
        "--leader-elect=false",
        "--secure-port=0",
    )


def kubelet(layout: Layout) -> Program:
    home = layout.state / "kubelet"
    resolver = _resolver()
    write(layout.state / "resolv.conf", resolver, 0o644)
    config = {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": network.HOST_ADDRESS,
        "port": network.KUBELET_PORT,
        "healthzPort": 0,
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(layout.pki / "ca.crt")},
        },
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": str(layout.pki / "kubelet.crt"),
        "tlsPrivateKeyFile": str(layout.pki / "kubelet.key"),
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{network.CGROUP}",
        "failCgroupV1": False,
        "failSwapOn": False,
        "makeIPTablesUtilChains": False,
        "clusterDNS": [network.DNS_SERVICE],
        "clusterDomain": network.CLUSTER_DOMAIN,
        "resolvConf": str(layout.state / "resolv.conf"),
        "containerRuntimeEndpoint": f"unix://{layout.containerd_socket}",
        "podLogsDir": str(layout.state / "pod-logs"),
        "volumePluginDir": str(home / "volume-plugins"),
        # A test machine's disk may be nearly full; evicted pods would tell nothing about the tests.
        "evictionHard": {"memory.available": "50Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
        "imageGCHighThresholdPercent": 100,
        "serializeImagePulls": False,
        "registryPullQPS": 0,
        "maxPods": 200,
        "syncFrequency": "10s",
    }
    text = json.dumps(config, indent=2)
    write(home / "config.json", text, 0o644)
    return _kubernetes(
        layout,
        "kubelet",
        f"--config={home / 'config.json'}",
        f"--kubeconfig={layout.kubeconfig}",
        f"--root-dir={home}",
        f"--cert-dir={home / 'pki'}",
        f"--hostname-override={network.NODE}",
        f"--node-ip={network.HOST_ADDRESS}",
        reads=(text, resolver),
    )


def proxy(layout: Layout) -> Program:
    config = {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "nftables",
        "clientConnection": {"kubeconfig": str(layout.kubeconfig)},
        "hostnameOverride": network.NODE,
        "clusterCIDR": network.POD_NETWORK,
        "healthzBindAddress": "",
        "metricsBindAddress": "",
        # Zero leaves the machine's own connection tracking alone.
        "conntrack": {"maxPerCore": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
        "nftables": {"minSyncPeriod": "100ms"},
    }
    text = json.dumps(config, indent=2)
    file = layout.state / "kube-proxy.json"
    write(file, text, 0o644)
    return _kubernetes(layout, "kube-proxy", f"--config={file}", reads=(text,))


def policies(layout: Layout) -> Program:
    return _kubernetes(
        layout,
        "network-policies",
        f"--kubeconfig={layout.kubeconfig}",
        f"--hostname-override={network.NODE}",
        f"--service-cluster-ip-range={network.SERVICE_NETWORK}",
    )


def write_kubeconfig(layout: Layout, secrets: Secrets) -> None:
    """The administrator's kubeconfig: people's, tests' and the servers' own."""
    ca = certificates.for_cluster(layout)
    text = f"""\
apiVersion: v1
kind: Config
current-context: {CONTEXT}
clusters:
- name: {CONTEXT}
  cluster:
    server: {network.API}
    certificate-authority-data: {base64.b64encode(ca.certificate.read_bytes()).decode()}
users:
- name: {CONTEXT}-admin
  user:
    token: {secrets.admin_token}
contexts:
- name: {CONTEXT}
  context:
    cluster: {CONTEXT}
    user: {CONTEXT}-admin
"""
    write(layout.kubeconfig, text)


def _kubernetes(layout: Layout, server: str, *arguments: str, reads: tuple[str, ...] = ()) -> Program:
    binary = str(binaries.built(layout, "kubernetes"))
    return Program(argv=(binary, server, *arguments), reads=reads)


def _resolver(host: Path = Path("/etc/resolv.conf")) -> str:
    """The machine's name servers but those on loopback, which no pod can reach."""
    lines = host.read_text().splitlines() if host.exists() else []
    servers = [line for line in lines if line.startswith("nameserver ") and " 127." not in line]
    return "\n".join(servers) + "\n"


def has_upstream_resolver() -> bool:
    return bool(_resolver().strip())


def environment_of(layout: Layout) -> Mapping[str, str]:
    """What kubectl and helm need."""
    return {"KUBECONFIG": str(layout.kubeconfig)}
