"""The shape of `certificates` in `platform.yaml`."""

from __future__ import annotations

from pipelinekit.reading.schema.words import (
    DURATION,
    RELATIVE,
    Schema,
    closed,
    flag,
    label,
    listing,
    text,
    whole,
)

_NAME = (
    r"^(\*\.)?[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?(\.[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?)*$|^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$",
    "a DNS name (*. may be in front), or an IP address",
)
_ROLE = (r"^[A-Za-z0-9][A-Za-z0-9._-]*$", "letters, digits and . _ -")


def _lasts(about: str) -> Schema:
    return text(about, *DURATION, longest=10)


_SERVED = closed(
    {
        "service": label("a Service of the namespace"),
        "port": whole("its port", 1, 65535),
        "protocol": {
            "enum": ["tls", "postgresql"],
            "description": "how TLS begins there: at once, or as PostgreSQL asks for it",
        },
    },
    "service",
    "port",
    about="where the certificate is shown; every pod behind it is asked",
)

CERTIFICATES = closed(
    {
        "authority": closed(
            {
                "namespace": label("where its key is, and nothing else"),
                "duration": _lasts("how long its certificate lasts"),
                "renewBefore": _lasts("how long before its end it is renewed, with the same key"),
                "trusted": listing(label("a namespace"), "of clients, which get its certificate as well"),
            },
            about="the bootstrap authority, one in each cluster",
        ),
        "openbao": closed(
            {
                "namespace": label("where it runs"),
                "service": label("its Service"),
                "port": whole("its port", 1, 65535),
                "tls": flag("that port speaks TLS"),
                "mount": text("the store of certificates", *RELATIVE, longest=200),
                "role": text("the store's role, which says what may be signed", *_ROLE, longest=200),
                "login": text("path of the Kubernetes login", *RELATIVE, longest=200),
                "account": label("the ServiceAccount that logs in, and the login's role"),
            },
            "role",
            about="a store of certificates in OpenBao, whose authority the bootstrap one signs",
        ),
        "secrets": listing(
            closed(
                {
                    "name": label("the Secret"),
                    "namespace": label("its namespace"),
                    "names": listing(
                        text("a DNS name or an IP address", *_NAME, longest=253),
                        "whom the certificate is for",
                        minItems=1,
                        maxItems=100,
                    ),
                    "issuer": {"enum": ["bootstrap", "openbao"], "description": "who signs it"},
                    "duration": _lasts("how long it lasts"),
                    "renewBefore": _lasts("how long before its end it is renewed"),
                    "served": _SERVED,
                    "restart": flag("pods that read it are replaced when it is renewed; true"),
                },
                "name",
                "namespace",
                "names",
            ),
            "certificates, each in a Secret of type kubernetes.io/tls",
            minItems=1,
        ),
    },
    "secrets",
    about="who signs certificates, and which there are",
)
