from __future__ import annotations

from pipelinekit.plan.detect import php
from pipelinekit.plan.detect.signs import Detected


def seen(texts: dict[str, str], *names: str) -> Detected:
    required = ", ".join(f'"{each}": "*"' for each in names)
    found = php.look({"composer.json": f'{{"require": {{{required}}}}}', **texts})
    assert found is not None
    return found


def test_laravel_is_discovered_in_the_build() -> None:
    found = seen({"public/index.php": "", "artisan": ""}, "laravel/framework")
    assert found.commands == ("php artisan package:discover",)
    assert found.env == {"LOG_CHANNEL": "stderr", "VIEW_COMPILED_PATH": "/tmp"}
    assert "APP_KEY" in found.doubts[0]


def test_laravel_and_its_front_end() -> None:
    texts = {"public/index.php": "", "artisan": "", "package.json": '{"scripts": {"build": "vite build"}}'}
    assert seen(texts, "laravel/framework").commands == ("npm run build", "php artisan package:discover")


def test_symfony() -> None:
    found = seen({"public/index.php": ""}, "symfony/framework-bundle", "symfony/asset-mapper")
    assert found.env == {"APP_ENV": "prod", "APP_DEBUG": "0"}
    assert [each.rpartition("bin/console ")[2] for each in found.commands or ()] == [
        "assets:install public", "importmap:install", "asset-map:compile",
    ]  # fmt: skip
    assert [each["path"] for each in found.volumes.values()] == ["/app/var"]


def test_wordpress_keeps_what_is_uploaded() -> None:
    found = php.look({"index.php": "", "wp-config-sample.php": "", "wp-content/index.php": ""})
    assert found is not None
    assert found.package == "."
    assert "mysqli" in found.extensions
    assert [each["path"] for each in found.volumes.values()] == ["/app/wp-content/uploads"]
    assert found.doubts


def test_what_laravel_queues_and_schedules_wants_a_process() -> None:
    texts = {
        "public/index.php": "",
        "app/Jobs/Send.php": "<?php class Send implements ShouldQueue {}",
        "routes/console.php": "<?php\nSchedule::command('a')->daily();",
    }
    *_, queue, schedule = seen(texts, "laravel/framework").doubts
    assert queue.startswith("app/Jobs/Send.php: its jobs want a process")
    assert "schedule:work" in schedule
    quiet = {**texts, "app/Jobs/Send.php": "", "routes/console.php": "<?php\n// Schedule::command('a');"}
    assert not [each for each in seen(quiet, "laravel/framework").doubts if "process" in each]


def test_what_symfony_routes_and_migrates_is_told() -> None:
    names = ("symfony/framework-bundle", "doctrine/doctrine-migrations-bundle")
    routed = "framework:\n  messenger:\n    routing:\n      App\\Message\\Send: {}\n"
    texts = {"public/index.php": "", "config/packages/messenger.yaml": routed.format("async")}
    (doubt,) = [each for each in seen(texts, *names).doubts if "process" in each]
    assert "messenger:consume" in doubt
    texts = {"config/packages/messenger.yaml": routed.format("sync"), "migrations/Version1.php": ""}
    (doubt,) = [each for each in seen({"public/index.php": "", **texts}, *names).doubts if "before:" in each]
    assert doubt.startswith("migrations: if the database is its own")
    assert "process" not in " ".join(seen(texts, *names).doubts)
