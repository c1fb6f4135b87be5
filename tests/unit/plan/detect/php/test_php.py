from __future__ import annotations

import json

import pytest

from pipelinekit.plan.detect import detect, php
from tests import lookalikes


def test_pages_behind_apache() -> None:
    found = detect(lookalikes.PHP)
    assert found is not None
    assert (found.language, found.package, found.port) == ("php", "public", 8080)


@pytest.mark.parametrize("folder", ["web", "public", "htdocs"])
def test_pages_where_their_index_is(folder: str) -> None:
    found = php.look({"composer.json": "{}", f"{folder}/index.php": ""})
    assert found is not None
    assert (found.package, found.doubts) == (folder, ())


def test_a_front_end_does_not_make_it_nodes() -> None:
    texts = {
        "composer.json": '{"require": {"laravel/framework": "11"}}',
        "public/index.php": "",
        "package.json": '{"scripts": {"build": "vite build"}, "devDependencies": {"vite": "5"}}',
        "pnpm-lock.yaml": "lockfileVersion: '9.0'",
    }
    found = detect(texts)
    assert found is not None
    assert (found.language, found.installer, found.commands) == ("php", "pnpm@10", ("npm run build",))
    assert found.dependencies == ("composer.json", "package.json", "pnpm-lock.yaml")


@pytest.mark.parametrize(
    "text", ["", "0", "[]", "{", '{"require": [1], "require-dev": 3}', '{"require": {"php": 8}}']
)
def test_no_composer_file_is_a_crash(text: str) -> None:
    assert php.look({"composer.json": text}) is not None


def test_what_the_image_lacks_is_added() -> None:
    found = php.look({"composer.json": '{"require": {"ext-gd": "*", "ext-json": "*"}}', "index.php": ""})
    assert found is not None
    assert (found.extensions, found.doubts) == (("gd",), ())


def test_pages_of_a_front_end_of_another_language_are_none() -> None:
    assert php.look({"src/pages/index.php": ""}) is None
    assert php.look({"src/index.php": ""}) is not None


def test_no_php() -> None:
    assert php.look({"package.json": "{}"}) is None


@pytest.mark.parametrize(
    ("said", "version"),
    [("~8.1", "8.4"), ("~8.3.0", "8.3"), ("~7.4 || ~8.0", "8.4"), ("~8.2.1||~8.3.0", "8.3")],
)
def test_composers_tilde_is_not_npms(said: str, version: str) -> None:
    found = php.look({"composer.json": json.dumps({"require": {"php": said}}), "index.php": ""})
    assert found
    assert (found.version, found.doubts) == (version, ())
