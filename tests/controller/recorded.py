"""What was recorded of a real controller: its exchanges, and the items and builds that they name."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

RECORDINGS = Path(__file__).parent / "recordings"
Exchange = dict[str, Any]


@dataclass
class Recording:
    """One recorded file."""

    name: str
    exchanges: list[Exchange]

    @classmethod
    def read(cls, path: Path) -> Recording:
        """The recording in a file."""
        body = json.loads(path.read_text())
        name = path.parent.name if path.name == "exchanges.json" else path.stem
        return cls(name, body.get("exchanges", []))


def recordings() -> list[Recording]:
    """All of them."""
    paths = [*sorted(RECORDINGS.glob("*.json")), *sorted(RECORDINGS.glob("jobs/*/exchanges.json"))]
    return [each for each in map(Recording.read, paths) if each.exchanges]


BUILD_PATH = re.compile(r"^((?:/job/[^/]+)+)/(\d+|lastBuild|lastSuccessfulBuild|lastFailedBuild)/(.*)$")
ITEM_PATH = re.compile(r"^((?:/job/[^/]+)+)/(.*)$")


def path_of(match: re.Match[str] | None) -> str:
    return "/".join(unquote(part) for part in re.findall(r"/job/([^/]+)", match[1])) if match else ""
