"""B10: a push through a network that fails in every way that it may. What is counted is requests."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.model.release import ImageRef
from tests.benchmarks.measure import Row, once
from tests.real.transport.bench import MIB, image
from tests.testbed import faults, registry

PIECE = MIB
SIZE = 16 * MIB
Faults = tuple[tuple[str, dict[str, object]], ...]
FAULTS: Faults = (
    ("^POST .*uploads", {"status": 400, "body": b"first push"}),
    ("^POST .*uploads", {"status": 429, "headers": {"Retry-After": "0"}}),
    ("^PATCH", {"status": 500}),
    ("^PATCH", {"cut_request": PIECE // 2}),
    ("^PATCH", {"status": 503}),
    ("^PATCH", {"drop_answer": True}),
    ("^PUT .*uploads", {"cut_answer": 0}),
    ("^PUT .*manifests", {"status": 500}),
    ("^PUT .*manifests", {"status": 400}),
)
"""Each happens once."""


def run() -> list[Row]:
    """Requests and bytes of a push that is disturbed against those of one that is not."""
    with tempfile.TemporaryDirectory() as folder, registry.serve(Path(folder, "registry")) as served:
        quiet = _push(served.address, "team/quiet", ())
        bad = _push(served.address, "team/bad", FAULTS)
    # A fault costs its own request, one that asks how far it got, and perhaps an upload begun anew.
    subject, most = "push, nine faults", quiet[0] + 3 * len(FAULTS)
    return [
        Row("B10", subject, "none, and three requests a fault", "requests", bad[0], most, 1.0),
        Row("B10", subject, "none", "MiB sent", bad[1], quiet[1], 1.6),
        Row("B10", subject, "none, and 30 s of pauses", "wall", bad[2], quiet[2] + 30, 1.0),
    ]


def _push(
    upstream: str, repository: str, disturbed: tuple[tuple[str, dict[str, object]], ...]
) -> list[float]:
    """Requests, MiB and seconds; the registry's digest is the client's, else it raises."""
    data = os.urandom(SIZE)
    with faults.before(upstream) as proxy:
        for pattern, how in disturbed:
            proxy.fail(pattern, **how)
        oci = OciRegistry(lambda _: None, chunk=PIECE)
        ref = ImageRef(proxy.address, repository, tag="1")
        sample = once(lambda: image(oci, ref, data))
        left = [each.pattern for each in proxy.faults if each.times]
        if left:
            raise AssertionError(f"did not happen: {left}")
        manifest = oci.manifests.get(ref)
        if oci.digest_of(ref) != manifest.digest:
            raise AssertionError("the registry has another digest")
        return [float(proxy.count()), proxy.sent / MIB, sample.wall]
