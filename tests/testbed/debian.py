"""A Debian root file system, as small as the official slim image, that trusts what this machine trusts."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

from tests.testbed import mounts, packages
from tests.testbed.command import STEP, run
from tests.testbed.errors import ToolFailedError

SUITE = "bookworm"
_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
_UNWANTED = ("doc", "groff", "info", "linda", "lintian", "locale", "man")

_FILES = {
    "etc/dpkg/dpkg.cfg.d/slim": "".join(f"path-exclude /usr/share/{name}/*\n" for name in _UNWANTED),
    "etc/apt/apt.conf.d/slim": (
        'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true"; };\n'
        'Dir::Cache::pkgcache "";\nDir::Cache::srcpkgcache "";\nAcquire::Languages "none";\n'
    ),
    "usr/sbin/policy-rc.d": "#!/bin/sh\nexit 101\n",
}


def identity() -> str:
    """Changes with everything that goes into the image but the mirror's packages."""
    certificates = _CERTIFICATES.read_bytes() if _CERTIFICATES.exists() else b""
    return hashlib.sha256(repr((SUITE, _UNWANTED, _FILES)).encode() + certificates).hexdigest()


def bootstrap(root: Path) -> None:
    """Fills the folder `root`. Raises ToolFailedError without a mirror of Debian."""
    mounts.detach(root)
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    command = [packages.required("debootstrap"), "--variant=minbase", "--include=ca-certificates"]
    polite = ["nice"] if packages.program("nice") else []
    run(
        [*polite, *command, SUITE, str(root), mirror()],
        timeout=900,
        env={**STEP, "PATH": packages.search_path()},
    )
    for name, text in _FILES.items():
        (root / name).write_text(text)
    (root / "usr/sbin/policy-rc.d").chmod(0o755)
    _trust(root)
    for name in _UNWANTED:
        shutil.rmtree(root / "usr/share" / name, ignore_errors=True)
    for folder in ("var/cache/apt/archives", "var/lib/apt/lists", "var/log"):
        shutil.rmtree(root / folder, ignore_errors=True)
        (root / folder / "partial" if "apt" in folder else root / folder).mkdir(parents=True)


def mirror() -> str:
    """The mirror of Debian's main archive that this machine installs from. Raises ToolFailedError."""
    places = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    found: list[str] = []
    for place in places:
        if place.suffix in {".list", ".sources"} and place.is_file():
            found += _mirrors(place.read_text(errors="replace"))
    if not found:
        raise ToolFailedError("no mirror of Debian in /etc/apt/sources.list or /etc/apt/sources.list.d")
    return found[0]


def _mirrors(text: str) -> list[str]:
    """Those that may have the suite: named with it, or at least an archive of Debian and not of its fixes."""
    uris = re.findall(r"^(?:deb\s+(?:\[[^]]*\]\s+)?|URIs:\s*)(https?://\S+)", text, re.MULTILINE)
    return [uri for uri in uris if uri.rstrip("/").endswith("/debian")]


def _trust(root: Path) -> None:
    """Adds the machine's certificate authorities that Debian does not ship, as a proxy's would be.

    As additions, not by replacing the bundle: packages rebuild that when they are installed.
    """
    shipped = set(_pem(root / _CERTIFICATES.relative_to("/")))
    extra = [block for block in _pem(_CERTIFICATES) if block not in shipped]
    folder = root / "usr/local/share/ca-certificates"
    folder.mkdir(parents=True, exist_ok=True)
    for number, block in enumerate(extra):
        (folder / f"machine-{number:03}.crt").write_text(block + "\n")
    if extra:
        run([packages.required("chroot"), str(root), "update-ca-certificates"])


def _pem(bundle: Path) -> list[str]:
    text = bundle.read_text(errors="replace") if bundle.exists() else ""
    return re.findall(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", text, re.DOTALL)
