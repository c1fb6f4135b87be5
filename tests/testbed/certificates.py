"""Keys, certificates and passwords of one testbed: made once, at random, readable by their owner only."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from tests.testbed import network, packages
from tests.testbed.command import run
from tests.testbed.record import write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.testbed.layout import Layout

_DAYS = "365"
REGISTRY_USER = "testbed"


@dataclass(frozen=True)
class Secrets:
    """The passwords of one testbed."""

    admin_token: str
    registry_password: str


@dataclass(frozen=True)
class Authority:
    """A certificate authority of our own."""

    key: Path
    certificate: Path


def passwords(layout: Layout) -> Secrets:
    """This testbed's passwords, made at the first call."""
    if layout.secrets.exists():
        return Secrets(**json.loads(layout.secrets.read_text()))
    made = Secrets(admin_token=secrets.token_hex(24), registry_password=secrets.token_urlsafe(24))
    write(layout.secrets, json.dumps(asdict(made)))
    return made


def htpasswd(file: Path, user: str, password: str) -> None:
    """Writes the password file of an http server. Raises ToolFailedError."""
    # The lowest bcrypt cost: every request to the registry pays for it.
    line = run([packages.required("htpasswd"), "-niB", "-C", "4", user], stdin=password)
    write(file, line)


def authority(folder: Path, name: str) -> Authority:
    """The certificate authority in `folder`, made at the first call."""
    made = Authority(key=folder / "ca.key", certificate=folder / "ca.crt")
    if not made.certificate.exists():
        _new_key(made.key)
        _openssl(
            *(
                "req",
                "-x509",
                "-new",
                "-key",
                str(made.key),
                "-sha256",
                "-days",
                _DAYS,
                "-subj",
                f"/CN={name}",
            ),
            *("-addext", "basicConstraints=critical,CA:TRUE"),
            *("-addext", "keyUsage=critical,keyCertSign,cRLSign,digitalSignature"),
            *("-out", str(made.certificate)),
        )
    return made


def issue(ca: Authority, folder: Path, name: str, subject: str, names: tuple[str, ...]) -> None:
    """Makes `name`.key and `name`.crt, good for servers (for `names`, as "DNS:x" or "IP:x") and clients."""
    key, certificate = folder / f"{name}.key", folder / f"{name}.crt"
    if certificate.exists():
        return
    _new_key(key)
    request = _openssl("req", "-new", "-key", str(key), "-subj", subject)
    extensions = ["basicConstraints=CA:FALSE", "extendedKeyUsage=serverAuth,clientAuth"]
    if names:
        extensions.append(f"subjectAltName={','.join(names)}")
    settings = folder / f"{name}.ext"
    settings.write_text("\n".join(extensions) + "\n")
    signed = _openssl(
        *("x509", "-req", "-CA", str(ca.certificate), "-CAkey", str(ca.key), "-CAcreateserial"),
        *("-sha256", "-days", _DAYS, "-extfile", str(settings)),
        stdin=request,
    )
    write(certificate, signed, 0o644)


def for_cluster(layout: Layout) -> Authority:
    """Everything the API server and the kubelet need. Raises ToolFailedError."""
    folder = layout.pki
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    ca = authority(folder, "pipelinekit-testbed")
    names = ("kubernetes", "kubernetes.default", "kubernetes.default.svc")
    issue(
        ca,
        folder,
        "apiserver",
        "/CN=kube-apiserver",
        (
            *(f"DNS:{name}" for name in (*names, f"{names[-1]}.{network.CLUSTER_DOMAIN}")),
            *(f"IP:{address}" for address in (network.HOST_ADDRESS, network.API_SERVICE)),
        ),
    )
    issue(ca, folder, "kubelet-client", "/O=system:masters/CN=kube-apiserver-kubelet-client", ())
    issue(
        ca,
        folder,
        "kubelet",
        f"/CN={network.NODE}",
        (f"DNS:{network.NODE}", f"IP:{network.HOST_ADDRESS}"),
    )
    public = folder / "service-accounts.pub"
    if not public.exists():
        _new_key(folder / "service-accounts.key")
        # The API server does not find the public half in a private key of this format.
        write(public, _openssl("pkey", "-in", str(folder / "service-accounts.key"), "-pubout"), 0o644)
    return ca


def _new_key(path: Path) -> None:
    write(path, _openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"))


def _openssl(*arguments: str, stdin: str | None = None) -> str:
    return run([packages.required("openssl"), *arguments], stdin=stdin)
