"""Files of hosting services."""

from __future__ import annotations

from pipelinekit.reading.repository.hosts import read

RENDER = """services:
  - {type: keyvalue, name: cache}
  - type: cron
    name: nightly
    schedule: "0 3 * * *"
    startCommand: python -m nightly
  - type: web
    name: shop
    startCommand: gunicorn a:b
    healthCheckPath: /up
    preDeployCommand: ./migrate
    disk: {name: d, mountPath: /var/data}
    envVars:
      - {key: PORT, value: 10000}
      - {key: SECRET_KEY, generateValue: true}
      - fromGroup: all
  - {type: web, name: docs, rootDir: docs, startCommand: npm start}
"""


def words(file: str, text: str) -> list[tuple[str, str, str, str]]:
    return [(each.what, each.name, each.value, each.place) for each in read({file: text})]


def test_render_has_services_of_this_folder_and_of_others() -> None:
    said = words("render.yaml", RENDER)
    assert ("command", "nightly", "python -m nightly", "render.yaml:3") in said
    assert ("command", "web", "gunicorn a:b", "render.yaml:7") in said
    assert ("health", "", "/up", "render.yaml:10") in said
    assert ("before", "release", "./migrate", "render.yaml:11") in said
    assert ("volume", "", "/var/data", "render.yaml:12") in said
    assert ("port", "", "10000", "render.yaml:14") in said
    assert ("variable", "", "SECRET_KEY", "render.yaml:15") in said
    assert not [each for each in said if "npm" in each[2] or each[0] == "worker"]


def test_render_with_workers_alone_serves_nothing() -> None:
    said = words("render.yaml", "services: [{type: worker, name: bot, startCommand: python bot.py}]")
    assert ("worker", "", "no service of type web", "render.yaml") in said
    assert ("command", "bot", "python bot.py", "render.yaml:1") in said


def test_app_json_is_herokus_or_expos() -> None:
    text = """{"env": {"A": {"value": "b"}, "C": "production"},
 "healthchecks": {"web": [{"path": "/h"}]},
 "environments": {"test": {"scripts": {"test": "npm run check"}}}}"""
    assert words("app.json", text) == [
        ("variable", "", "A", "app.json:1"),
        ("variable", "production", "C", "app.json:1"),
        ("test", "", "npm run check", "app.json:3"),
        ("health", "", "/h", "app.json:2"),
    ]
    assert words("app.json", '{"expo": {}, "env": {"A": "b"}}') == []


def test_heroku_yml_runs_what_a_dockerfile_builds() -> None:
    text = "build:\n  docker:\n    web: docker/Dockerfile\nrun:\n  web: bin/web\n  jobs: {command: [a]}\n"
    text += "release:\n  command: [bin/migrate]\n"
    assert words("heroku.yml", text) == [
        ("command", "web", "bin/web", "heroku.yml:5"),
        ("before", "release", "bin/migrate", "heroku.yml:8"),
        ("dockerfile", "", "docker/Dockerfile", "heroku.yml:3"),
    ]


def test_railway_in_both_of_its_forms() -> None:
    one = words("railway.json", '{"deploy": {"startCommand": "node a.js",\n"healthcheckPath": "/h"}}')
    two = words("railway.toml", '[deploy]\nstartCommand = "node a.js"\nhealthcheckPath = "/h"\n')
    assert one == [("command", "web", "node a.js", "railway.json:1"), ("health", "", "/h", "railway.json:2")]
    assert two == [("command", "web", "node a.js", "railway.toml:2"), ("health", "", "/h", "railway.toml:3")]
