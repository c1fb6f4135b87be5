from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.errors import PipelinekitError, Refused
from pipelinekit.merge.keys import set_keys
from pipelinekit.model.receipts import ChartPackaged
from pipelinekit.model.release import ImageRef
from pipelinekit.steps.artefacts import chart
from pipelinekit.steps.artefacts.image import Did
from tests.doubles import Registry, Signer, digest
from tests.unit.steps.artefacts.chart.bench import PLAN, Bench, another_key, fault_of


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
    bench.harm(packaged, damage)
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
