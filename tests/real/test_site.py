"""The pages as a site: all of them, with links that lead somewhere, and nothing of anybody else's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.pages import blocks, site
from tests.pages.checked import ROOT


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    site.stage(folder)
    assert site.build(folder) == 0
    return folder


def test_every_page_is_in_the_site(work: Path) -> None:
    expected = {site.BESIDE.get(path.name, path.name) for path in blocks.pages(ROOT)}
    expected |= set(site.BESIDE.values())
    there = {path.with_suffix(".md").name for path in (work / "site").glob("*.html")}
    assert there - {"404.md"} == expected


def test_the_site_loads_nothing_from_elsewhere(work: Path) -> None:
    loaded = re.compile(r"""<(?:script|img|link|iframe)\b[^>]*?(?:src|href)=["']?((?:https?:)?//[^"' >]+)""")
    found = {each for path in (work / "site").glob("*.html") for each in loaded.findall(path.read_text())}
    assert found == set()


@pytest.mark.parametrize(("link", "fails"), [("#two", False), ("#three", True)])
def test_a_link_that_leads_nowhere_fails_the_build(tmp_path: Path, link: str, *, fails: bool) -> None:
    # One page with our settings: all of them are built above, which takes seconds.
    settings = (ROOT / "docs" / "mkdocs.yml").read_text().partition("\nnav:")[0]
    (tmp_path / "mkdocs.yml").write_text(settings)
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "index.md").write_text(f"# One\n\n[there]({link})\n\n## Two\n")
    assert (site.build(tmp_path) != 0) is fails
