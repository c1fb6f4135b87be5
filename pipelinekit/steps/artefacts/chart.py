"""The chart: package it around the pushed image, publish it; a published version is never replaced."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from pipelinekit.errors import DocumentInvalid, ToolFailed, refused
from pipelinekit.model.receipts import ChartPackaged, ChartPublished, ImagePushed, check_version
from pipelinekit.model.release import ImageRef, ReleasePlan
from pipelinekit.plan.chartvalues import takes_digest
from pipelinekit.plan.release import chart_address
from pipelinekit.ports import ChartRepository, Charts, Receipts, Registry, Signer, Workspace
from pipelinekit.reading.chart.values import read_values
from pipelinekit.steps.artefacts.before import required
from pipelinekit.steps.artefacts.image import Did
from pipelinekit.steps.artefacts.settling import Sleep, settled
from pipelinekit.steps.artefacts.stamping import STAND_IN, check_image, texts_of
from pipelinekit.steps.artefacts.trust import short

DIST = "dist"
"""The working folder that holds the archives."""
FORMERLY = ("pipelinekit.dev/platform",)
"""Annotations that charts once had and that said nothing about what is in them."""

_MOST = 64 * 1024 * 1024


def package(
    plan: ReleasePlan,
    root: Path,
    workspace: Workspace,
    charts: Charts,
    registry: Registry,
    receipts: Receipts,
    settle: Callable[[ChartPackaged], object] = lambda _: None,
) -> tuple[ChartPackaged, Did]:
    """Archive the chart with the pushed image's name and digest in its values.

    Raises `Refused` when nothing was pushed at this revision, or the registry no longer has it; it is asked
    once `settle` has returned, which gets the receipt as it will be.
    """
    pushed = required(receipts, ImagePushed, plan.key, "package")
    archive = archive_of(plan, workspace)
    done = receipts.load(ChartPackaged)
    current = done and (done.key, done.image_digest) == (plan.key, pushed.digest)
    if done and current and digest_of(archive) == done.archive_digest:
        settle(done)
        require_image(plan, pushed, registry)
        return done, Did(f"{archive.name} is packaged already", acted=False)
    replaced, trial = texts_of(plan, pushed, workspace)
    folder = root / plan.chart_folder
    made = charts.package(folder, replaced, trial, archive.parent, plan.app.name, root=root)
    own = read_values(replaced["values.yaml"], "values.yaml")
    if not takes_digest(own) or plan.app.chart:
        check_image(plan, made, trial, pushed, charts)
    receipt = ChartPackaged(
        key=plan.key,
        version=plan.version,
        archive=str(made.relative_to(root)),
        archive_digest=digest_of(made),
        image_repository=pushed.repository,
        image_digest=pushed.digest,
    )
    settle(receipt)
    require_image(plan, pushed, registry)
    receipts.save(receipt)
    return receipt, Did(f"{made.name} is packaged around {short(pushed.digest)}", acted=True)


def archive_of(plan: ReleasePlan, workspace: Workspace) -> Path:
    """Where the archive of a release's chart is, or will be."""
    return workspace.working_folder(DIST) / f"{plan.app.name}-{plan.version}.tgz"


def rehearse(plan: ReleasePlan, root: Path, workspace: Workspace, charts: Charts) -> None:
    """Lint the chart before its image is there, around a stand-in. Raises `ToolFailed` with the complaint."""
    stand_in = ImagePushed(
        key=plan.key,
        version=plan.version,
        registry=plan.image.registry,
        repository=plan.image.repository,
        digest=STAND_IN,
        inputs="",
    )
    replaced, trial = texts_of(plan, stand_in, workspace)
    charts.lint(root / plan.chart_folder, replaced, trial, plan.app.name, root=root)


def require_image(plan: ReleasePlan, pushed: ImagePushed, registry: Registry) -> None:
    """Raise `Refused` unless the version still names what was pushed: somebody may have come after us."""
    if registry.digest_of(plan.image) == pushed.digest:
        return
    check_version(pushed, plan.version)
    image = ImageRef(pushed.registry, pushed.repository, digest=pushed.digest)
    if registry.digest_of(image) is None:
        raise refused("image-gone", f"the registry no longer has {image}", hint="run `pipelinekit push`")
    raise refused(
        "image-moved", f"{plan.image} is no longer what was pushed", hint="run `pipelinekit push` again"
    )


def publish(
    plan: ReleasePlan,
    root: Path,
    charts: Charts,
    registry: ChartRepository,
    receipts: Receipts,
    sleep: Sleep = time.sleep,
    *,
    signer: Signer | None = None,
    settle: Callable[[], object] = lambda: None,
) -> tuple[ChartPublished, Did]:
    """Store the packaged chart in the chart repository, and sign it when there is a `signer`.

    Raises `Refused` when that version is there with another content: whoever published it, a chart is taken
    for ours only when its archive is ours, byte for byte. `settle` is called before the version is taken, and
    may raise.
    """
    packaged = required(receipts, ChartPackaged, plan.key, "publish")
    archive, there = root / packaged.archive, packaged.archive_digest
    if digest_of(archive) != packaged.archive_digest:
        raise refused(
            "archive-changed",
            f"{packaged.archive} is not what was packaged",
            hint="run `pipelinekit package`",
        )
    digest = registry.digest_of(plan.chart)
    acted = digest is None
    if digest is None:
        metadata = read_values(charts.texts(archive, ["Chart.yaml"])["Chart.yaml"], "Chart.yaml")
        # Large things first: how long it takes to name them is how long somebody else may come in between.
        registry.bring_chart(plan.chart, archive, metadata)
        settle()
        with settled(sleep):
            taken = registry.digest_of(plan.chart)
            digest = taken or registry.publish_chart(plan.chart, archive, metadata)
        if taken or registry.digest_of(plan.chart) != digest:
            there = _archive_there(plan, archive, charts, registry)
            digest = registry.digest_of(plan.chart) or digest
    else:
        settle()
        if not _published_by_us(receipts, packaged, digest):
            there = _archive_there(plan, archive, charts, registry)
    published = replace(plan.chart, tag="", digest=digest)
    if signer and not signer.signed(published):
        _check_bytes(published, packaged, registry)
        signer.sign(published)
        acted = True
    receipt = ChartPublished(
        key=plan.key,
        version=plan.version,
        repository=f"{plan.chart.registry}/{plan.chart.repository}",
        digest=digest,
        archive_digest=there,
        image_repository=packaged.image_repository,
        image_digest=packaged.image_digest,
    )
    receipts.save(receipt)
    verb = "is published" if acted else "is published already"
    return receipt, Did(f"{chart_address(plan.chart)} {verb} ({short(digest)})", acted)


def to_be(
    packaged: ChartPackaged, plan: ReleasePlan, root: Path, charts: Charts, registry: ChartRepository
) -> ChartPublished:
    """A packaged chart as it will be published, unless somebody comes first."""
    archive = root / packaged.archive
    metadata = read_values(charts.texts(archive, ["Chart.yaml"])["Chart.yaml"], "Chart.yaml")
    return unpublished(packaged, plan, registry.digest_to_be(archive, metadata))


def unpublished(packaged: ChartPackaged, plan: ReleasePlan, digest: str = "") -> ChartPublished:
    """A packaged chart as if it were published, for plans; its digest is the archive's, or the given one."""
    return ChartPublished(
        key=packaged.key,
        version=packaged.version,
        repository=f"{plan.chart.registry}/{plan.chart.repository}",
        digest=digest or packaged.archive_digest,
        archive_digest=packaged.archive_digest,
        image_repository=packaged.image_repository,
        image_digest=packaged.image_digest,
    )


def copy(
    ref: ImageRef,
    source: ChartRepository,
    to: ImageRef,
    target: ChartRepository,
    archive: Path,
    charts: Charts,
) -> Did:
    """Publish another repository's chart, byte for byte. `archive` is where it may lie meanwhile.

    Raises `Refused` when `to` is published with another content.
    """
    source.fetch_chart(ref, archive)
    digest = digest_of(archive)
    there = target.digest_of(to)
    if there is None:
        metadata = read_values(charts.texts(archive, ["Chart.yaml"])["Chart.yaml"], "Chart.yaml")
        inside = str(metadata.get("name")), str(metadata.get("version"))
        if inside != (to.repository.split("/")[-1], to.tag):
            raise refused(
                "chart-renamed",
                f"{ref} is {' '.join(inside)} inside",
                hint="a copy keeps name and version",
            )
        target.publish_chart(to, archive, metadata)
    elif target.chart_layer(to) != digest:
        raise refused(
            "version-taken",
            f"{chart_address(to)} is published with another content",
            hint="a published version is never replaced",
        )
    verb = "has" if there is None else "has already"
    return Did(
        f"{chart_address(to)} {verb} the archive of {chart_address(ref)} ({short(digest)})", there is None
    )


def _published_by_us(receipts: Receipts, packaged: ChartPackaged, digest: str) -> bool:
    """Whether what the repository has is what we put there: its digest says so, without reading it."""
    done = receipts.load(ChartPublished)
    return bool(done and done.digest == digest and done.archive_digest == packaged.archive_digest)


def _archive_there(plan: ReleasePlan, archive: Path, charts: Charts, registry: ChartRepository) -> str:
    """The digest of the published archive: it has the bytes of ours, or says the same.

    Raises `Refused` when its content is another one.
    """
    there = registry.chart_layer(plan.chart)
    if there != digest_of(archive):
        other = archive.with_name(f"{archive.name}.published")
        registry.fetch_chart(plan.chart, other)
        try:
            alike = _content(archive, charts) == _content(other, charts)
        except (ToolFailed, DocumentInvalid, UnicodeDecodeError):
            alike = False
        finally:
            other.unlink(missing_ok=True)
        if not alike:
            raise refused(
                "version-taken",
                f"{plan.chart} is published with another content",
                hint="a published version is never replaced: commit, and run the line again",
            )
    return there


def _content(archive: Path, charts: Charts) -> tuple[Mapping[str, str], Mapping[str, object]]:
    """What a chart says, however it was packed: its files' digests, and its metadata."""
    digests = charts.digests(archive)
    digests.pop("Chart.yaml", None)
    metadata = read_values(charts.texts(archive, ["Chart.yaml"]).get("Chart.yaml", ""), "Chart.yaml")
    annotations = metadata.get("annotations")
    if isinstance(annotations, dict):
        metadata["annotations"] = {key: each for key, each in annotations.items() if key not in FORMERLY}
    return digests, metadata


def _check_bytes(published: ImageRef, packaged: ChartPackaged, registry: ChartRepository) -> None:
    """What gets our signature is ours byte for byte, however alike something else may count."""
    if registry.chart_layer(published) != packaged.archive_digest:
        raise refused(
            "version-unsigned",
            f"{published} has no signature of the platform's key, and is not what was packaged",
            hint="find out who published it; commit, and the next version is free",
        )


def digest_of(path: Path) -> str:
    """`sha256:` and the hex digest of a chart's archive; empty for none, and for a link: we make none."""
    # A pipe or a device has no end, and no chart that anybody could publish has so many bytes.
    if path.is_symlink() or not path.is_file() or path.stat().st_size > _MOST:
        return ""
    return "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()
