"""The Debian packages the testbed stands on, and how they get here without their services starting."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.testbed.command import run
from tests.testbed.errors import ToolFailedError, ToolMissingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# package -> a program of it; a machine that has the program from elsewhere needs no package
PACKAGES: Mapping[str, str] = {
    "apache2-utils": "htpasswd",
    "buildah": "buildah",
    "busybox-static": "busybox",
    "ca-certificates": "update-ca-certificates",
    "containerd": "containerd",
    "containernetworking-plugins": "/usr/lib/cni/bridge",
    "debootstrap": "debootstrap",
    "docker-registry": "docker-registry",
    "docker.io": "dockerd",
    "etcd-server": "etcd",
    "git": "git",
    "iproute2": "ip",
    "ipset": "ipset",
    "iptables": "iptables",
    "kmod": "modprobe",
    "mount": "mount",
    "nftables": "nft",
    "openssl": "openssl",
    "procps": "sysctl",
    "runc": "runc",
}
FOR_TESTS: Mapping[str, str] = {
    "maven": "mvn",
    "openjdk-17-jdk-headless": "javac",
    "openssh-server": "sshd",
}
"""What the tests need beside the cluster."""
_SBIN = "/usr/local/sbin:/usr/sbin:/sbin"
_POLICY = Path("/usr/sbin/policy-rc.d")
_ASIDE = Path("/usr/sbin/policy-rc.d.before-testbed")
_DENY = "#!/bin/sh\n# pipelinekit-testbed: its packages' services stay off\nexit 101\n"


def program(name: str) -> str | None:
    """The path of a program, looked for where root's programs are too, or None."""
    return shutil.which(name, path=search_path())


def search_path() -> str:
    """PATH with the folders of root's programs, which a user's own often lacks."""
    return f"{os.environ.get('PATH', os.defpath)}:{_SBIN}"


def required(name: str) -> str:
    """The path of a program. Raises ToolMissingError."""
    found = program(name)
    if found is None:
        raise ToolMissingError(f"{name}: not found, and it should have come with a package of this testbed")
    return found


def missing(*, engine_answers: bool, whole: bool) -> tuple[str, ...]:
    """The packages whose program this machine lacks; a Docker engine that answers needs its client only."""
    wanted = {**PACKAGES, **(FOR_TESTS if whole else {})}
    if engine_answers:
        wanted["docker.io"] = "docker"
    lacking = [package for package, name in wanted.items() if program(name) is None]
    if "busybox-static" not in lacking and not _is_static(Path(required("busybox"))):
        lacking.append("busybox-static")
    return tuple(lacking)


def _is_static(binary: Path) -> bool:
    """Debian's other busybox package has a program of the same name that an empty image cannot run."""
    return b"/ld-linux" not in binary.read_bytes()


def may_install() -> bool:
    return os.geteuid() == 0 and program("apt-get") is not None


def install(packages: tuple[str, ...]) -> None:
    """Installs Debian packages and keeps their services from starting.

    Raises ToolMissingError, naming them, where that is not possible; ToolFailedError when apt fails.
    """
    if not packages:
        return
    if not may_install():
        names = " ".join(packages)
        raise ToolMissingError(f"missing: {names}; as root on Debian: apt-get install {names}")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    patient = ["-o", "DPkg::Lock::Timeout=300"]  # somebody else may be installing something
    command = ["apt-get", *patient, "install", "-y", "--no-install-recommends", *packages]
    with _services_denied():
        try:
            run(command, env=quiet, timeout=900)
        except ToolFailedError:
            # The package lists are missing or older than the mirror.
            run(["apt-get", *patient, "update"], env=quiet, timeout=300)
            run(command, env=quiet, timeout=900)


@contextmanager
def _services_denied() -> Iterator[None]:
    """For its duration, Debian's maintainer scripts start no service.

    An administrator's own policy is put aside and put back.
    """
    restore_policy()
    if _POLICY.exists():
        _POLICY.replace(_ASIDE)
    _POLICY.write_text(_DENY)
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        restore_policy()


def restore_policy() -> None:
    """Puts the administrator's policy on services back, where an installation was cut off before it could."""
    if _POLICY.exists() and _POLICY.read_text(errors="replace") == _DENY:
        _POLICY.unlink()
    if _ASIDE.exists():
        _ASIDE.replace(_POLICY)
