from __future__ import annotations

import pytest

from pipelinekit.plan.detect.node.frameworks import framework
from pipelinekit.plan.detect.node.package import Package
from pipelinekit.plan.detect.node.start import start


@pytest.mark.parametrize(
    ("needed", "texts", "site"),
    [
        ("next", {"next.config.js": "module.exports = { output: 'export' }"}, "out"),
        ("@docusaurus/core", {}, "build"),
        ("gatsby", {}, "public"),
        ("astro", {}, "dist"),
        ("vite", {"vite.config.js": 'x = { build: { outDir: "./web" } }', "index.html": ""}, "web"),
        ("vite", {"vite.config.js": 'x = { build: { outDir: "../web" } }'}, "dist"),
        ("@angular/cli", {"angular.json": '{"projects": {"shop": {}}}'}, "dist/shop"),
        (
            "@angular/cli",
            {
                "angular.json": '{"outputPath": "dist/x",'
                ' "builder": "@angular-devkit/build-angular:application"}'
            },
            "dist/x/browser",
        ),
    ],
)
def test_where_a_site_is_written(needed: str, texts: dict[str, str], site: str) -> None:
    package = Package(needed={needed: "1"})
    found = framework(texts, package, start(texts, package))
    assert found is not None
    assert found.site == site


def test_a_server_with_a_front_end_is_a_server() -> None:
    package = Package(needed={"express": "4"}, development={"vite": "5"}, scripts={"start": "node server.js"})
    assert framework({"index.html": ""}, package, start({}, package)) is None


def test_what_no_adapter_builds_is_doubted() -> None:
    package = Package(development={"@sveltejs/kit": "2"})
    found = framework({}, package, start({}, package))
    assert found is not None
    assert found.doubt
