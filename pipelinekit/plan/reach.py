"""How somebody reaches an application that runs: its host, or a port that kubectl forwards."""

from __future__ import annotations

from pipelinekit.model.app import WEB, App
from pipelinekit.model.release import Target

LOCAL_PORT = 8080


def reach(app: App, target: Target) -> tuple[str, ...]:
    """A line for each process that answers requests, like `orders: http://orders.example.com`."""
    lines = []
    for name, process in app.processes_in(target.environment.name).items():
        if process.schedule or not process.port:
            continue
        full = app.name if name == WEB else f"{app.name}-{name}"
        forward = (
            f"{target.kubectl} port-forward service/{full} {LOCAL_PORT}:80"
            f"    # then http://localhost:{LOCAL_PORT}"
        )
        lines.append(f"http://{process.host}" if process.host else forward)
    return tuple(lines)
