"""The shape of a cluster in `platform.yaml`."""

from __future__ import annotations

from pipelinekit.reading.schema.words import (
    SERVER,
    SHA256,
    TEAM_CREDENTIAL,
    Schema,
    closed,
    label,
    line,
    listing,
    mapping,
    text,
)

NETWORK_PATTERN = r"^[0-9A-Fa-f.:]{2,39}/[0-9]{1,3}$"
_NETWORK = (
    NETWORK_PATTERN,
    "a network like 203.0.113.0/24 or 2001:db8::/32",
    60,
)
API_SERVER_PATTERN = r"^([0-9]{1,3}(\.[0-9]{1,3}){3}|\[[0-9A-Fa-f:]{2,39}\]):[0-9]{1,5}$"
_API_SERVER = (
    API_SERVER_PATTERN,
    "an address and a port, like 10.0.0.5:6443 or [2001:db8::5]:6443",
    60,
)
_KEY = r"^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$"
_VALUE = r"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"

_LABELS: Schema = mapping(
    text("a label's value", _VALUE, "a label's value: letters, digits, - _ .", 63),
    {
        "type": "string",
        "pattern": _KEY,
        "patternErrorMessage": "a label's key, like pipelinekit.dev/role",
        "maxLength": 317,
    },
    "labels of a namespace",
)

NETWORK: Schema = closed(
    {
        "apiServers": listing(
            text("an API server", *_API_SERVER), "the API servers' own addresses and ports"
        ),
        "nodes": listing(text("a network", *_NETWORK), "the addresses of nodes"),
        "pods": listing(text("a network", *_NETWORK), "the addresses of pods"),
        "services": listing(text("a network", *_NETWORK), "the addresses of Services"),
        "namespaces": mapping(
            _LABELS, label("a namespace"), "labels of namespaces that no component and no chart makes"
        ),
    },
    about="what `platform network` has to know of addresses",
)

CLUSTER: Schema = closed(
    {
        "name": label("a cluster"),
        "context": line("kubeconfig context", 300),
        "credentials": text("Jenkins credential: a kubeconfig file", *TEAM_CREDENTIAL),
        "server": text("the API server's address", *SERVER),
        "ca": text("digest of its certificate authority", *SHA256),
        "network": NETWORK,
    },
    "name",
)
