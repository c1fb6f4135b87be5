"""What frameworks of PHP want: steps of the build, variables, and folders that they write to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from pipelinekit.plan.detect.needs.writes import writing
from pipelinekit.plan.detect.signs import JOBS, MIGRATES, Detected, Texts

LARAVEL = (
    "Laravel needs APP_KEY in run.secrets, and sessions and cache that are no files here: SESSION_DRIVER and"
    " CACHE_STORE in run.env"
)
_SCHEDULE_FILES = ("routes/console.php", "app/Console/Kernel.php", "bootstrap/app.php")
_SCHEDULES = re.compile(r"^[^\S\n]*(?:Schedule::|\$schedule->)\w+\(", re.MULTILINE)
_ROUTED = re.compile(r"^[^\S\n]+(?:[\"']?App\\[\w\\]+[\"']?|[\"']?\*[\"']?):\s*(?!sync\b)\w", re.MULTILINE)
"""A message that goes to a transport, and is not handled where it is sent."""
SYMFONY = "Symfony needs APP_SECRET in run.secrets, and DATABASE_URL where it has one"
WORDPRESS = (
    "WordPress has its database in wp-config.php: let that read variables, which run.env and run.secrets give"
)


def described(texts: Texts, named: Mapping[str, str], found: Detected) -> Detected:
    """The same with what the framework wants."""
    if "laravel/framework" in named:
        return _laravel(texts, found)
    if {"symfony/framework-bundle", "symfony/symfony"} & set(named):
        return _symfony(texts, named, found)
    if "wp-config-sample.php" in texts or any(each.startswith("wp-content/") for each in texts):
        found = found.because("wp-content: WordPress").doubting(WORDPRESS)
        found = replace(found, extensions=tuple(sorted({*found.extensions, "mysqli", "exif", "gd", "zip"})))
        return writing(found, "/app/wp-content/uploads", "WordPress keeps what is uploaded in", stays=True)
    for name, folder in (
        ("codeigniter4/framework", "writable"),
        ("cakephp/cakephp", "tmp"),
        ("yiisoft/yii2", "runtime"),
        ("drupal/core-recommended", "web/sites/default/files"),
        ("drupal/core", "web/sites/default/files"),
    ):
        if name in named:
            found = found.because(f"composer.json: {name}")
            return writing(found, f"/app/{folder}", f"{name} writes", stays="drupal" in name)
    return found


def _laravel(texts: Texts, found: Detected) -> Detected:
    commands = (
        (*(found.commands or ()), "php artisan package:discover") if "artisan" in texts else found.commands
    )
    env = {"LOG_CHANNEL": "stderr", "VIEW_COMPILED_PATH": "/tmp"}  # noqa: S108 - the container's
    found = replace(found, commands=commands, env={**found.env, **env}).because("laravel/framework: Laravel")
    found = found.doubting(LARAVEL)
    health = re.search(r"\bhealth:\s*[\"'](/[\w/-]*)[\"']", texts.get("bootstrap/app.php", ""))
    if health and not found.health:
        found = replace(found, health=health[1]).because(f"bootstrap/app.php: the health check {health[1]}")
    queued = [each for each, text in texts.items() if each.startswith("app/") and "ShouldQueue" in text]
    if queued:
        found = found.doubting(f"{min(queued)}: {JOBS}: {{worker: {{command: [php, artisan, queue:work]}}}}")
    if any(_SCHEDULES.search(texts.get(each, "")) for each in _SCHEDULE_FILES):
        found = found.doubting(
            f"Laravel's schedule: {JOBS}: {{schedule: {{command: [php, artisan, schedule:work]}}}}"
        )
    if any(each.startswith("database/migrations/") for each in texts):
        return found.doubting(f"database/migrations: {MIGRATES} [php, artisan, migrate, --force]}}")
    return found


def _symfony(texts: Texts, named: Mapping[str, str], found: Detected) -> Detected:
    steps = ["APP_ENV=prod APP_DEBUG=0 php bin/console assets:install public"]
    if "symfony/asset-mapper" in named:
        steps += [
            "APP_ENV=prod APP_DEBUG=0 php bin/console importmap:install",
            "APP_ENV=prod APP_DEBUG=0 php bin/console asset-map:compile",
        ]
    env = {**found.env, "APP_ENV": "prod", "APP_DEBUG": "0"}
    found = replace(found, commands=(*(found.commands or ()), *steps), env=env)
    found = found.because("composer.json: Symfony").doubting(SYMFONY)
    messages = "config/packages/messenger.yaml"
    if _ROUTED.search(texts.get(messages, "")):
        found = found.doubting(
            f"{messages}: {JOBS}: {{worker: {{command: [php, bin/console, messenger:consume]}}}}"
        )
    if "doctrine/doctrine-migrations-bundle" in named and any(
        each.startswith("migrations/") for each in texts
    ):
        line = '[php, bin/console, "doctrine:migrations:migrate", --no-interaction]'
        found = found.doubting(f"migrations: {MIGRATES} {line}}}")
    return writing(found, "/app/var", "Symfony writes", stays=False)
