from __future__ import annotations

import json
from typing import Any

import pytest

from pipelinekit.plan.detect.node.package import Package, installed_from, installer, read, version


@pytest.mark.parametrize(
    "text",
    ["", "0", "[]", '"x"', "null", "true", "{", "[" * 100_000, '{"scripts": 1, "engines": null}', "\0"],
)
def test_whatever_it_is_it_is_read(text: str) -> None:
    assert read(text) == Package()


@pytest.mark.parametrize("value", [None, 0, "", "x", [], [1], {}, {"a": 1}, {"a": None}, [[]]])
@pytest.mark.parametrize(
    "key",
    [
        "name",
        "main",
        "scripts",
        "dependencies",
        "devDependencies",
        "engines",
        "packageManager",
        "workspaces",
        "volta",
    ],
)
def test_no_form_of_a_value_is_a_crash(key: str, value: Any) -> None:
    found = read(json.dumps({key: value}))
    installer({}, found)
    version({}, found)


@pytest.mark.parametrize(
    ("texts", "manager", "expected"),
    [
        ({}, "", "npm"),
        ({}, "pnpm@9.1.0+sha512.abc", "pnpm@9.1.0"),
        ({}, "npm@10.2.0", "npm"),
        ({"yarn.lock": "# yarn lockfile v1\n"}, "", "yarn"),
        ({"yarn.lock": "__metadata:\n  version: 8\n"}, "", "yarn@4"),
        ({"yarn.lock": "", ".yarnrc.yml": ""}, "", "yarn@4"),
        ({"pnpm-lock.yaml": "lockfileVersion: '6.0'\n"}, "", "pnpm@8"),
        ({"pnpm-lock.yaml": "lockfileVersion: 5.4\n"}, "", "pnpm@7"),
        ({"pnpm-workspace.yaml": ""}, "", "pnpm"),
        ({"bun.lockb": ""}, "", "bun"),
        ({"package-lock.json": "", "yarn.lock": ""}, "", "yarn"),
    ],
)
def test_who_installs(texts: dict[str, str], manager: str, expected: str) -> None:
    assert installer(texts, Package(manager=manager))[0] == expected


def test_what_an_installer_reads_is_there() -> None:
    texts = dict.fromkeys(
        (".npmrc", ".yarnrc.yml", ".yarn/releases/y.cjs", "patches/a.patch", "yarn.lock"), ""
    )
    files, reason = installed_from(texts, Package(), "yarn@4")
    assert files == ("package.json", "yarn.lock", ".npmrc", ".yarnrc.yml", ".yarn/", "patches/")
    assert not reason


@pytest.mark.parametrize(
    ("package", "whole"),
    [
        (Package(scripts={"postinstall": "node scripts/setup.js"}), True),
        (Package(scripts={"prepare": "husky install"}), False),
        (Package(needed={"lib": "file:./lib"}), True),
        (Package(needed={"lib": "1"}), False),
    ],
)
def test_scripts_of_the_repository_have_its_source(package: Package, whole: bool) -> None:
    files, reason = installed_from({}, package, "npm")
    assert ("." in files, bool(reason)) == (whole, whole)


@pytest.mark.parametrize(
    ("texts", "node", "expected"),
    [
        ({".nvmrc": "v22\n"}, ">=18", "22"),
        ({".nvmrc": "lts/jod"}, "", "22"),
        ({".nvmrc": "lts/*"}, "", "24"),
        ({".node-version": "22.3.0"}, "", "22.3.0"),
        ({}, "22.x", "22"),
    ],
)
def test_where_a_version_is_said(texts: dict[str, str], node: str, expected: str) -> None:
    assert version(texts, Package(node=node))[0].version == expected
