"""A Go new enough for the servers: the machine's, or one fetched as a module by an older Go."""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.testbed import packages
from tests.testbed.command import STEP, run
from tests.testbed.errors import ToolFailedError, ToolMissingError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.testbed.layout import Layout
    from tests.testbed.progress import Progress

NEEDED = (1, 26)  # what Prometheus asks for; CoreDNS is content with 1.25, Kubernetes 1.34 with 1.24
_FETCHED = "1.26.8"
_PLATFORM = {"x86_64": "linux-amd64", "aarch64": "linux-arm64"}


@dataclass(frozen=True)
class Go:
    """A Go installation."""

    root: Path
    version: str  # as "1.26.8"

    @property
    def tag(self) -> str:
        """The version as image tags have it: "1.26"."""
        return ".".join(self.version.split(".")[:2])

    def environment(self, layout: Layout) -> Mapping[str, str]:
        """Variables that keep every download and compiled package inside the testbed's cache folder."""
        return {
            "PATH": f"{self.root / 'bin'}:{os.environ.get('PATH', os.defpath)}",
            "GOROOT": str(self.root),
            "GOTOOLCHAIN": "local",
            "GOMODCACHE": str(layout.scratch / "mod"),
            "GOCACHE": str(layout.scratch / "go"),
            "GOFLAGS": "-buildvcs=false -modcacherw",
            "GOWORK": "off",
            "CGO_ENABLED": "0",
        }


def find(layout: Layout) -> Go | None:
    """A Go that is new enough, without installing anything: the machine's, or one fetched earlier."""
    for binary in (packages.program("go"), layout.cache / f"go-{_FETCHED}" / "bin" / "go"):
        if binary is not None and Path(binary).exists():
            found = _inspect(Path(binary))
            if found is not None and _numbers(found.version) >= NEEDED:
                return found
    return None


def ensure(layout: Layout, progress: Progress) -> Go:
    """A Go that is new enough, fetched if need be.

    Raises ToolMissingError where no Go at all may be installed, ToolFailedError when the download fails.
    """
    found = find(layout)
    if found is not None:
        return found
    if packages.program("go") is None:
        if not packages.may_install():
            raise ToolMissingError(f"missing: Go {NEEDED[0]}.{NEEDED[1]} or newer, on PATH")
        with progress.step("installing Debian's Go, to fetch a newer one with"):
            packages.install(("golang-go",))
    with progress.step(f"fetching Go {_FETCHED}"):
        return _fetch(layout)


def _fetch(layout: Layout) -> Go:
    platform = _PLATFORM.get(os.uname().machine)
    if platform is None:
        raise ToolMissingError(
            f"missing: Go {NEEDED[0]}.{NEEDED[1]} or newer, on PATH ({os.uname().machine})"
        )
    module = f"golang.org/toolchain@v0.0.1-go{_FETCHED}.{platform}"
    scratch = layout.scratch / "toolchain"
    scratch.mkdir(parents=True, exist_ok=True)
    variables = {
        "GOMODCACHE": str(layout.scratch / "mod"),
        "GOFLAGS": "-modcacherw",
        "GOTOOLCHAIN": "local",
        **STEP,
    }
    download = ["go", "mod", "download", "-json", module]
    answer = json.loads(run(download, env=variables, cwd=scratch, timeout=600))
    home = layout.cache / f"go-{_FETCHED}"
    partial = home.with_name(f"{home.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(answer["Dir"], partial, symlinks=True)
    # Modules carry no permission bits, so the programs in this one have to be made executable again.
    for folder in ("bin", "pkg/tool"):
        for file in (partial / folder).rglob("*"):
            file.chmod(0o755)
    partial.rename(home)
    fetched = _inspect(home / "bin" / "go")
    if fetched is None:
        raise ToolFailedError(f"{home}/bin/go does not run")
    return fetched


def _inspect(binary: Path) -> Go | None:
    try:
        root, version = run(
            [str(binary), "env", "GOROOT", "GOVERSION"], env={"GOTOOLCHAIN": "local", "GOROOT": ""}
        ).splitlines()
    except (ToolMissingError, ToolFailedError, ValueError):
        return None
    return Go(root=Path(root), version=version.removeprefix("go").split()[0])


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:2])
