"""OpenSearch's image, of Maven's packages, and that of Debian's rsyslog, which sends it log lines."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from tests.testbed import recipes, servers
from tests.testbed.recipes import Recipe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.testbed.layout import Layout
    from tests.testbed.progress import Progress

VERSION = "2.19.1"
IMAGE = f"opensearchproject/opensearch:{VERSION}"
SHIPPER = "pipelinekit/rsyslog:8.2302"
_IMAGES = Path(__file__).parent / "images"
_SERVER = (
    f"org.opensearch:opensearch:{VERSION}",
    f"org.opensearch:opensearch-plugin-classloader:{VERSION}",
    "org.apache.logging.log4j:log4j-core:2.21.0",
    "net.java.dev.jna:jna:5.13.0",
)
# It speaks HTTP by a module, which the distribution has in a folder of its own.
_HTTP = f"org.opensearch.plugin:transport-netty4-client:{VERSION}"


def image(layout: Layout, progress: Progress | None = None) -> str:
    """The name of the server's image in the registry.

    Raises NotUpError without a testbed, ToolFailedError when the download or the build fails.
    """
    return servers.made(layout, IMAGE, _recipes, _fetched, progress)


def shipper(layout: Layout, progress: Progress | None = None) -> str:
    """Likewise that of rsyslog, with what reads containers' files and speaks `_bulk`."""
    return servers.made(layout, SHIPPER, _shipper, lambda _: None, progress)


def _recipes(folder: Path, base: Mapping[str, Recipe]) -> dict[str, Recipe]:
    texts = {each.name: each.read_text() for each in sorted((_IMAGES / "opensearch").iterdir())}
    ours = Recipe(
        base=servers.JRE,
        dockerfile=texts.pop("Dockerfile"),
        files={each: folder / each for each in ("lib", "module")},
        texts=texts,
        identity=" ".join((*_SERVER, _HTTP)),
    )
    return {**{each: base[each] for each in (recipes.DEBIAN, servers.JRE)}, IMAGE: ours}


def _fetched(folder: Path) -> None:
    """The server with what it depends on, and the module with what it has besides."""
    for place, packages in (("lib", _SERVER), ("module", (_HTTP,))):
        project = folder / f"{place}-project"
        project.mkdir()
        (project / "pom.xml").write_text(_project(packages))
        options = ("-DincludeScope=runtime", f"-DoutputDirectory={folder / place}")
        servers.maven(project, "copy-dependencies", *options)
        shutil.rmtree(project)
    for each in (folder / "lib").iterdir():
        (folder / "module" / each.name).unlink(missing_ok=True)


def _project(packages: tuple[str, ...]) -> str:
    parts = [each.split(":") for each in packages]
    each = "".join(
        f"<dependency><groupId>{group}</groupId><artifactId>{name}</artifactId><version>{version}</version></dependency>"
        for group, name, version in parts
    )
    head = '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
    own = "<groupId>testbed</groupId><artifactId>opensearch</artifactId><version>1</version>"
    return f"{head}{own}<dependencies>{each}</dependencies></project>\n"


def _shipper(folder: Path, base: Mapping[str, Recipe]) -> dict[str, Recipe]:
    texts = {each.name: each.read_text() for each in sorted((_IMAGES / "rsyslog").iterdir())}
    ours = Recipe(base=recipes.DEBIAN, dockerfile=texts.pop("Dockerfile"), texts=texts)
    return {recipes.DEBIAN: base[recipes.DEBIAN], SHIPPER: ours}
