"""B16: the first `platform render` of many components, beside what Helm takes to render each release bare."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.benchmarks.measure import Row, Work, least, prepared
from tests.real.platform import TestPlatform
from tests.testbed import bed

COMPONENTS = 30
"""A tenth of the platform that has to be planned within 30 seconds."""
RUNS = 3


def run() -> list[Row]:
    """Each component has policies, so that it is two releases; nothing is kept of the run before."""
    with bed.session() as testbed, tempfile.TemporaryDirectory() as folder:
        cache = Path(folder, "cache")
        env = {**testbed, "KUBECONFIG": os.devnull, "XDG_CACHE_HOME": str(cache)}
        platform = TestPlatform(Path(folder), "many", env, "registry.acme.example")
        names = [f"c{number:02}" for number in range(COMPONENTS)]
        for name in names:
            platform.component(name, policies=True)
        platform.on(*names)

        def anew() -> None:
            for each in (cache, platform.folder / ".pipelinekit"):
                shutil.rmtree(each, ignore_errors=True)

        def bare() -> None:
            for name in names:
                own = platform.folder / "platform-charts" / name
                _template(own / "policies", env)
                _template(own / "chart", env, "--values", str(own / "values.yaml"))

        works: dict[str, tuple[Work, Work]] = {
            "render": (anew, lambda: platform.must("render")),
            "bare": (anew, bare),
        }
        samples = prepared(works, RUNS)
    mine, theirs = (least(samples[each], "user") for each in works)
    other = f"helm template of {COMPONENTS} components, and of their policies"
    return [Row("B16", "first platform render", other, "user s", mine, theirs, 2.0)]


def _template(chart: Path, env: dict[str, str], *options: str) -> None:
    words = ["helm", "template", "release", str(chart), *options]
    subprocess.run(words, env={**os.environ, **env}, check=True, stdout=subprocess.DEVNULL)
