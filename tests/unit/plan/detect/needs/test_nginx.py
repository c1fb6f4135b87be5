from __future__ import annotations

import pytest

from pipelinekit.plan.detect.needs.nginx import marked
from pipelinekit.plan.detect.signs import Detected


@pytest.mark.parametrize(
    "found",
    [
        Detected(language="static", package=".", port=8080),
        Detected(language="node", package="dist", port=8080),
    ],
)
def test_a_configuration_of_theirs_is_told_where_ours_would_be(found: Detected) -> None:
    assert ["listens on 8080" in each for each in marked(found, {"nginx.conf": ""}).doubts] == [True]


@pytest.mark.parametrize(
    ("found", "path"),
    [
        (Detected(language="static", package="."), "docker/nginx.conf"),
        (Detected(language="static", package=".", keeps_dockerfile=True), "nginx.conf"),
        (Detected(language="node", package="server.js"), "nginx.conf"),
        (Detected(language="python"), "nginx.conf"),
    ],
)
def test_elsewhere_it_is_not(found: Detected, path: str) -> None:
    assert marked(found, {path: ""}) is found
