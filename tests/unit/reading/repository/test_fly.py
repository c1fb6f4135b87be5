"""`fly.toml`."""

from __future__ import annotations

from pipelinekit.reading.repository.fly import read

TEXT = """app = "shop"
[build]
  dockerfile = "deploy/Dockerfile"
[deploy]
  release_command = "bin/migrate"
[env]
  API_TOKEN = "abc"
[processes]
  app = "bin/server"
  jobs = "bin/jobs"
[http_service]
  internal_port = 4000
  [[http_service.checks]]
    path = "/up"
[mounts]
  source = "data"
  destination = "/data"
"""


def words(text: str) -> set[tuple[str, str, str, str]]:
    return {(each.what, each.name, each.value, each.place) for each in read({"fly.toml": text})}


def test_its_words_and_no_value_of_a_variable() -> None:
    assert words(TEXT) == {
        ("port", "", "4000", "fly.toml:12"),
        ("health", "", "/up", "fly.toml:14"),
        ("command", "web", "bin/server", "fly.toml:9"),
        ("command", "jobs", "bin/jobs", "fly.toml:10"),
        ("before", "release", "bin/migrate", "fly.toml:5"),
        ("dockerfile", "", "deploy/Dockerfile", "fly.toml:3"),
        ("variable", "", "API_TOKEN", "fly.toml:7"),
        ("volume", "", "/data", "fly.toml:17"),
    }


def test_services_of_the_older_form() -> None:
    text = "[[services]]\ninternal_port = 8080\n[[services.http_checks]]\npath = '/h'\n"
    assert {("port", "8080"), ("health", "/h")} == {(what, value) for what, _, value, _ in words(text)}


def test_without_a_service_nothing_is_served() -> None:
    assert ("worker", "", "no service", "fly.toml") in words(
        'app = "bot"\n[processes]\nbot = "python bot.py"\n'
    )
    assert words("") == set()
