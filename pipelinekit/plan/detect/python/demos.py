"""Streamlit, Gradio and NiceGUI: a script that brings its own server."""

from __future__ import annotations

import re
from dataclasses import replace

from pipelinekit.plan.detect.python.project import Project, has
from pipelinekit.plan.detect.signs import Detected, Texts


def streamlit(texts: Texts, ours: list[str], project: Project, found: Detected) -> Detected | None:
    """A demonstration in the browser, or None."""
    path = next(
        (
            each
            for each in ours
            if "streamlit" in texts[each]
            and re.search(r"^[^\S\n]*(import|from) streamlit\b", texts[each], re.MULTILINE)
        ),
        "",
    )
    if not path or not has(project, "streamlit"):
        return None
    command = (
        "streamlit",
        "run",
        path,
        "--server.address=0.0.0.0",
        "--server.port=8501",
        "--server.headless=true",
    )
    return replace(found, command=command, port=8501).because(f"{path}: Streamlit, on port 8501")


def gradio(texts: Texts, ours: list[str], project: Project, found: Detected) -> Detected | None:
    """A demonstration in the browser, or None."""
    path = next(
        (each for each in ours if "gradio" in texts[each] and re.search(r"\.launch\(", texts[each])), ""
    )
    if not path or not has(project, "gradio"):
        return None
    said = re.search(r"\bserver_port\s*=\s*(\d{4,5})", texts[path])
    port = int(said[1]) if said else 7860
    env = {**found.env, "GRADIO_SERVER_NAME": "0.0.0.0"}  # noqa: S104
    found = replace(found, command=("python", path), port=port, env=env)
    local = re.search(r"server_name\s*=\s*[\"'](?:localhost|127)", texts[path])
    found = found.doubting(f"{path} serves localhost only: in a pod nobody reaches that" if local else "")
    return found.because(f"{path}: Gradio, on port {port}")


def nicegui(texts: Texts, ours: list[str], project: Project, found: Detected) -> Detected | None:
    """A page that a script describes, or None; it listens on all addresses by itself."""
    path = next((each for each in ours if "nicegui" in texts[each] and "ui.run(" in texts[each]), "")
    if not path or not has(project, "nicegui"):
        return None
    said = re.search(r"\bui\.run\([^)]{0,400}?\bport\s*=\s*(\d{4,5})", texts[path])
    port = int(said[1]) if said else 8080
    found = replace(found, command=("python", path), port=port)
    return found.because(f"{path}: NiceGUI, on port {port}")
