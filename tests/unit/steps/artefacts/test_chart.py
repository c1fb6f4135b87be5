from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelinekit.errors import DocumentInvalid, PipelinekitError, Refused, refused
from pipelinekit.merge.keys import set_keys
from pipelinekit.model.receipts import ChartPackaged, ChartPublished, ImagePushed
from pipelinekit.model.release import ImageRef, ReleasePlan
from pipelinekit.steps.artefacts import chart
from pipelinekit.steps.artefacts.image import Did
from tests import examples
from tests.doubles import Charts, Receipts, Registry, Signer, Workspace, digest

PLAN = examples.plan()

CHART = """\
# The application's chart.
apiVersion: v2
name: orders
version: 0.0.0  # set by package
appVersion: "0.0.0"
"""
VALUES = """\
# Written by hand as well.
image:
  repository: orders
  digest: ""   # set by package
processes: {web: {env: {A: "no"}}}
"""


class Bench:
    """An application's folder with a chart, a registry, and the receipt of a pushed image."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.workspace = Workspace(root)
        self.registry = Registry()
        self.receipts = Receipts()
        self.charts = Charts()
        self.write("Chart.yaml", CHART)
        self.write("values.yaml", VALUES)
        self.write("templates/deployment.yaml", "{{ .Values.image }}")
        self.pushed()

    def write(self, name: str, text: str) -> None:
        path = self.root / "charts/orders" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        self.workspace.texts[f"charts/orders/{name}"] = text

    def pushed(self, content: str = "image") -> ImagePushed:
        """Push an image, and keep its receipt."""
        receipt = ImagePushed(
            key=PLAN.key,
            version=PLAN.version,
            registry=PLAN.image.registry,
            repository=PLAN.image.repository,
            digest=self.registry.store(PLAN.image, {"image": content}),
            inputs=examples.OTHER_DIGEST,
        )
        self.receipts.save(receipt)
        return receipt

    def package(self, plan: ReleasePlan = PLAN) -> tuple[ChartPackaged, Did]:
        return chart.package(plan, self.root, self.workspace, self.charts, self.registry, self.receipts)

    def publish(self, plan: ReleasePlan = PLAN, signer: Signer | None = None) -> tuple[ChartPublished, Did]:
        return chart.publish(
            plan,
            self.root,
            self.charts,
            self.registry,
            self.receipts,
            sleep=lambda _: None,
            signer=signer,
        )

    def archived(self, receipt: ChartPackaged) -> dict[str, str]:
        texts: dict[str, str] = json.loads((self.root / receipt.archive).read_text())
        return texts


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def another_key(**fields: str) -> ReleasePlan:
    return replace(PLAN, key=replace(PLAN.key, **fields))


def fault_of(error: PipelinekitError) -> tuple[str, int]:
    return error.faults[0].code, error.exit_code


# --- package --------------------------------------------------------------------------------------


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
    archive = bench.root / first.archive
    if damage == "gone":
        archive.unlink()
    else:
        archive.write_text("{}")
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


# --- publish --------------------------------------------------------------------------------------


def test_a_packaged_chart_is_published_below_its_team(bench: Bench) -> None:
    packaged, _ = bench.package()
    receipt, did = bench.publish()
    assert did.acted
    assert receipt.repository == "nexus.acme.example:5000/charts/payments/orders"
    assert receipt.digest == bench.registry.digest_of(PLAN.chart)
    assert bench.registry.chart_layer(PLAN.chart) == receipt.archive_digest == packaged.archive_digest
    assert (receipt.image_repository, receipt.image_digest) == (
        packaged.image_repository,
        packaged.image_digest,
    )


def test_a_published_charts_metadata_is_its_chart_yaml(bench: Bench) -> None:
    bench.package()
    receipt, _ = bench.publish()
    ref = replace(PLAN.chart, tag="", digest=receipt.digest)
    config: Any = bench.registry.manifests[ref.registry, ref.repository, ref.digest]["config"]
    assert (config["name"], config["version"]) == ("orders", "1.2.3")


def test_publishing_again_uploads_nothing(bench: Bench) -> None:
    bench.package()
    first, _ = bench.publish()
    uploads = bench.registry.uploads
    again, did = bench.publish()
    assert (again, did.acted, bench.registry.uploads) == (first, False, uploads)
    assert "is published already" in did.sentence


def test_a_published_version_is_never_replaced(bench: Bench) -> None:
    bench.package()
    first, _ = bench.publish()
    bench.write("templates/deployment.yaml", "changed")
    (bench.root / ".pipelinekit/dist/orders-1.2.3.tgz").unlink()
    bench.package()
    with pytest.raises(Refused) as caught:
        bench.publish()
    assert fault_of(caught.value) == ("version-taken", 6)
    assert bench.registry.digest_of(PLAN.chart) == first.digest


def published_formerly(bench: Bench, change: Callable[[dict[str, str]], None]) -> ChartPackaged:
    """Package, and let the repository have what somebody else packaged from the same."""
    packaged, _ = bench.package()
    texts = bench.archived(packaged)
    change(texts)
    other = bench.root / "other.tgz"
    # Packed otherwise as well: the bytes of an archive say nothing about what is in it.
    other.write_text(json.dumps(texts, sort_keys=True, indent=1))
    bench.registry.publish_chart(PLAN.chart, other, {})
    return packaged


def with_the_platform(texts: dict[str, str]) -> None:
    texts["Chart.yaml"] = set_keys(
        texts["Chart.yaml"], {("annotations", "pipelinekit.dev/platform"): "0badcafe" * 5}, "Chart.yaml"
    )


@pytest.mark.parametrize("change", [with_the_platform, dict.copy], ids=["platform", "packing"])
def test_a_chart_that_says_the_same_is_published_already_and_is_what_gets_deployed(
    bench: Bench, change: Callable[[dict[str, str]], None]
) -> None:
    packaged = published_formerly(bench, change)
    uploads = bench.registry.uploads
    receipt, did = bench.publish()
    assert (did.acted, bench.registry.uploads) == (False, uploads)
    assert receipt.digest == bench.registry.digest_of(PLAN.chart)
    assert receipt.archive_digest == bench.registry.chart_layer(PLAN.chart) != packaged.archive_digest
    assert bench.publish() == (receipt, did)
    # What was fetched to be compared does not stay.
    assert [each.name for each in (bench.root / packaged.archive).parent.iterdir()] == ["orders-1.2.3.tgz"]


def _another(name: str, text: str) -> Callable[[dict[str, str]], None]:
    return lambda texts: texts.update({name: text})


@pytest.mark.parametrize(
    "change",
    [
        _another("templates/deployment.yaml", "changed"),
        _another("templates/more.yaml", ""),
        _another("Chart.yaml", "name: orders\nversion: 1.2.3\n"),
        _another("Chart.yaml", "name: ["),
        lambda texts: texts.pop("values.yaml"),
        lambda texts: texts.update({"Chart.yaml": texts["Chart.yaml"].replace(PLAN.key.commit, "f" * 40)}),
    ],
)
def test_a_chart_that_says_anything_else_is_another_content(
    bench: Bench, change: Callable[[dict[str, str]], None]
) -> None:
    published_formerly(bench, change)
    with pytest.raises(Refused) as caught:
        bench.publish()
    assert fault_of(caught.value) == ("version-taken", 6)


def test_nothing_is_published_that_was_not_packaged(bench: Bench) -> None:
    with pytest.raises(Refused) as caught:
        bench.publish()
    assert fault_of(caught.value) == ("receipt-missing", 6)


def test_nothing_is_published_that_was_packaged_from_something_else(bench: Bench) -> None:
    bench.package()
    with pytest.raises(Refused) as caught:
        bench.publish(another_key(commit="f" * 40))
    assert fault_of(caught.value) == ("receipt-stale", 6)


@pytest.mark.parametrize("damage", ["gone", "changed"])
def test_an_archive_that_is_not_what_was_packaged_is_not_published(bench: Bench, damage: str) -> None:
    packaged, _ = bench.package()
    archive = bench.root / packaged.archive
    if damage == "gone":
        archive.unlink()
    else:
        archive.write_text("{}")
    uploads = bench.registry.uploads
    with pytest.raises(Refused) as caught:
        bench.publish()
    assert fault_of(caught.value) == ("archive-changed", 6)
    assert bench.registry.uploads == uploads


def test_the_digest_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"abc")
    assert chart.digest_of(tmp_path / "f") == digest(b"abc")
    assert chart.digest_of(tmp_path / "gone") == ""


def test_a_chart_that_is_not_one_is_refused_by_the_registry(bench: Bench) -> None:
    bench.package()
    bench.registry.store(ImageRef(PLAN.chart.registry, PLAN.chart.repository, PLAN.chart.tag), {"image": "x"})
    with pytest.raises(PipelinekitError, match="no Helm chart"):
        bench.publish()


# --- copy -----------------------------------------------------------------------------------------


def test_a_copy_has_the_same_bytes_and_is_made_once(bench: Bench) -> None:
    bench.package()
    bench.publish()
    other, to = Registry(), ImageRef("elsewhere", "charts/payments/orders", tag=PLAN.version)

    def copy(to: ImageRef) -> Did:
        archive = bench.root / "copy.tgz"
        return chart.copy(PLAN.chart, bench.registry, to, other, archive, bench.charts)

    assert copy(to).acted
    assert other.chart_layer(to) == bench.registry.chart_layer(PLAN.chart)
    assert not copy(to).acted
    with pytest.raises(Refused, match="inside"):
        copy(replace(to, tag="9.9.9"))
    other.store(to, {"chart": b"another"})
    with pytest.raises(Refused, match="with another content"):
        copy(to)


# --- signatures -----------------------------------------------------------------------------------


def test_a_published_chart_is_signed_by_its_digest_and_once(bench: Bench) -> None:
    signer = Signer()
    bench.package()
    receipt, did = bench.publish(signer=signer)
    assert (signer.signatures, did.acted) == ({receipt.digest}, True)
    assert bench.publish(signer=signer)[1].acted is False


def test_a_chart_whose_publisher_was_killed_before_the_signature_is_signed_now(bench: Bench) -> None:
    signer = Signer()
    bench.package()
    unsigned, _ = bench.publish()
    receipt, did = bench.publish(signer=signer)
    assert (receipt.digest, did.acted) == (unsigned.digest, True)
    assert signer.signatures == {unsigned.digest}


def test_a_signature_does_not_make_another_chart_ours(bench: Bench) -> None:
    signer = Signer()
    bench.package()
    signer.signatures.add(
        bench.registry.store(PLAN.chart, {"chart": b'{"Chart.yaml": "name: another"}', "config": {}})
    )
    with pytest.raises(Refused, match="published with another content"):
        bench.publish(signer=signer)
