from __future__ import annotations

import json

import pytest

from pipelinekit.plan.detect.php import extensions


def needed(texts: dict[str, str], *required: str) -> list[str]:
    return list(extensions.needed(texts, required, required))


def test_those_of_the_image_are_not_installed() -> None:
    assert needed({}, "ext-json", "ext-PDO", "ext-gd", "ext-zend-opcache", "php", "ext-a b") == [
        "gd",
        "opcache",
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("mysqli_connect($host)", ["mysqli"]),
        ("new mysqli('h')", ["mysqli"]),
        ('new PDO("mysql:host=$h;dbname=a")', ["pdo_mysql"]),
        ("new PDO('pgsql:host=h')", ["pdo_pgsql"]),
        ("$z = new \\ZipArchive;", ["zip"]),
        ("bcadd('1', '2')", ["bcmath"]),
        ("// bcadding", []),
        ("new RedisClient()", []),
    ],
)
def test_what_a_source_calls(text: str, names: list[str]) -> None:
    assert needed({"a.php": text}) == names
    assert needed({"tests/a.php": text}) == []


@pytest.mark.parametrize(
    ("path", "text", "names"),
    [
        (".env.example", "APP=1\nDB_CONNECTION=mysql\n", ["pdo_mysql"]),
        (".env.example", "# DB_CONNECTION=mysql\nDB_CONNECTION=sqlite\n", []),
        ("config/database.php", "'default' => env('DB_CONNECTION', 'pgsql'),", ["pdo_pgsql"]),
        ("compose.yaml", "services:\n  db:\n    image: postgres:16\n", ["pdo_pgsql"]),
        ("docker-compose.yml", "    image: 'library/mariadb:11'\n", ["pdo_mysql"]),
    ],
)
def test_where_the_database_is_said(path: str, text: str, names: list[str]) -> None:
    assert needed({path: text}) == names


def test_what_the_locked_packages_want() -> None:
    lock = {
        "packages": [{"name": "a/b", "require": {"ext-intl": "*", "php": "8"}}, 3, {"require": []}],
        "packages-dev": [{"name": "c/d", "require": {"ext-xdebug": "*"}}],
    }
    assert needed({"composer.lock": json.dumps(lock)}) == ["intl"]


@pytest.mark.parametrize("lock", ["", "[]", "{", '{"packages": 3}', '{"packages": [null]}'])
def test_no_lock_is_a_crash(lock: str) -> None:
    assert needed({"composer.lock": lock}) == []
