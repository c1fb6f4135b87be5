from __future__ import annotations

import pytest

from pipelinekit.plan.detect import pages
from tests import lookalikes


@pytest.mark.parametrize(
    ("path", "folder"), [("index.html", "."), ("public/index.html", "public"), ("docs/index.html", "docs")]
)
def test_a_static_site_is_where_its_first_page_is(path: str, folder: str) -> None:
    found = pages.static({path: "", "other.txt": ""})
    assert found is not None
    assert (found.package, found.port, found.health) == (folder, 8080, "/healthz")


def test_a_dockerfile_says_its_port() -> None:
    found = pages.dockerfile(lookalikes.OTHER)
    assert found is not None
    assert (found.language, found.port) == ("dockerfile", 4000)
    assert pages.dockerfile({}) is None
