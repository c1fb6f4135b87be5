"""What `istioctl analyze` says of objects, without a cluster."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

UNREAD = "unread"
"""In place of a code, for an object that Istio does not know how to read: the program goes on without it."""


def analyzed(
    program: Path, folder: Path, objects: Sequence[dict[str, Any]], namespace: str
) -> list[dict[str, Any]]:
    """Code, level, message and origin of each finding; objects without a namespace are in the one given."""
    file = folder / "all.yaml"
    file.write_text(yaml.safe_dump_all(objects))
    words = ["analyze", "--use-kube=false", "--output", "json", "--failure-threshold", "Info"]
    done = subprocess.run(
        [str(program), *words, "--namespace", namespace, str(file)],
        env={"HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if "could not be parsed" in done.stderr:
        return [{"code": UNREAD, "message": done.stdout}]
    assert done.stdout.lstrip().startswith("["), (done.returncode, done.stderr)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found
