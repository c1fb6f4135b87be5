from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from pipelinekit.errors import DocumentInvalid, Refused, refused
from pipelinekit.model.receipts import ChartPackaged, ChartPublished, ImagePushed
from pipelinekit.steps.artefacts import chart
from pipelinekit.steps.artefacts.image import Did
from tests.unit.steps.artefacts.chart.bench import CHART, PLAN, Bench, another_key, fault_of


def test_a_chart_is_packaged_around_the_pushed_image(bench: Bench) -> None:
    receipt, did = bench.package()
    texts = bench.archived(receipt)
    values, metadata = yaml.safe_load(texts["values.yaml"]), yaml.safe_load(texts["Chart.yaml"])
    pushed = bench.receipts.load(ImagePushed)
    assert pushed
    assert values["image"] == {"repository": "payments/orders", "digest": pushed.digest}
    assert (metadata["version"], metadata["appVersion"]) == ("1.2.3", "1.2.3")
    assert metadata["annotations"] == {
        "pipelinekit.dev/revision": PLAN.key.commit,
        "pipelinekit.dev/descriptor": PLAN.key.descriptor,
        "pipelinekit.dev/image": f"payments/orders@{pushed.digest}",
        "pipelinekit.dev/created": "1970-01-01T00:00:00Z",
    }
    assert texts["templates/deployment.yaml"] == "{{ .Values.image }}"
    assert did.acted
    assert receipt.archive == ".pipelinekit/dist/orders-1.2.3.tgz"


def test_comments_and_everything_else_in_the_chart_stay(bench: Bench) -> None:
    receipt, _ = bench.package()
    texts = bench.archived(receipt)
    assert "# The application's chart." in texts["Chart.yaml"]
    assert "# set by package" in texts["Chart.yaml"]
    assert texts["values.yaml"].startswith("# Written by hand as well.\n")
    assert yaml.safe_load(texts["values.yaml"])["processes"] == {"web": {"env": {"A": "no"}}}


def test_the_working_tree_is_not_touched(bench: Bench) -> None:
    bench.package()
    assert (bench.root / "charts/orders/Chart.yaml").read_text() == CHART
    assert bench.workspace.writes == []


def test_a_chart_is_packaged_once_a_revision(bench: Bench) -> None:
    first, _ = bench.package()
    again, did = bench.package()
    assert (again, did) == (first, Did("orders-1.2.3.tgz is packaged already", acted=False))


@pytest.mark.parametrize("damage", ["gone", "changed"])
def test_an_archive_that_is_not_what_was_packaged_is_made_again(bench: Bench, damage: str) -> None:
    first, _ = bench.package()
    bench.harm(first, damage)
    again, did = bench.package()
    assert did.acted
    assert again == first


def test_an_image_that_was_pushed_again_with_another_digest_gets_a_chart_around_it(bench: Bench) -> None:
    first, _ = bench.package()
    bench.registry.delete(PLAN.image)
    pushed = bench.pushed("built again")
    again, did = bench.package()
    assert did.acted
    assert again.image_digest == pushed.digest != first.image_digest
    assert pushed.digest in bench.archived(again)["values.yaml"]


def test_another_revision_is_packaged_anew(bench: Bench) -> None:
    bench.package()
    plan = another_key(commit="f" * 40)
    bench.receipts.save(replace(bench.pushed(), key=plan.key))
    receipt, did = bench.package(plan)
    assert did.acted
    assert "f" * 40 in bench.archived(receipt)["Chart.yaml"]


def test_nothing_is_packaged_without_a_pushed_image(bench: Bench) -> None:
    bench.receipts.texts.clear()
    with pytest.raises(Refused) as caught:
        bench.package()
    assert fault_of(caught.value) == ("receipt-missing", 6)
    assert "push" in caught.value.faults[0].hint


@pytest.mark.parametrize("key", [{"commit": "f"}, {"descriptor": "d"}, {"platform": "p"}])
def test_nothing_is_packaged_around_an_image_of_something_else(bench: Bench, key: dict[str, str]) -> None:
    with pytest.raises(Refused) as caught:
        bench.package(another_key(**key))
    assert fault_of(caught.value) == ("receipt-stale", 6)


def test_nothing_is_packaged_around_an_image_that_the_registry_lost(bench: Bench) -> None:
    bench.registry.delete(PLAN.image)
    with pytest.raises(Refused) as caught:
        bench.package()
    assert fault_of(caught.value) == ("image-gone", 6)


def test_nothing_is_packaged_around_an_image_whose_version_somebody_else_took(bench: Bench) -> None:
    bench.registry.store(PLAN.image, {"image": "of a rival"})
    with pytest.raises(Refused) as caught:
        bench.package()
    assert fault_of(caught.value) == ("image-moved", 6)


def test_an_image_of_the_same_commit_on_another_branch_is_not_said_to_have_moved(bench: Bench) -> None:
    here = replace(PLAN, version="1.2.3-trunk.g0", image=replace(PLAN.image, tag="1.2.3-trunk.g0"))
    with pytest.raises(Refused) as caught:
        bench.package(here)
    assert fault_of(caught.value) == ("receipt-stale", 6)


def test_the_registry_is_asked_for_the_image_once_rivals_have_had_their_time(bench: Bench) -> None:
    def rival(_: ChartPackaged) -> None:
        bench.registry.store(PLAN.image, {"image": "of a rival"})

    with pytest.raises(Refused) as caught:
        chart.package(PLAN, bench.root, bench.workspace, bench.charts, bench.registry, bench.receipts, rival)
    assert fault_of(caught.value) == ("image-moved", 6)
    assert bench.receipts.load(ChartPackaged) is None


@pytest.mark.parametrize("there", [False, True])
def test_a_chart_gets_its_version_only_once_its_image_is_settled(bench: Bench, there: bool) -> None:
    bench.package()
    if there:
        bench.publish()
        del bench.receipts.texts[ChartPublished.verb, ""]
    held = bench.registry.digest_of(PLAN.chart)

    def moved() -> None:
        raise refused("image-moved", "1.2.3 is no longer what was pushed")

    with pytest.raises(Refused) as caught:
        chart.publish(PLAN, bench.root, bench.charts, bench.registry, bench.receipts, settle=moved)
    assert fault_of(caught.value) == ("image-moved", 6)
    assert bench.registry.digest_of(PLAN.chart) == held
    assert bench.receipts.load(ChartPublished) is None


def test_what_a_chart_will_be_published_as_is_known_before(bench: Bench) -> None:
    packaged, _ = bench.package()
    expected = chart.to_be(packaged, PLAN, bench.root, bench.charts, bench.registry)
    assert bench.registry.digest_of(PLAN.chart) is None
    assert bench.publish()[0] == expected


def test_a_chart_is_linted_before_its_image_is_there(bench: Bench) -> None:
    chart.rehearse(PLAN, bench.root, bench.workspace, bench.charts)
    bench.workspace.texts["charts/orders/values.yaml"] = "image: {"
    with pytest.raises(DocumentInvalid):
        chart.rehearse(PLAN, bench.root, bench.workspace, bench.charts)


@pytest.mark.parametrize("name", ["Chart.yaml", "values.yaml"])
def test_a_chart_that_lacks_a_file_is_refused_by_its_path(bench: Bench, name: str) -> None:
    del bench.workspace.texts[f"charts/orders/{name}"]
    with pytest.raises(Refused, match=f"charts/orders/{name}") as caught:
        bench.package()
    assert fault_of(caught.value) == ("chart-missing", 6)
    assert "generate" in caught.value.faults[0].hint


@pytest.mark.parametrize("text", ["image: [", "image: text", "- a", ""])
def test_values_that_are_no_values_are_a_fault_in_their_file(bench: Bench, text: str) -> None:
    bench.write("values.yaml", text)
    with pytest.raises(DocumentInvalid) as caught:
        bench.package()
    place = caught.value.faults[0].place
    assert place
    assert place.origin == "charts/orders/values.yaml"
