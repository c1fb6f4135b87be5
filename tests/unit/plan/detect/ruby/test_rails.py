from __future__ import annotations

import pytest

from pipelinekit.plan.detect import ruby
from pipelinekit.plan.detect.ruby import rails

SHOP = {
    "Gemfile": "gem 'rails', '~> 7.1'\ngem 'puma'\ngem 'pg'\ngem 'bootsnap'\ngem 'sprockets-rails'\n",
    "config.ru": "run Rails.application",
    "config/application.rb": "module Shop\nend",
    "app/assets/config/manifest.js": "",
}


def test_rails() -> None:
    found = ruby.look(SHOP)
    assert found is not None
    assert found.command == ("bundle", "exec", "puma", "--bind=tcp://0.0.0.0:3000")
    assert (found.port, found.commands) == (3000, (rails.COMPILE,))
    assert found.system == {"run": ("libpq5", "tzdata")}
    assert found.env["RAILS_ENV"] == "production"
    assert found.env["BOOTSNAP_READONLY"] == "true"
    assert [each["path"] for each in found.volumes.values()] == ["/app/tmp"]
    assert any("SECRET_KEY_BASE" in each for each in found.doubts)


@pytest.mark.parametrize(
    ("gemfile", "lock", "hint"),
    [
        ("gem 'rails', '~> 5.2.4'", "", "ssl_options"),
        ("gem 'rails', '~> 7.1'", "", "assume_ssl"),
        ("gem 'rails', '>= 5'", "    rails (7.0.8)\n", "ssl_options"),
        ("gem 'rails'", "    railties (8.0.1)\n", "assume_ssl"),
        ("gem 'rails'", "", "assume_ssl"),
    ],
)
def test_what_is_said_of_https_is_what_that_rails_knows(gemfile: str, lock: str, hint: str) -> None:
    production = {"config/environments/production.rb": "config.force_ssl = true"}
    found = ruby.look({**SHOP, **production, "Gemfile": gemfile, "Gemfile.lock": lock})
    assert found is not None
    (doubt,) = [each for each in found.doubts if "force_ssl" in each]
    assert hint in doubt


def test_an_engine_is_no_application() -> None:
    found = ruby.look(
        {"Gemfile": "gem 'rails'\ngemspec", "a.gemspec": "", "test/dummy/config/application.rb": ""}
    )
    assert found is not None
    assert any("say what runs" in each for each in found.doubts)


def test_an_api_has_no_assets() -> None:
    texts = {**SHOP, "Gemfile": "gem 'rails'\ngem 'puma'"}
    del texts["app/assets/config/manifest.js"]
    found = ruby.look(texts)
    assert found is not None
    assert found.commands is None


def test_node_builds_assets() -> None:
    found = ruby.look({**SHOP, "package.json": '{"scripts": {"build": "esbuild"}}', "yarn.lock": ""})
    assert found is not None
    assert found.installer == "yarn"
    assert found.dependencies == ("Gemfile", "package.json", "yarn.lock")


@pytest.mark.parametrize(
    ("production", "health"),
    [
        ("config.force_ssl = true", ""),
        ("# config.force_ssl = true", "/up"),
        ("config.assume_ssl = true\nconfig.force_ssl = true", "/up"),
    ],
)
def test_a_probe_is_not_sent_where_it_would_be_sent_away(production: str, health: str) -> None:
    texts = {
        **SHOP,
        "config/routes.rb": 'get "up" => "rails/health#show", as: :rails_health_check',
        "config/environments/production.rb": production,
    }
    found = ruby.look(texts)
    assert found is not None
    assert found.health == health
    assert any("force_ssl" in each for each in found.doubts) == (not health)


@pytest.mark.parametrize(
    ("database", "kept"),
    [
        ("a: &d\n  adapter: sqlite3\nproduction:\n  <<: *d\n  database: storage/p.sqlite3\n", "/app/storage"),
        ("production:\n  primary:\n    database: storage/production.sqlite3\n", "/app/storage"),
        ("development:\n  database: storage/d.sqlite3\nproduction:\n  url: <%= ENV['DATABASE_URL'] %>\n", ""),
    ],
)  # fmt: skip
def test_a_file_of_sqlite_stays(database: str, kept: str) -> None:
    found = ruby.look({**SHOP, "config/database.yml": database})
    assert found is not None
    staying = [each["path"] for each in found.volumes.values() if "persistent" in each]
    assert staying == ([kept] if kept else [])


def test_jobs_want_a_process() -> None:
    found = ruby.look({**SHOP, "Gemfile": SHOP["Gemfile"] + "gem 'sidekiq'\n"})
    assert found is not None
    assert any(each.startswith("sidekiq") for each in found.doubts)
