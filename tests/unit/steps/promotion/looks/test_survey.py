from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipelinekit.errors import Refused, ToolFailed, failed
from pipelinekit.model.platform.gates import Approvals
from pipelinekit.model.release import ImageRef
from pipelinekit.plan.gates.records import release_of
from pipelinekit.steps.promotion.looks import survey
from tests.doubles import digest
from tests.promoting import APP, Bench
from tests.promotions import BRANCH


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(tmp_path)
    made.release("1.0.0")
    return made


def test_the_values_of_an_environment_are_in_the_plan(bench: Bench) -> None:
    bench.release("1.0.1", **{"values-staging.yaml": "replicas: 2"})
    bench.release("1.0.2", **{"values-staging.yaml": "replicas: 3"})
    plans = [bench.plan(each).survey.plan for each in ("1.0.1", "1.0.2")]
    assert plans[0].parts["values"] != plans[1].parts["values"]
    assert plans[0].parts["gates"] == plans[1].parts["gates"]


def test_what_changed_behind_its_name_is_not_taken(bench: Bench) -> None:
    found = release_of(bench.ledger.history(BRANCH), "1.0.0")
    assert found
    archive = bench.workspace.working_folder("dist") / "orders-1.0.0.tgz"
    archive.unlink(missing_ok=True)
    other = bench.root / "other.tgz"
    other.write_text("{}")
    bench.registry.publish_chart(ImageRef("r:5000", "charts/payments/orders", "1.0.0"), other, {})
    with pytest.raises(ToolFailed, match="is no longer what was published"):
        survey.fetched(bench.around(), found, bench.environment("staging"))


def test_authors_are_asked_for_only_where_they_must_not_count_and_since_what_runs(bench: Bench) -> None:
    bench.promote()
    bench.promote(to="production")
    bench.release("1.0.1")
    bench.promote()
    assert bench.asked == []
    bench.production = {"approvals": Approvals(count=1, groups=("g",), author=False)}
    planned = bench.plan(to="production")
    assert bench.asked == [("1.0.1", digest("1.0.0")[7:47])]
    assert planned.survey.found.authors == ("arno",)


@pytest.mark.parametrize(
    ("taken_away", "since_ever", "known"),
    [
        (("bea",), ("arno", "bea"), ("bea",)),
        ((), ("arno", ""), ("arno", "")),
        (None, None, None),
    ],
)
def test_a_release_of_no_newer_commit_has_authors_all_the_same(
    bench: Bench,
    taken_away: tuple[str, ...] | None,
    since_ever: tuple[str, ...] | None,
    known: tuple[str, ...] | None,
) -> None:
    bench.promote()
    bench.promote(to="production")
    bench.release("1.0.1")
    bench.promote()
    bench.production = {"approvals": Approvals(count=1, groups=("g",), author=False)}
    runs, told = (digest(each)[7:47] for each in ("1.0.0", "1.0.1"))
    bench.written = {("1.0.1", runs): (), ("1.0.0", told): taken_away, ("1.0.1", ""): since_ever}
    bench.opened = 0
    assert bench.plan(to="production").survey.found.authors == known
    assert (bench.opened, len(bench.asked) > 1) == (1, True)


def test_where_an_author_must_not_count_a_release_has_to_be_of_its_commit(bench: Bench) -> None:
    bench.promote()
    bench.promote(to="production")
    bench.release("1.0.1")
    bench.promote()
    bench.origin = {"1.0.1": "the descriptor of 1.0.1 is not the app.yaml of 0123456789ab"}
    assert bench.plan(to="production").survey.found.origin == ""
    bench.production = {"approvals": Approvals(count=0, groups=("g",), author=False)}
    planned = bench.plan(to="production")
    (closed,) = [each for each in planned.judged.closed if each.gate == "authors"]
    assert closed.reason == f"{bench.origin['1.0.1']}, so nobody knows whose approval is an author's"
    commit = planned.survey.release.commit[:12]
    word = f"that its image was built from {commit} is the word of the pipelines of payments"
    assert planned.survey.notes[-1] == f"{word}: no repository proves it"
    bench.origin = {}
    assert "authors" not in [each.gate for each in bench.plan(to="production").judged.closed]


def test_of_a_commit_with_several_versions_everybody_is_an_author(bench: Bench) -> None:
    """It was built again; or whoever holds the pipeline's key names an old commit of somebody else."""
    bench.promote()
    bench.promote(to="production")
    bench.release("1.0.1")
    bench.promote()
    bench.told_commit = digest("1.0.1")[7:47]
    bench.release("2.0.0")
    bench.promote()
    bench.production = {"approvals": Approvals(count=0, groups=("g",), author=False)}
    for version in ("1.0.1", "2.0.0"):
        found = bench.plan(version, to="production").survey
        assert found.found.authors == bench.everybody
        other = "2.0.0" if version == "1.0.1" else "1.0.1"
        assert found.notes[0] == (
            f"{version} names the commit of {other} as well: everybody who has written on its branch "
            "counts as an author"
        )
    bench.promote("2.0.0", to="production")
    assert bench.runs("orders", "production") == "2.0.0"
    for unknown, words in ((("arno", ""), "no signature proves the author"), (None, "nobody knows who")):
        bench.everybody = unknown
        with pytest.raises(Refused, match=words):
            bench.promote("1.0.1", to="production", downgrade=True)


def test_what_runs_already_has_no_new_authors(bench: Bench) -> None:
    bench.promote()
    bench.promote(to="production")
    bench.production = {"approvals": Approvals(count=1, groups=("g",), author=False)}
    bench.written = {("1.0.0", digest("1.0.0")[7:47]): ()}
    assert bench.plan("1.0.0", to="production").survey.found.authors == ()


def test_an_image_at_another_applications_place_is_neither_promoted_nor_gone_back_to(bench: Bench) -> None:
    told = "the ledger has 1.0.1's image at payments/stock, and orders's is at payments/orders"
    bench.promote()
    bench.told_place = "payments/stock"
    bench.release("1.0.1")
    bench.registry.store(ImageRef("r:5000", "payments/stock", "1.0.1"), {"image": "1.0.1"})
    with pytest.raises(Refused, match=told) as caught:
        bench.promote()
    assert caught.value.faults[0].code == "gate-artefacts"
    with pytest.raises(Refused, match=told):
        bench.rollback("dev", "1.0.1")


@pytest.mark.parametrize("texts", [{}, {"values-staging.yaml": "image: {digest: sha256:evil}\n"}])
def test_a_chart_that_runs_another_image_than_the_ledger_tells_is_neither_promoted_nor_gone_back_to(
    bench: Bench, texts: dict[str, str]
) -> None:
    """Scans, signatures and approvals are of the image that the ledger has."""
    bench.told_image = "" if texts else "sha256:evil"
    bench.release("1.0.1", **texts)
    told = "the chart of 1.0.1 runs sha256:evil, and not the image that the ledger has"
    with pytest.raises(Refused, match=told) as caught:
        bench.promote()
    assert [each.code for each in caught.value.faults] == ["gate-artefacts"]


def test_another_applications_descriptor_is_refused(bench: Bench) -> None:
    found = release_of(bench.ledger.history(BRANCH), "1.0.0")
    assert found
    assert survey.app_of(found).name == "orders"
    for text, code in (
        (APP.replace("name: orders", "name: payments"), "descriptor-foreign"),
        ("x: 1", "descriptor-unreadable"),
    ):
        with pytest.raises(Refused) as caught:
            survey.app_of(replace(found, descriptor=text, descriptor_digest=digest(text)))
        assert caught.value.faults[0].code == code


def test_a_descriptor_that_its_digest_does_not_name_is_refused(bench: Bench) -> None:
    """People approve the digest, and the text is what runs: a pipeline says both."""
    found = release_of(bench.ledger.history(BRANCH), "1.0.0")
    assert found
    with pytest.raises(Refused, match="has a descriptor that its digest does not name") as caught:
        survey.app_of(replace(found, descriptor=f"{APP}# more\n"))
    assert caught.value.faults[0].code == "descriptor-other"


def test_a_cluster_that_does_not_answer_has_not_said_that_there_is_no_way_back(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.promote()
    bench.release("1.0.1")

    def silent(*_: object) -> None:
        raise failed("cluster-unreachable", "the cluster does not answer")

    monkeypatch.setattr(survey, "_in_the_way", silent)
    with pytest.raises(ToolFailed, match="does not answer"):
        bench.plan("1.0.1")
