"""The verbs of bundles: a folder with everything for a site without internet, and what takes it in there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelinekit import names
from pipelinekit.cli.options import ENVIRONMENT, JSON, PLAN, PLATFORM, PLATFORM_FOLDER
from pipelinekit.cli.output import report
from pipelinekit.cli.paths import on_disk
from pipelinekit.counts import counted
from pipelinekit.errors import usage

if TYPE_CHECKING:
    from pipelinekit.adapters.bundle.folder import BundleFolder
    from pipelinekit.cli.platform.components.parts import Rollout
    from pipelinekit.model.platform.document import Platform
    from pipelinekit.model.rollout.bundle import Content


@click.command()
@PLATFORM_FOLDER
@ENVIRONMENT
@click.option(
    "--to", default="", type=on_disk, metavar="DIR", help="The folder to fill; one that was begun goes on."
)
@click.option(
    "--check",
    default="",
    type=on_disk,
    metavar="DIR",
    help="Look whether a bundle is whole, and copy nothing.",
)
@click.option(
    "--architecture",
    "architectures",
    multiple=True,
    metavar="OS/ARCH",
    help="Only these, like linux/arm64; repeat it. Without: all that an image has.",
)
@PLAN
@JSON
def bundle(
    platform: str,
    environment: str,
    to: str,
    check: str,
    architectures: tuple[str, ...],
    plan_only: bool,
    as_json: bool,
) -> None:
    """Put everything for a site without internet into a folder: charts, images, definitions, library.

    The components that are on are rendered as for the environment, and the images of each held against
    `images` in its component.yaml: what is not listed, and what is listed for nothing, is a fault (3). What
    is at or below Nexus must not pull from Nexus (6). Images are copied from where they are listed, those of
    Docker Hub from the platform's mirror. The folder is an OCI image layout, with bundle.json as its list.
    Run again, nothing is copied; what is damaged is found and brought again. `platform unbundle` takes it in.

    \b
    Examples:
      pipelinekit platform bundle --to bundle/ --platform . --env production
      pipelinekit platform bundle --to bundle/ --architecture linux/amd64
      pipelinekit platform bundle --check bundle/
    """
    from pipelinekit.steps.bundle import fill as steps

    if bool(to) == bool(check):
        raise usage(
            "bundle-mode", "say --to DIR or --check DIR", hint="--to fills a folder, --check looks at one"
        )
    for each in architectures:
        if not names.ARCHITECTURE.fullmatch(each):
            raise usage("architecture-form", f"'{each}' is no architecture", hint="like linux/amd64")
    if check:
        from pipelinekit.model.platform.document import local_platform

        source = _folder(check, local_platform(""))
        with source.told():
            found = steps.check(source)
        _told(as_json, {"names": len(found)}, f"{check} is whole: {counted(len(found), 'name')}")
        return
    from pipelinekit.cli.platform.components.parts import Rollout

    here = Rollout(platform, environment)
    content = _content(here)
    if plan_only:
        _plan(content, as_json)
        return
    folder = _folder(to, here.platform)
    with folder.alone():
        done = steps.fill(content, architectures, folder, report.say)
    for each in content.findings if not as_json else ():
        report.notice(each)
    row = {
        "acted": done.acted,
        "charts": len(done.charts),
        "images": len(done.images),
        "new": done.new,
        "blobs": done.moved,
        "repaired": done.repaired,
        "findings": list(content.findings),
    }
    what = f"{counted(len(done.charts), 'chart')} and {counted(len(done.images), 'image')}"
    nothing = f"{to} holds {what} already: nothing was copied"
    _told(as_json, row, f"{to} holds {what}, {counted(done.moved, 'blob')} copied" if done.acted else nothing)


@click.command()
@click.argument("folder", type=on_disk, metavar="DIR")
@click.option("--to-registry", required=True, metavar="HOST[/PATH]", help="The registry at the site.")
@PLATFORM
@PLAN
@JSON
def unbundle(folder: str, to_registry: str, platform: str, plan_only: bool, as_json: bool) -> None:
    """Take a bundle in at a site: bring its images and charts to a registry there.

    The bundle is looked at first; what is damaged is told (5), and nothing is brought. Images keep their path
    below HOST[/PATH], charts go to HOST[/PATH]/charts: platform.yaml there says `images.mirror: HOST[/PATH]`
    and `charts.repository: oci://HOST[/PATH]/charts`. A version that is there with another content is never
    replaced. Run again, it goes on.

    \b
    Examples:
      pipelinekit platform unbundle bundle/ --to-registry registry.site.example:5000
      pipelinekit platform unbundle bundle/ --to-registry registry.site.example:5000/platform --plan
    """
    from pipelinekit.cli.wiring.line import named_or_local_platform
    from pipelinekit.plan.bundle import listing
    from pipelinekit.steps.bundle import fill as steps

    fault = names.host_fault(to_registry, path=True)
    if fault:
        raise usage("address-form", f"--to-registry {fault}", hint="HOST[:PORT] or HOST[:PORT]/PATH")
    source = _folder(folder, named_or_local_platform(platform, to_registry.partition("/")[0]))
    if plan_only:
        with source.told():
            found = steps.check(source)
        for each in found if not as_json else ():
            report.result(
                f"{each.reference} would be {listing.reference(listing.at_site(each, to_registry))}"
            )
        _told(as_json, {"names": len(found)}, f"{counted(len(found), 'name')} would be at {to_registry}")
        return
    with source.told():
        count, acted = steps.load(source, to_registry, report.say)
    rest = f", {acted} of them new" if acted else " already"
    _told(
        as_json,
        {"names": count, "new": acted},
        f"{counted(count, 'name is', 'names are')} at {to_registry}{rest}",
    )


def _folder(path: str, platform: Platform) -> BundleFolder:
    from pipelinekit.adapters.bundle.folder import BundleFolder
    from pipelinekit.adapters.registry.oci import OciRegistry
    from pipelinekit.cli.wiring.line import registry_login

    return BundleFolder(Path(path), OciRegistry(registry_login(platform), live=report.live))


def _content(here: Rollout) -> Content:
    from pipelinekit.adapters.disk import files
    from pipelinekit.adapters.folder import packaged
    from pipelinekit.steps.bundle.gather import PLUGINS, gather

    library = packaged.folder("vars")
    texts = {
        f"library/vars/{each.name}": files.read_bytes(each).decode() for each in sorted(library.iterdir())
    }
    texts[PLUGINS] = files.read_bytes(packaged.folder("seed-jobs") / "plugins.txt").decode()
    return gather(here.parts, here.order, here.shelf, here.helm, texts)


def _plan(content: Content, as_json: bool) -> None:
    from pipelinekit.plan.bundle.listing import reference

    images = {reference(each.name): reference(each.source) for each in content.images}
    charts = [f"{each.name} {each.version}" for each in content.charts]
    if as_json:
        report.as_json({"charts": charts, "images": images, "findings": list(content.findings)})
        return
    for chart in charts:
        report.result(f"chart  {chart}")
    for name, source in images.items():
        report.result(f"image  {name}" + (f" from {source}" if source != name else ""))
    for each in content.findings:
        report.notice(each)
    report.result(f"{counted(len(charts), 'chart')} and {counted(len(images), 'image')} would be in it")


def _told(as_json: bool, row: dict[str, object], sentence: str) -> None:
    if as_json:
        report.as_json(row)
    else:
        report.result(sentence)
