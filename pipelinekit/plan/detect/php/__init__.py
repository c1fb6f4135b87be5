"""PHP: Laravel, Symfony, or plain pages behind a web server, perhaps with a front end that Node builds."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from pipelinekit.plan.detect.node import package as node
from pipelinekit.plan.detect.php import extensions, frameworks
from pipelinekit.plan.detect.ranges import PHP, choose, quoted
from pipelinekit.plan.detect.signs import NO_TESTS, Detected, Texts

FOLDERS = ("public", "web", "webroot", "htdocs", "html", "www", "docroot", "src", "app", "site", "pages")
PHPUNIT = ("vendor/bin/phpunit", "--log-junit", "/reports/phpunit.xml")


def look(texts: Texts) -> Detected | None:
    """PHP pages, or None."""
    if "composer.json" not in texts and not _pages(texts):
        return None
    composer = _composer(texts.get("composer.json", ""))
    needed, development = _names(composer.get("require")), _names(composer.get("require-dev"))
    # Composer's tilde lets the last number that is written move on, as Python's ~= does and npm's does not.
    choice = choose(needed.get("php", "").replace("~", "~="), PHP)
    folder = _pages(texts) or "public"
    where = (
        f"composer.json asks for {quoted(needed['php'])}" if "php" in needed else "no version is asked for"
    )
    files = [each for each in ("composer.json", "composer.lock") if each in texts]
    found = Detected(
        language="php",
        version=choice.version,
        package=folder,
        dependencies=tuple(files),
        port=8080,
        evidence=(
            f"{files[0] if files else 'index.php'}: PHP",
            f"{where}: PHP {choice.version}",
            f"{folder}: its pages, served by Apache on port 8080",
        ),
    ).doubting(f"PHP {choice.version}: {choice.doubt}" if choice.doubt else "")
    if not _pages(texts):
        found = found.doubting("no index.php was found: say in build.package where the pages are")
    missing = extensions.needed(texts, needed, (*needed, *development))
    found = replace(found, extensions=tuple(missing))
    found = found.because(*(f"{why}: the extension {each}" for each, why in missing.items()))
    found = frameworks.described(texts, needed, _front_end(texts, found))
    return _tested(found, development | needed)


def _pages(texts: Texts) -> str:
    """The folder of the pages: a framework's before the top, where a file may only say where to go."""
    folder = next((each for each in FOLDERS if f"{each}/index.php" in texts), "")
    return "." if not folder and "index.php" in texts else folder


def _composer(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _names(value: Any) -> dict[str, str]:
    return (
        {key: each for key, each in value.items() if isinstance(each, str)} if isinstance(value, dict) else {}
    )


def _front_end(texts: Texts, found: Detected) -> Detected:
    """The assets that Node builds in a stage before."""
    said = node.read(texts.get("package.json", ""))
    if "build" not in said.scripts:
        return found
    manager, why = node.installer(texts, said)
    name = manager.partition("@")[0]
    locks = tuple(each for each, owner in node.LOCKS.items() if owner == name and each in texts)[:1]
    files = (*(found.dependencies or ()), "package.json", *locks)
    found = replace(found, installer=manager, commands=("npm run build",), dependencies=files)
    return found.because(
        f"package.json: {' '.join(said.scripts['build'].split())[:80]} builds the assets", why
    )


def _tested(found: Detected, names: dict[str, str]) -> Detected:
    if "phpunit/phpunit" in names or "pestphp/pest" in names:
        test = PHPUNIT if "pestphp/pest" not in names else ("vendor/bin/pest", *PHPUNIT[1:])
        return replace(found, test=test).because(f"{test[0]}: the tests")
    return replace(found, test=NO_TESTS).because("no tests: composer.json names nothing that runs any")
