"""How long the proof of a large platform takes, and how much memory: a process of its own, for its peak.

    python -m tests.network.measure OBJECTS FLEETS SETS ACCEPTING

OBJECTS is a file of what twenty applications render, as the test of the large platform writes it; a fleet is
twenty applications, a set three components, of which those of the first ACCEPTING accept all applications.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from dataclasses import replace
from pathlib import Path

from pipelinekit.plan.network.rendered.assembly import Rendered
from tests.network import crowd, fleet, site


def main() -> None:
    """Print the figures as JSON."""
    path, fleets, sets, accepting = sys.argv[1], *map(int, sys.argv[2:])
    made = [
        Rendered(owner=owner, release=release, namespace=namespace, objects=[tuple(each) for each in objects])
        for owner, release, namespace, objects in json.loads(Path(path).read_text())
    ]
    many, objects = crowd.applications(fleet.apps(2), made, fleets)
    components, own = crowd.components(sets, accepting)
    started, busy = time.monotonic(), time.process_time()
    closure = replace(site.closure(own, many, objects), components=components)
    proof = closure.prove()
    figures = {
        "components": len(components),
        "applications": len(many),
        "flows": proof.flows,
        "findings": len(proof.findings),
        "seconds": round(time.monotonic() - started, 1),
        "of a processor": round(time.process_time() - busy, 1),
        "MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    sys.stdout.write(json.dumps(figures))


if __name__ == "__main__":
    main()
