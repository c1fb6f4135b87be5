"""The addresses, ports and names this testbed claims on the machine: fixed, so a second one is noticed."""

from __future__ import annotations

BRIDGE = "pktb0"
NODE = "testbed-node"

# Unusual private ranges: clouds, Docker and the usual installers of Kubernetes leave them alone.
POD_NETWORK = "10.233.64.0/24"
# The API server hands out the first 256 addresses of it last, so a test may choose one of them.
SERVICE_NETWORK = "10.233.0.0/20"
HOST_ADDRESS = "10.233.64.1"  # the bridge's, and so the node's: pods and host reach the API server there
API_SERVICE = "10.233.0.1"
DNS_SERVICE = "10.233.0.10"
CLUSTER_DOMAIN = "cluster.local"

REGISTRY_PORT = 15000
ETCD_PORT = 12379
ETCD_PEER_PORT = 12380
API_PORT = 16443
KUBELET_PORT = 12250

REGISTRY = f"127.0.0.1:{REGISTRY_PORT}"
API = f"https://{HOST_ADDRESS}:{API_PORT}"

LISTENERS = {
    "registry": ("127.0.0.1", REGISTRY_PORT),
    "etcd": ("127.0.0.1", ETCD_PORT),
    "etcd (peers)": ("127.0.0.1", ETCD_PEER_PORT),
    "kube-apiserver": (HOST_ADDRESS, API_PORT),
    "kubelet": (HOST_ADDRESS, KUBELET_PORT),
}

CGROUP = "pipelinekit-testbed"
RULE_COMMENT = "pipelinekit-testbed"

# The first two are wanted; the others are what kubelet, kube-proxy, dockerd and CNI set on their way.
# Writing ip_forward resets other values, so it comes first when they are put back.
WANTED_SYSCTLS = {"net.ipv4.ip_forward": "1", "net.bridge.bridge-nf-call-iptables": "1"}
TOUCHED_SYSCTLS = (
    "net.ipv4.ip_forward",
    "net.bridge.bridge-nf-call-iptables",
    "net.bridge.bridge-nf-call-ip6tables",
    "net.bridge.bridge-nf-call-arptables",
    "net.ipv4.conf.all.accept_redirects",
    "net.ipv4.conf.all.route_localnet",
    "net.ipv6.conf.all.forwarding",
    "net.ipv6.conf.default.forwarding",
    "net.netfilter.nf_conntrack_max",
    "net.netfilter.nf_conntrack_tcp_be_liberal",
    "net.netfilter.nf_conntrack_tcp_timeout_established",
    "net.netfilter.nf_conntrack_tcp_timeout_close_wait",
    "vm.overcommit_memory",
    "vm.panic_on_oom",
    "kernel.panic",
    "kernel.panic_on_oops",
    "kernel.keys.root_maxbytes",
    "kernel.keys.root_maxkeys",
)
