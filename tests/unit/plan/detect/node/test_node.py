from __future__ import annotations

import json

import pytest

from pipelinekit.plan.detect import detect, node
from tests import lookalikes


def test_an_express_server() -> None:
    found = detect(lookalikes.EXPRESS)
    assert found is not None
    assert (found.version, found.package, found.port, found.health) == (
        "24",
        "src/server.js",
        3000,
        "/health",
    )
    assert found.dependencies == ("package.json", "package-lock.json")
    assert found.test == (
        "npx", "mocha", "--reporter", "xunit", "--reporter-option", "output=/reports/mocha.xml",
    )  # fmt: skip


def test_a_front_end_that_vite_builds() -> None:
    found = detect(lookalikes.VITE)
    assert found is not None
    assert (found.language, found.package, found.dependencies) == (
        "node",
        "dist",
        ("package.json", "yarn.lock"),
    )
    assert "vitest" in found.test


@pytest.mark.parametrize(
    ("package", "files", "main", "test"),
    [
        ({"main": "lib/app.mjs"}, ("lib/app.mjs",), "lib/app.mjs", ()),
        ({"main": "gone.js"}, ("index.js",), "index.js", ()),
        ({"scripts": {"test": "node --test"}}, (), "", ()),
        ({"scripts": {"test": "tap"}}, (), "", ("npm", "test")),
        ({"devDependencies": {"jest": "29"}}, (), "", ("npx", "jest", "--ci")),
    ],
)
def test_programs_and_tests(
    package: dict[str, object], files: tuple[str, ...], main: str, test: tuple[str, ...]
) -> None:
    found = node.look({"package.json": json.dumps(package), **dict.fromkeys(files, "")})
    assert found is not None
    assert (found.package, found.test) == (main, test)


def test_a_damaged_package_is_still_nodes() -> None:
    found = node.look({"package.json": "{"})
    assert found is not None
    assert found.language == "node"


@pytest.mark.parametrize(
    ("script", "chosen"),
    [
        ("mocha", ()),
        ("NODE_ENV=test mocha --exit --recursive test", ("--exit", "--recursive", "test")),
        ("cross-env NODE_ENV=test mocha -R spec -r ts-node/register", ("-r", "ts-node/register")),
        ("mocha --reporter=dot --watch --timeout 5000", ("--timeout", "5000")),
        ("nyc mocha --exit", ()),
        ("mocha --exit && eslint .", ()),
    ],
)
def test_what_the_script_tells_mocha_is_told(script: str, chosen: tuple[str, ...]) -> None:
    package = json.dumps({"scripts": {"test": script}, "devDependencies": {"mocha": "7"}})
    found = detect({"package.json": package})
    assert found
    assert found.test == (
        *("npx", "mocha", "--reporter", "xunit", "--reporter-option", "output=/reports/mocha.xml"),
        *chosen,
    )


def test_a_members_folder_is_one_word_of_the_shell() -> None:
    root = json.dumps({"workspaces": ["apps/*"]})
    said = {
        "scripts": {"start": "node a.js && x", "test": "mocha"},
        "devDependencies": {"mocha": "10"},
    }
    found = node.member({"package.json": root, "apps/a $(id)/package.json": json.dumps(said)}, "apps/a $(id)")
    assert found is not None
    assert found.test[2].startswith("cd 'apps/a $(id)' && exec ")
