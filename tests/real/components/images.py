"""Images of servers that the testbed does not make for everybody: made when a test wants them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.real.components.site import image
from tests.testbed import tools
from tests.testbed.layout import Layout

# As the official one it has busybox' commands beside the programs.
PROMETHEUS = """\
FROM {registry}/library/busybox:stable
COPY prometheus promtool /bin/
USER 65534
"""
ALERTMANAGER = """\
FROM {registry}/library/busybox:stable
COPY alertmanager amtool /bin/
USER 65534
"""
STATE = """\
FROM scratch
COPY kube-state-metrics /kube-state-metrics
USER 65534
"""
EXPORTER = """\
FROM scratch
COPY elasticsearch_exporter /bin/elasticsearch_exporter
USER 65534
"""

# The official one has a shell and coreutils beside its programs, and nothing of these.
MINIO = """\
FROM {registry}/library/busybox:stable
RUN rm /bin/awk /bin/find /bin/grep /bin/sed /bin/tar /bin/wget /bin/xargs
COPY minio mc /bin/
USER 1000
"""


def minio(env: Mapping[str, str], scratch: Path) -> dict[str, str]:
    """The values of an image of MinIO, server and client."""
    text = MINIO.format(registry=env["PK_TESTBED_REGISTRY"])
    programs = tools.minio(Layout.from_environment())
    return pushed(env, scratch / "minio", f"minio/minio:{tools.MINIO[-12:]}", text, *programs)


def prometheus(env: Mapping[str, str], scratch: Path) -> dict[str, str]:
    """The values of an image of Prometheus, as a chart takes them."""
    program = tools.prometheus(Layout.from_environment())
    text = PROMETHEUS.format(registry=env["PK_TESTBED_REGISTRY"])
    name = f"prometheus/prometheus:v{tools.PROMETHEUS[1]}"
    return pushed(env, scratch / "prometheus", name, text, program, program.with_name("promtool"))


def alertmanager(env: Mapping[str, str], scratch: Path) -> dict[str, str]:
    """Those of Alertmanager."""
    program = tools.alertmanager(Layout.from_environment())
    text = ALERTMANAGER.format(registry=env["PK_TESTBED_REGISTRY"])
    name = f"prometheus/alertmanager:v{tools.ALERTMANAGER}"
    return pushed(env, scratch / "alertmanager", name, text, program, program.with_name("amtool"))


def state_metrics(env: Mapping[str, str], scratch: Path) -> dict[str, str]:
    """Those of kube-state-metrics."""
    program = tools.kube_state_metrics(Layout.from_environment())
    return pushed(env, scratch / "state", "kube-state-metrics/kube-state-metrics:v2.20.0", STATE, program)


def elasticsearch_exporter(env: Mapping[str, str], scratch: Path) -> dict[str, str]:
    """Those of Elasticsearch's exporter."""
    program = tools.elasticsearch_exporter(Layout.from_environment())
    name = "prometheuscommunity/elasticsearch-exporter:v1.11.0"
    return pushed(env, scratch / "exporter", name, EXPORTER, program)


def pushed(
    env: Mapping[str, str], folder: Path, name: str, dockerfile: str, *programs: Path
) -> dict[str, str]:
    """Build an image of a folder, which goes, and these programs; its values, once the registry has it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Dockerfile").write_text(dockerfile)
    for each in programs:
        shutil.copy(each, folder / each.name)
    whole = f"{env['PK_TESTBED_REGISTRY']}/{name}"
    for words in (
        ("build", "--quiet", "--tag", whole, str(folder)),
        ("push", "--quiet", whole),
        ("rmi", whole),
    ):
        done = subprocess.run(
            ["docker", *words],
            env={**os.environ, **env},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, f"docker {words[0]}: {done.stderr}"
    shutil.rmtree(folder)
    return image(env, name)
