"""Cassandra's image, of Maven's and Python's packages, laid out as the official one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.testbed import binaries, recipes, servers
from tests.testbed.command import run
from tests.testbed.recipes import Recipe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.testbed.layout import Layout
    from tests.testbed.progress import Progress

VERSION = "5.0.9"
IMAGE = f"library/cassandra:{VERSION}"
# The distribution, which no repository of packages has, brings it with Python's driver.
CQLSH = (
    *("cqlsh==6.2.2", "cassandra-driver==3.30.1", "wcwidth==0.2.13"),
    *("geomet==1.1.0", "click==8.3.1", "Deprecated==1.3.1", "wrapt==1.17.3"),
)
_FILES = Path(__file__).parent / "images" / "cassandra"
_PROJECT = f"""\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>testbed</groupId><artifactId>cassandra</artifactId><version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.cassandra</groupId><artifactId>cassandra-all</artifactId><version>{VERSION}</version>
    </dependency>
  </dependencies>
</project>
"""


def image(layout: Layout, progress: Progress | None = None) -> str:
    """The name of the server's image in the registry.

    Raises NotUpError without a testbed, ToolFailedError when the download or the build fails.
    """
    return servers.made(layout, IMAGE, _recipes, _fetched, progress)


def _recipes(folder: Path, base: Mapping[str, Recipe]) -> dict[str, Recipe]:
    texts = {each.name: each.read_text() for each in sorted(_FILES.iterdir())}
    ours = Recipe(
        base=servers.JRE,
        dockerfile=texts.pop("Dockerfile"),
        files={each: folder / each for each in ("lib", "pylib")},
        texts=texts,
        identity=" ".join((VERSION, *CQLSH)),
    )
    return {**{each: base[each] for each in (recipes.DEBIAN, servers.JRE)}, IMAGE: ours}


def _fetched(folder: Path) -> None:
    """The server with what it depends on, and cqlsh for the Python that Debian has in that image."""
    (folder / "pom.xml").write_text(_PROJECT)
    lib = f"-DoutputDirectory={folder / 'lib'}"
    servers.maven(folder, "copy-dependencies", "-DincludeScope=runtime", lib)
    words = ("--no-deps", "--only-binary=:all:", "--python-version=3.11", f"--target={folder / 'pylib'}")
    run([*binaries.pip(), "install", *words, *CQLSH], timeout=600)
