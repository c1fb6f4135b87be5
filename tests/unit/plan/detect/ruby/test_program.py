from __future__ import annotations

import pytest

from pipelinekit.plan.detect import ruby
from pipelinekit.plan.detect.signs import Detected


def seen(texts: dict[str, str]) -> Detected:
    found = ruby.look(texts)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("gem", "server"),
    [("puma", "puma"), ("unicorn", "unicorn"), ("falcon", "falcon"), ("thin", "thin"), ("webrick", "rackup")],
)
def test_rack_by_the_server_among_the_gems(gem: str, server: str) -> None:
    found = seen({"Gemfile": f"gem '{gem}'\ngem 'rack'", "config.ru": "run App"})
    assert found.command[:3] == ("bundle", "exec", server)
    assert any("9292" in each for each in found.command)
    assert (found.port, found.doubts) == (9292, ())


def test_rack_without_a_server_is_marked() -> None:
    assert "no gem of a server" in seen({"Gemfile": "gem 'rack'", "config.ru": ""}).doubts[0]


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ("require 'sinatra'\nget('/') { 'a' }", 4567),
        ("require 'sinatra'\nset :port, 8081", 8081),
        ("require 'sinatra'\nset :port, ENV.fetch('PORT', 8082)", 8082),
        ("require 'sinatra/base'\nclass A < Sinatra::Base\n  run! if app_file == $0\nend", 4567),
    ],
)
def test_sinatra_by_itself(text: str, port: int) -> None:
    found = seen({"Gemfile": "gem 'sinatra'\ngem 'puma'", "web.rb": text})
    assert found.command == ("bundle", "exec", "ruby", "web.rb")
    assert (found.port, found.env, found.doubts) == (port, {"APP_ENV": "production"}, ())


def test_one_that_binds_to_localhost_is_marked() -> None:
    found = seen(
        {"Gemfile": "gem 'sinatra'\ngem 'puma'", "app.rb": "require 'sinatra'\nset :bind, 'localhost'"}
    )
    assert "localhost" in found.doubts[0]


@pytest.mark.parametrize(
    ("text", "port", "asks"),
    [
        ("WEBrick::HTTPServer.new(Port: 8000)", 8000, False),
        ("WEBrick::HTTPServer.new(:Port => ENV['PORT'] || 8001)", 8001, False),
        ("TCPServer.new('0.0.0.0', 2000)", 2000, False),
        ("port = Integer(ENV.fetch('PORT', '8002'))\nWEBrick::HTTPServer.new(Port: port)", 8002, False),
        ("WEBrick::HTTPServer.new(Port: settings.port)", None, True),
        ("loop { sleep 1 }", None, False),
    ],
)
def test_scripts(text: str, port: int | None, asks: bool) -> None:
    found = seen({"Gemfile": "gem 'webrick'", "server.rb": text})
    assert (found.package, found.port, found.asks_port) == ("server.rb", port, asks)
    assert found.server == (port is not None or asks)


def test_where_nothing_runs_that_is_said() -> None:
    assert any("say what runs" in each for each in seen({"Gemfile": "gemspec", "a.gemspec": ""}).doubts)


@pytest.mark.parametrize(
    ("gem", "settings", "folder"),
    [("jekyll", "", "_site"), ("jekyll", "destination: ./public\n", "public"), ("middleman", "", "build")],
)
def test_a_site_is_built_and_a_web_server_has_it(gem: str, settings: str, folder: str) -> None:
    found = seen({"Gemfile": f"gem '{gem}'", "_config.yml": settings, "index.md": ""})
    assert (found.package, found.port, found.runtime) == (folder, 8080, "nginxinc/nginx-unprivileged:stable")
    assert found.commands
    assert folder
