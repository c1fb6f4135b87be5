"""What is off and still runs is told, and can be taken away."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.cli.platform.components import books, parts, rollout, standing
from pipelinekit.errors import Refused, UsageError, failed
from pipelinekit.model.release import Target
from tests import parts as doubles
from tests.rollouts import Bench

PLATFORM = """\
apiVersion: pipelinekit/v1
kind: Platform
metadata: {name: acme}
images: {registry: registry.example.com}
charts: {repository: "oci://registry.example.com/charts"}
clusters: [{name: nonprod, context: acme-dev}]
environments: [{name: dev, cluster: nonprod, namespace: "{team}-dev"}]
"""


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A platform with `store`, and `web` that needs it: both run, and neither is on."""
    (tmp_path / "platform").mkdir()
    made = Bench(tmp_path / "bench")
    for name, needs in (("store", []), ("web", ["store"])):
        folder = tmp_path / "platform" / "platform-charts" / name
        (folder / "chart").mkdir(parents=True)
        (folder / "chart" / "Chart.yaml").write_text(f"{{name: {name}-chart, version: 1.0.0}}")
        document: dict[str, Any] = {"apiVersion": "pipelinekit/v1", "kind": "Component", "chart": "chart"}
        document |= {"metadata": {"name": name}, "namespace": f"{name}s", "needs": needs}
        (folder / "component.yaml").write_text(json.dumps(document))
        made.deploy(made.part(name))
    (tmp_path / "platform" / "platform.yaml").write_text(PLATFORM)
    monkeypatch.chdir(tmp_path / "platform")
    monkeypatch.setattr(parts, "site_of", lambda *_: made.site)
    monkeypatch.setattr(books, "stops", lambda *_: {})
    return made


@pytest.mark.parametrize("verb", [standing.status, standing.plan])
@pytest.mark.parametrize("listed", ["", "components: [{name: store, enabled: false}]\n"])
def test_what_is_off_and_still_runs_is_told_with_the_way_on(
    bench: Bench, capsys: pytest.CaptureFixture[str], verb: Any, listed: str
) -> None:
    Path("platform.yaml").write_text(PLATFORM + listed)
    verb.main([], standalone_mode=False)
    told = capsys.readouterr().out
    assert "store 1.0.0 is off and still runs in stores: `pipelinekit platform remove --only store" in told
    assert "web 1.0.0 is off" in told
    # What others have installed under the same name is theirs.
    for record in bench.cluster.records["stores", "store"].values():
        record.values = {}
    verb.main(["--json"], standalone_mode=False)
    found = capsys.readouterr()
    assert json.loads(found.out) == []
    assert ("store" in found.err, "web 1.0.0 is off" in found.err) == (False, True)


def test_what_is_off_goes_once_nothing_that_runs_needs_it(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Refused, match="store is needed by web") as caught:
        rollout.remove.main(["--only", "store"], standalone_mode=False)
    assert "`pipelinekit platform remove --only store --only web`" in caught.value.faults[0].hint
    rollout.remove.main(["--only", "store", "--only", "web", "--plan"], standalone_mode=False)
    assert "2 components would be removed" in capsys.readouterr().out
    rollout.remove.main(["--only", "store", "--only", "web"], standalone_mode=False)
    assert bench.cluster.records == {}
    standing.status.main([], standalone_mode=False)
    assert "is off" not in capsys.readouterr().out
    with pytest.raises(UsageError, match="no component 'stor' is on"):
        rollout.remove.main(["--only", "stor"], standalone_mode=False)


def test_values_that_are_gone_hold_up_no_removal(bench: Bench) -> None:
    off = "components: [{name: web, enabled: false, values: gone.yaml}]\n"
    Path("platform.yaml").write_text(PLATFORM + off)
    rollout.remove.main(["--only", "web"], standalone_mode=False)
    assert ("webs", "web") not in bench.cluster.records


def test_a_cluster_that_does_not_say_what_is_left_ends_no_look(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def silent(_: object, target: Target) -> None:
        raise failed("cluster-denied", f"{target.namespace} may not be read")

    assert bench
    monkeypatch.setattr(doubles.Releases, "state", silent)
    standing.plan.main([], standalone_mode=False)
    found = capsys.readouterr()
    assert "nothing would be done" in found.out
    assert "whether a component that is off still runs is not known:" in found.err
