"""The policy by which docs/network.md closes a component's namespace as a whole."""

from __future__ import annotations

from typing import Any

import yaml

from tests.pages.charts import CHARTS


def denied() -> dict[str, Any]:
    """It as the page has it."""
    text = (CHARTS.parent / "docs" / "network.md").read_text()
    section = text.partition("\n## A component's namespace\n")[2].partition("\n## ")[0]
    lines = [each[4:] for each in section.splitlines() if each.startswith("    ")]
    found: dict[str, Any] = yaml.safe_load("\n".join(lines))
    return found
