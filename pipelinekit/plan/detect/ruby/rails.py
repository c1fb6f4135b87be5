"""Rails: its server, its assets, and what it wants of the place where it runs."""

from __future__ import annotations

import re
from dataclasses import replace

from pipelinekit.plan.detect.needs.writes import writing
from pipelinekit.plan.detect.ruby import assets
from pipelinekit.plan.detect.ruby.gems import Gems
from pipelinekit.plan.detect.signs import JOBS, MIGRATES, Detected, Texts

PORT = 3000
_ASSETS = frozenset(
    (
        *("sprockets-rails", "propshaft", "cssbundling-rails", "jsbundling-rails", "tailwindcss-rails"),
        *("importmap-rails", "vite_rails", "shakapacker", "webpacker", "sassc-rails", "sass-rails"),
    )
)
COMPILE = (
    "RAILS_ENV=production SECRET_KEY_BASE_DUMMY=1 SECRET_KEY_BASE=build bundle exec rails assets:precompile"
)
"""The first variable is for Rails from 7.1 on, the second for those before."""
_ENV = {
    "RAILS_ENV": "production",
    "RAILS_LOG_TO_STDOUT": "true",
    "RAILS_SERVE_STATIC_FILES": "true",
    # Older configurations of puma write one into tmp/pids, which is not there.
    "PIDFILE": "/tmp/server.pid",  # noqa: S108 - the container's
}
_WORKERS = ("sidekiq", "resque", "good_job", "solid_queue", "delayed_job", "delayed_job_active_record", "que")
_ASSUMES = (7, 1)
"""The first Rails that takes `config.assume_ssl` for more than a word."""
_EXCLUDE = "config.ssl_options = {redirect: {exclude: ->(request) { request.path == PATH }}} for run.health"
_LOCKED = re.compile(r"^    rails(?:ties)? \((\d{1,3})\.(\d{1,3})", re.MULTILINE)
_NAMED = re.compile(
    r"^[^\S\n]*gem[\s(]+[\"']rails[\"'],\s*[\"'][^\d\"'\n]*(\d{1,3})\.(\d{1,3})", re.MULTILINE
)
_CODE = re.compile(r"^[^\S\n]*#.*$", re.MULTILINE)


def is_one(texts: Texts, gems: Gems) -> bool:
    """Whether the top is an application of Rails; an engine has its own in test/dummy."""
    return bool({"rails", "railties"} & gems.all) and "config/application.rb" in texts


def program(texts: Texts, gems: Gems, found: Detected) -> Detected:
    """The same with its server, its assets and its marks."""
    servers = {
        "puma": ("puma", f"--bind=tcp://0.0.0.0:{PORT}"),
        "falcon": ("falcon", "serve", f"--bind=http://0.0.0.0:{PORT}"),
        "unicorn": ("unicorn", f"--listen=0.0.0.0:{PORT}"),
    }
    server = next((each for each in servers if each in gems.all), "")
    own = ("rails", "server", "--binding=0.0.0.0", f"--port={PORT}", "--pid=/tmp/server.pid")
    env = _ENV | ({"BOOTSNAP_READONLY": "true"} if "bootsnap" in gems.all else {})
    found = replace(found, command=("bundle", "exec", *servers.get(server, own)), port=PORT, env=env)
    found = found.because(f"config/application.rb: Rails on port {PORT}, by {server or 'its own server'}")
    found = _assets(texts, gems, found)
    found = _health(texts, found)
    found = writing(found, "/app/tmp", "Rails writes", stays=False)
    found = _kept(texts, found)
    found = found.doubting(
        "Rails needs SECRET_KEY_BASE, or RAILS_MASTER_KEY with credentials, in run.secrets"
    )
    if any(each.startswith("db/migrate/") for each in texts):
        found = found.doubting(f"db/migrate: {MIGRATES} [bin/rails, db:migrate]}}")
    workers = [each for each in _WORKERS if each in gems.named]
    return found.doubting(f"{workers[0]}: {JOBS}" if workers else "")


def _code(texts: Texts, path: str) -> str:
    return _CODE.sub("", texts.get(path, ""))


def _assets(texts: Texts, gems: Gems, found: Detected) -> Detected:
    if not _ASSETS & gems.named and not any(each.startswith("app/assets/") for each in texts):
        return found.because("no assets: an API")
    found = replace(found, commands=(COMPILE,)).because("app/assets: compiled in the build")
    return assets.built(texts, found)


def _health(texts: Texts, found: Detected) -> Detected:
    routes, production = _code(texts, "config/routes.rb"), _code(texts, "config/environments/production.rb")
    shown = re.search(
        r"get\s+[\"'](?P<path>/?[\w/-]+)[\"']\s*(?:=>|,\s*to:)\s*[\"']rails/health#show", routes
    )
    forced = re.search(r"\bforce_ssl\s*=\s*true", production)
    if forced and not re.search(r"\bassume_ssl\s*=\s*true", production):
        said = _LOCKED.search(texts.get("Gemfile.lock", "")) or _NAMED.search(texts.get("Gemfile", ""))
        old = said is not None and (int(said[1]), int(said[2])) < _ASSUMES
        return found.doubting(
            "config/environments/production.rb: force_ssl sends each request to https, which an ingress ends:"
            f" {_EXCLUDE if old else 'config.assume_ssl = true'}"
        )
    return replace(found, health=f"/{shown['path'].lstrip('/')}") if shown else found


def _kept(texts: Texts, found: Detected) -> Detected:
    """What it keeps in its own folder, where no database and no store elsewhere is said."""
    database, production = (
        texts.get("config/database.yml", ""),
        _code(texts, "config/environments/production.rb"),
    )
    section = re.search(r"^production:.*\n(?:[ \t].*\n|\n)*", f"{database}\n", re.MULTILINE)
    file = re.search(r"database:\s*[\"']?((?:storage|db)/[\w./-]+\.sqlite3)", section[0] if section else "")
    if file:
        return writing(found, f"/app/{file[1].partition('/')[0]}", "SQLite keeps its file in", stays=True)
    if re.search(r"active_storage\.service\s*=\s*:local", production):
        return writing(found, "/app/storage", "Active Storage keeps files in", stays=True)
    return found
