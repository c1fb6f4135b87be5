from __future__ import annotations

import pytest

from pipelinekit.model.sources import Layout
from pipelinekit.plan.sync.layout import is_building, is_sendable


def test_what_packages_and_the_image_are_made_of_is_built() -> None:
    layout = Layout(runtime="python", apart=("vendor", "*.toml"))
    for path in (
        "requirements.txt",
        "a/requirements-dev.txt",
        "package-lock.json",
        "pyproject.toml",
        "Dockerfile",
    ):
        assert is_building(path, layout), path
    for path in ("vendor/x.py", "any.toml"):
        assert is_building(path, layout), path
    for path in ("app.py", "vendors/x.py", "orders/requirements.py", "data.json"):
        assert not is_building(path, layout), path


@pytest.mark.parametrize("path", ["a\nb", "a\udcffb", "a\\b", "a\x00"])
def test_names_that_receivers_might_write_otherwise_are_not_sent(path: str) -> None:
    assert not is_sendable(path)
    assert is_sendable("ä b/c'\"$.py")


def test_of_a_site_all_but_its_folder_is_built() -> None:
    layout = Layout(runtime="sh", apart=("public/nginx.conf",), folder="public", where="/html")
    for path in ("public", "README.md", "publicity/x", "public/nginx.conf"):
        assert is_building(path, layout), path
    # No packages are made of what is served.
    for path in ("public/index.html", "public/package.json"):
        assert not is_building(path, layout), path
    whole = Layout(runtime="sh", apart=("nginx.conf",), where="/html")
    assert (is_building("nginx.conf", whole), is_building("index.html", whole)) == (True, False)
