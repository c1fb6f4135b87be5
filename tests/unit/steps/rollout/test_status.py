from __future__ import annotations

from pathlib import Path

from pipelinekit.steps.rollout.status import look
from tests.rollouts import SET, Bench


def test_what_is_not_installed_says_so(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    assert look(bench.part(), bench.shelf, bench.site).reasons == ("not installed",)


def test_a_release_that_helm_is_content_with_is_red_while_its_server_is_old(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    part = bench.part(objects=(SET,))
    bench.deploy(part)
    assert look(part, bench.shelf, bench.site).reasons == ()
    bench.parts.old = ["store-0"]
    there = look(part, bench.shelf, bench.site)
    assert there.installed == "1.0.0"
    assert "2 of 3 pods are new, and only deleting them" in there.reasons[0]


def test_a_failed_revision_is_told(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    part = bench.part()
    bench.deploy(part)
    bench.cluster.records["stores", "store"][1].status = "failed"
    assert "revision 1 is failed" in look(part, bench.shelf, bench.site).reasons
