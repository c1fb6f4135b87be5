"""Components go past gates as applications do, together and in the order of what they need."""

from __future__ import annotations

from copy import deepcopy
from itertools import count
from pathlib import Path

import pytest

from pipelinekit.errors import Refused, ToolFailed
from pipelinekit.model.ledger import UNREACHABLE, Digests
from pipelinekit.model.platform.gates import Approvals
from pipelinekit.model.release import ImageRef
from pipelinekit.model.trouble import Trouble
from tests.promotedparts import ANN, RITA, Bench
from tests.promotions import person
from tests.rollouts import Deadly, Killed

TWO = Approvals(count=1, groups=("release-managers",), requester=False)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(tmp_path)
    made.release(made.part(policies="policies", values={"size": 1}), made.part("web", needs=["store"]))
    return made


def test_what_was_rolled_out_is_promoted_with_its_values_in_the_order_of_needs(bench: Bench) -> None:
    did = bench.promote("web", "store")
    version = bench.events()[-1].version
    assert [each.sentence for each in did][:2] == [
        f"store {version} runs in production (namespace stores)",
        f"store {version} is verified in production",
    ]
    assert list(bench.prod.cluster.records) == [
        ("stores", "store-policies"),
        ("stores", "store"),
        ("webs", "web"),
    ]
    assert bench.values(bench.prod) == bench.values(bench.dev)
    assert bench.kinds() == ["requested", "promoted", "verified"]
    digests = {each.digests for each in bench.events() if each.kind in ("released", "promoted")}
    assert len(digests) == 1


def test_again_nothing_is_done(bench: Bench) -> None:
    bench.promote()
    before = bench.events(), bench.events("web"), deepcopy(bench.prod.cluster.records)
    assert not any(each.acted for each in bench.promote())
    assert (bench.events(), bench.events("web"), bench.prod.cluster.records) == before


def test_all_that_is_closed_is_told_at_once_and_recorded_before_anything_begins(bench: Bench) -> None:
    bench.production["change"] = "CHG#"
    bench.stop("held", name="web", environment="production", reason="move")
    with pytest.raises(Refused) as caught:
        bench.promote()
    told = [each.problem for each in caught.value.faults]
    assert [each.rpartition(": ")[2] for each in told if each.startswith("store")] == ["--change"]
    assert any("production is held against every version by rita: move" in each for each in told)
    assert [bench.kinds(), bench.kinds("web")] == [["refused"], ["held", "refused"]]
    assert bench.prod.cluster.records == {}


def test_what_is_not_recorded_is_refused_by_name_with_the_verb_that_records_it(bench: Bench) -> None:
    bench.components = ("store", "web", "other")
    with pytest.raises(Refused, match="other: the ledger has nothing in dev") as caught:
        bench.promote()
    assert "`pipelinekit platform deploy --env dev --only other`" in caught.value.faults[0].hint


def test_a_ledger_that_does_not_answer_is_asked_and_told_of_once(bench: Bench) -> None:
    bench.ledger.silent = True
    with pytest.raises(Refused) as caught:
        bench.plan()
    assert [each.code for each in caught.value.faults] == [UNREACHABLE]


def test_a_need_that_never_came_there_is_refused(bench: Bench) -> None:
    with pytest.raises(Refused, match="web needs store, which was never promoted to production"):
        bench.promote("web")
    bench.promote("store")
    bench.promote("web")


def test_a_freeze_by_hand_refuses_until_it_is_thawed(bench: Bench) -> None:
    bench.stop("frozen", environment="production", reason="audit")
    with pytest.raises(Refused, match="frozen by rita: audit"):
        bench.promote("store")
    bench.stop("thawed", environment="production")
    bench.promote("store")


def test_an_approval_is_of_this_very_release_and_void_with_another_value(bench: Bench) -> None:
    bench.production["approvals"] = TWO
    with pytest.raises(Refused, match="0 of 1 from release-managers"):
        bench.promote("store")
    bench.approve("store", writer=RITA)
    bench.release(bench.part(policies="policies", values={"size": 2}))
    with pytest.raises(Refused, match="0 of 1 from release-managers"):
        bench.promote("store")
    bench.approve("store", writer=RITA)
    bench.promote("store")
    assert bench.values(bench.prod)["size"] == 2


def test_an_approval_is_void_when_what_production_is_told_of_its_cluster_changes(bench: Bench) -> None:
    bench.production["approvals"] = TWO
    bench.approve("store", writer=RITA)
    bench.production["charts"] = "oci://other/charts"
    with pytest.raises(Refused, match=r"it is of another plan .*other/charts"):
        bench.promote("store")


def test_a_no_to_a_plan_takes_an_approval_back(bench: Bench) -> None:
    bench.production["approvals"] = TWO
    bench.approve("store", writer=RITA)
    bench.approve("store", writer=RITA, refuse=True)
    with pytest.raises(Refused, match="has said no since"):
        bench.promote("store")


def test_a_soak_begins_when_somebody_sees_it(bench: Bench) -> None:
    bench.production["soak"] = 3600
    with pytest.raises(Refused, match="0 s of 1 h in"):
        bench.promote("store")
    bench.now += 3601
    bench.promote("store")


def test_a_chart_that_others_have_put_in_its_place_is_refused(bench: Bench) -> None:
    (place,) = [each for each in bench.dev.registry.tags if each[1].endswith("store-chart")]
    bench.dev.registry.store(ImageRef(*place), {"chart": b'{"Chart.yaml": "name: x"}', "config": {}})
    with pytest.raises(
        Refused, match=r"the chart store-chart 1.0.0 is gone: .* no longer what was rolled out"
    ):
        bench.promote("store")


def test_a_controller_is_refused_by_name(bench: Bench) -> None:
    bench.components = ("jenkins",)
    bench.release(bench.part("jenkins", controller={"login": "login"}))
    with pytest.raises(Refused, match="jenkins is a controller"):
        bench.promote()


def test_one_that_fails_is_recorded_and_run_again_goes_on(bench: Bench) -> None:
    bench.prod.cluster.wrong = [Trouble(subject="pod/store", problem="no such image", final=True)]
    with pytest.raises(ToolFailed, match="no such image"):
        bench.promote()
    assert bench.kinds()[-1] == "failed"
    assert bench.kinds("web") == []
    bench.prod.cluster.wrong = []
    bench.promote()
    assert [bench.kinds()[-2:], bench.kinds("web")[-1]] == [["promoted", "verified"], "verified"]


def test_an_older_release_of_the_environment_before_comes_with_a_word(bench: Bench) -> None:
    old = bench.events()[-1].version
    bench.release(bench.part(version="1.1.0", policies="policies"))
    bench.promote("store")
    with pytest.raises(Refused, match=r"1\.1\.0.* is there, which is later than"):
        bench.promote(f"store@{old}")
    bench.promote(f"store@{old}", downgrade=True)
    assert bench.values(bench.prod)["size"] == 1


def test_its_charts_are_copied_where_the_environment_has_its_own(bench: Bench) -> None:
    bench.production["charts"] = "oci://other/charts"
    bench.promote("store")
    copied = sorted(each[1] for each in bench.prod.registry.tags if each[0] == "other")
    assert copied == ["charts/platform/store-chart", "charts/platform/store-policies"]


def test_a_pipelines_key_records_nothing_of_components(bench: Bench) -> None:
    before = bench.events()
    team = person("x", role="pipeline", team="payments")
    bench.release(bench.part(values={"size": 9}, policies="policies"), writer=team)
    assert bench.events() == before
    assert ANN.person == "ann"


def ends(bench: Bench) -> object:
    """How everything stands, but for who took what up."""
    runs = {name: bench.values(bench.prod, name) for name in ("store", "web")}
    told = [
        [
            (each.kind, each.version, each.environment)
            for each in bench.events(name)
            if "takes" not in each.details
        ]
        for name in ("store", "web")
    ]
    return runs, told, sorted(bench.prod.registry.tags.items())


def test_killed_after_any_call_and_run_again_it_ends_as_undisturbed(tmp_path: Path) -> None:
    def made(name: str) -> Bench:
        found = Bench(tmp_path / name)
        found.production["approvals"] = TWO
        found.release(found.part(policies="policies"), found.part("web", needs=["store"]))
        found.approve(writer=RITA)
        return found

    undisturbed = made("undisturbed")
    undisturbed.promote()
    for number in count(1):
        bench = made(str(number))
        killer = Deadly(number)
        bench.site, bench.books = killer.site(bench.prod.site), killer.through(bench.ledger)
        try:
            bench.promote()
        except Killed:
            bench.site, bench.books = None, None
            bench.promote()
            assert ends(bench) == ends(undisturbed), number
            continue
        break
    assert number > 40


def test_the_word_that_other_values_have_begun_goes_past_no_gate(bench: Bench) -> None:
    bench.promote("store")
    bench.production["approvals"] = TWO
    bench.release(bench.part(policies="policies", values={"size": 2}))
    found = bench.plan("store").members[0].survey
    digests = Digests(chart=found.release.chart_digest, descriptor=found.release.descriptor_digest)
    begun = {"stage": "begun", "holder": "gone", "until": 0, "live": 0}
    version = found.release.version
    bench.stop(
        "requested", name="store", version=version, environment="production", digests=digests, details=begun
    )
    with pytest.raises(Refused, match="0 of 1 from release-managers"):
        bench.promote("store")
    assert bench.values(bench.prod)["size"] == 1


def test_several_are_the_plans_that_were_looked_at_or_nothing_begins(bench: Bench) -> None:
    with pytest.raises(Refused, match="not sha256:feed") as caught:
        bench.promote(expect="sha256:feed")
    assert ([each.code for each in caught.value.faults], bench.kinds()) == (["gate-plan"], [])
    bench.promote(expect=bench.plan().digest)
    assert bench.kinds() == ["requested", "promoted", "verified"]
