"""Which extensions of PHP are needed that its image does not have."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipelinekit.plan.detect.signs import Texts
from pipelinekit.plan.detect.sought import Sought

IN_THE_IMAGE = frozenset(
    (
        *("ctype", "curl", "date", "dom", "fileinfo", "filter", "ftp", "hash", "iconv", "json", "libxml"),
        *("mbstring", "openssl", "pcre", "pdo", "pdo_sqlite", "phar", "posix", "random", "readline"),
        *("reflection", "session", "simplexml", "sodium", "spl", "sqlite3", "standard", "tokenizer"),
        *("xml", "xmlreader", "xmlwriter", "zlib"),
    )
)
"""Those that PHP's official image has."""
_INSTALLED = re.compile(r"[a-z][a-z0-9_]{0,40}")
_NAMES = {"zend-opcache": "opcache", "imap": "imap"}
_CALLS: tuple[tuple[str, Sought], ...] = (
    ("mysqli", Sought(("mysqli", r"\bmysqli_\w+\s*\(|\bnew\s+\\?mysqli\b"), ignorecase=True)),
    (
        "pdo_mysql",
        Sought(("mysql:", r"[\"']mysql:(?:host|unix_socket|dbname|charset|\$|[\"'])"), ignorecase=True),
    ),
    ("pdo_pgsql", Sought(("pgsql:", r"[\"']pgsql:(?:host|dbname|\$|[\"'])"), ignorecase=True)),
    ("pgsql", Sought(("pg_connect", r"\bpg_connect\s*\("))),
    ("gd", Sought(("imagecreate", r"\bimagecreate\w*\s*\("))),
    (
        "intl",
        Sought(
            ("Formatter", r"\bnew\s+\\?(?:NumberFormatter|IntlDateFormatter|MessageFormatter)\b"),
            ("Collator", r"\bnew\s+\\?Collator\b"),
        ),
    ),
    ("zip", Sought(("ZipArchive", r"\bnew\s+\\?ZipArchive\b"))),
    ("bcmath", Sought(("bc", r"\bbc(?:add|sub|mul|div|comp|mod|pow)\s*\("))),
    ("redis", Sought(("Redis", r"\bnew\s+\\?Redis\s*\("))),
    ("memcached", Sought(("Memcached", r"\bnew\s+\\?Memcached\s*\("))),
    ("mongodb", Sought(("MongoDB", r"\bnew\s+\\?MongoDB\\Driver\\Manager\b"))),
    ("soap", Sought(("SoapClient", r"\bnew\s+\\?SoapClient\b"))),
    ("exif", Sought(("exif_read_data", r"\bexif_read_data\s*\("))),
    ("pcntl", Sought(("pcntl_", r"\bpcntl_\w+\s*\("))),
    ("sockets", Sought(("socket_create", r"\bsocket_create\s*\("))),
)
_DATABASES = {"mysql": "pdo_mysql", "mariadb": "pdo_mysql", "pgsql": "pdo_pgsql", "postgres": "pdo_pgsql"}
_CONNECTION = re.compile(
    r"^[^\S\n]*(?:DB_CONNECTION=|DATABASE_URL=[\"']?|[\"']default[\"']\s*=>\s*env\(\s*[\"']DB_CONNECTION[\"'],\s*[\"'])"
    r"(mysql|mariadb|pgsql|postgres)",
    re.MULTILINE,
)
_IMAGE = re.compile(r"^[^\S\n]*image:\s*[\"']?(?:[\w./-]*/)?(mysql|mariadb|postgres)\b", re.MULTILINE)
_COMPOSE = re.compile(r"^(?:docker-)?compose[\w.-]*\.ya?ml$")
_SETTINGS = (".env.example", ".env.dist", "config/database.php", "app/config/database.php")
_PACKAGES = {
    "mongodb/mongodb": "mongodb",
    "mongodb/laravel-mongodb": "mongodb",
    "laravel/horizon": "pcntl",
    "php-amqplib/php-amqplib": "sockets",
    "phpoffice/phpspreadsheet": "gd zip",
    "maatwebsite/excel": "gd zip",
    "filament/filament": "intl zip",
    "moodle/moodle": "gd intl zip mysqli",
}
"""What packages want that are known, where no lock file says it."""


def needed(texts: Texts, required: Iterable[str], names: Iterable[str]) -> dict[str, str]:
    """Each extension that is missing, and who wants it. `required`: as composer.json has them."""
    found: dict[str, str] = {}
    for each, why in _wanted(texts, required, names):
        name = _NAMES.get(each, each)
        if name not in IN_THE_IMAGE and _INSTALLED.fullmatch(name):
            found.setdefault(name, why)
    return dict(sorted(found.items()))


def _wanted(texts: Texts, required: Iterable[str], names: Iterable[str]) -> Iterator[tuple[str, str]]:
    yield from ((each[4:].lower(), "composer.json") for each in required if each.startswith("ext-"))
    yield from _locked(texts.get("composer.lock", ""))
    yield from ((each, package) for package in names for each in _PACKAGES.get(package, "").split())
    for path in _SETTINGS:
        said = _CONNECTION.search(texts.get(path, ""))
        if said:
            yield _DATABASES[said[1]], path
            break
    for path in sorted(texts):
        yield from ((each, path) for each in _called(path, texts[path]))


def _called(path: str, text: str) -> Iterator[str]:
    """What a compose file or a source needs."""
    if _COMPOSE.match(path):
        yield from (_DATABASES[kind] for kind in _IMAGE.findall(text))
    elif path.endswith(".php") and "test" not in path.lower():
        yield from (each for each, call in _CALLS if call.search(text))


def _locked(text: str) -> Iterator[tuple[str, str]]:
    """What the packages of the lock want, without those for development."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return
    packages: Any = data.get("packages") if isinstance(data, dict) else None
    for each in packages if isinstance(packages, list) else ():
        required = each.get("require") if isinstance(each, Mapping) else None
        for name in required if isinstance(required, dict) else ():
            if name.startswith("ext-"):
                yield name[4:].lower(), f"composer.lock: {str(each.get('name'))[:60]}"
