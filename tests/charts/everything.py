"""A platform of every component that there is, small or large.

Ours as they are; wrappers around Elastic's and Istio's own charts, and the others around charts of the same
shape.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.charts import test_wrappers as wrappers
from tests.charts.helm import Helm
from tests.network import whole
from tests.pages.charts import CHARTS
from tests.testbed import tools
from tests.testbed.layout import Layout

ELASTIC = ("eck", "elasticsearch", "kibana")
"""In the order in which `tools.elastic_charts` has them."""
ISTIO = ("istio-base", "istiod", "istio-cni", "istio-gateway")
"""In the order in which `tools.istio_charts` has them."""
BESIDE = {"billing"}
"""No component: a word of a platform's own, as its file says."""
INSTALLED = {"calico", "calico-crds"}
"""Left alone without a word."""


def write(helm: Helm, folder: Path, level: str) -> tuple[str, ...]:
    """Write it, with an application beside it, into a folder; the names of its components."""
    ours = whole.write(folder, level)
    document = json.loads((folder / "platform.yaml").read_text())
    upstream = _upstream()
    others = [name for name in _names() if name not in ours]
    for name in others:
        if name in upstream:
            _, mirrored = wrappers.locked(helm, folder, name, level, upstream[name])
            reaches = wrappers.WAYS.get(name, []) if mirrored else []
        else:
            given = CHARTS / name / "chart" / "ci" / f"{level}-values.yaml"
            (folder / f"{name}.yaml").write_text(given.read_text())
            reaches = []
        word = {"install": True} if name in INSTALLED else {}
        document["components"].append({"name": name, "values": f"{name}.yaml", "reaches": reaches, **word})
    (folder / "platform.yaml").write_text(json.dumps(document))
    return (*ours, *others)


def _names() -> list[str]:
    return sorted({each.parent.name for each in CHARTS.glob("*/component.yaml")} - BESIDE)


def _upstream() -> dict[str, Path]:
    layout = Layout.from_environment()
    return {
        **{each.name: each for each in wrappers.UPSTREAM.iterdir()},
        **dict(zip(ELASTIC, tools.elastic_charts(layout), strict=True)),
        **dict(zip(ISTIO, tools.istio_charts(layout), strict=True)),
    }
