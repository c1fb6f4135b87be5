from __future__ import annotations

import pytest

from pipelinekit.plan.detect.node.package import Package
from pipelinekit.plan.detect.node.start import start


@pytest.mark.parametrize(
    ("scripts", "package", "command"),
    [
        ({"start": "node dist/index.js"}, "dist/index.js", ()),
        ({"start": "npm run serve", "serve": "node ./lib/a.mjs"}, "lib/a.mjs", ()),
        ({"start": "NODE_ENV=production node a.js"}, "a.js", ()),
        ({"start": "nodemon a.js"}, "a.js", ()),
        ({"start": "node --enable-source-maps a.js"}, "", ("node", "--enable-source-maps", "a.js")),
        ({"start": "node dist/main"}, "", ("node", "dist/main")),
        ({"start": "PORT=1 node a.js"}, "", ("sh", "-c", "PORT=1 node a.js")),
        ({"start": "node m.js && node a.js"}, "", ("sh", "-c", "node m.js && node a.js")),
        ({"start": "nest start", "start:prod": "node dist/main.js"}, "dist/main.js", ()),
        ({"start": "vite"}, "", ()),
        ({"start": "npm start"}, "", ("npm", "start")),
        ({"start": "node '"}, "", ("sh", "-c", "node '")),
        ({"start": "node ../a.js"}, "", ("node", "../a.js")),
    ],
)
def test_what_a_script_runs(scripts: dict[str, str], package: str, command: tuple[str, ...]) -> None:
    found = start({}, Package(scripts=scripts))
    assert (found.package, found.command) == (package, command)


@pytest.mark.parametrize(
    ("main", "files", "package"),
    [
        ("lib", ("lib/index.js",), "lib/index.js"),
        ("a", ("a.js",), "a.js"),
        ("gone.js", ("app.js",), "app.js"),
    ],
)
def test_main_as_node_finds_it(main: str, files: tuple[str, ...], package: str) -> None:
    assert start(dict.fromkeys(files, ""), Package(main=main)).package == package


def test_a_main_that_the_build_makes() -> None:
    assert start({}, Package(main="dist/a.js", scripts={"build": "tsc"})).package == "dist/a.js"
