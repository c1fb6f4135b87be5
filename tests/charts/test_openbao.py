"""What of OpenBao's chart only its leader may be asked; tests/real/components runs it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.charts.helm import Helm
from tests.pages.charts import CHARTS

CHART = CHARTS / "openbao" / "chart"


def test_snapshots_are_asked_of_the_leader(helm: Helm, whole: Callable[[Path], Path]) -> None:
    """One that follows saves none, and takes one for itself alone: a restoration that restores nothing."""
    objects = helm.objects(whole(CHART), {}, files=[CHART / "ci" / "production-values.yaml"])
    services = {each["metadata"]["name"]: each["spec"] for each in objects if each["kind"] == "Service"}
    everybody = min(services)
    declared = yaml.safe_load((CHART.parent / "component.yaml").read_text())
    leader = dict([declared["replace"]["leader"].split("=")])
    assert services[f"{everybody}-active"]["selector"] == services[everybody]["selector"] | leader


@pytest.mark.parametrize("script", ["backup.sh", "restore.sh"])
def test_each_script_goes_there_before_it_logs_in(script: str) -> None:
    lines = (CHART / "files" / script).read_text().splitlines()
    assert lines.index("at_leader") < next(n for n, line in enumerate(lines) if "login" in line)
    assert "http://$SERVERS-active:8200" in (CHART / "files" / "connect.sh").read_text()
